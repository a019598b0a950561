/**
 * Where the focus goes when the focused element is removed or disabled: to the nearest place that
 * is left, never to the page as a whole, where it is lost.
 */
const PLACES = ['[tabindex="0"]', 'button, input, textarea'];
const GROUPS = 'section, dialog, [role]';

const isUsable = (element: HTMLElement) =>
  element.isConnected &&
  !element.matches(':disabled, [tabindex="-1"]') &&
  !element.closest('[inert]');

/** The nearest place that can take the focus, seen from an element with these ancestors. */
function nearest(ancestors: HTMLElement[]): HTMLElement | null {
  for (const group of ancestors) {
    if (!group.isConnected || !group.matches(GROUPS) || group.closest('[inert]')) continue;
    if (group.hasAttribute('tabindex')) return group;
    for (const places of PLACES) {
      const found = [...group.querySelectorAll<HTMLElement>(places)].find(isUsable);
      if (found) return found;
    }
  }
  return null;
}

/** Watches until the returned function is called. `home` is the last resort. */
export function keepFocus(home: () => HTMLElement | null): () => void {
  let path: HTMLElement[] = [];
  const note = (event: FocusEvent) => {
    path = event.composedPath().filter((one) => one instanceof HTMLElement);
  };
  const look = () => {
    const active = document.activeElement;
    const [had, ...around] = path;
    if (!had || (had.isConnected && !had.matches(':disabled'))) return;
    if (active && active !== document.body && active !== had) return;
    (nearest(around) ?? home())?.focus();
  };
  const observer = new MutationObserver(look);
  document.addEventListener('focusin', note);
  observer.observe(document.body, {
    subtree: true,
    childList: true,
    attributeFilter: ['disabled'],
  });
  return () => {
    document.removeEventListener('focusin', note);
    observer.disconnect();
  };
}
