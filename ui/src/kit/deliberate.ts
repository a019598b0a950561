/**
 * Presses that cost credits or delete something count only when they are deliberate: the target has
 * been in place for a moment, and the press is not the second click of a double click. A card that
 * arrives moves its neighbours, and a press that was meant for one must not act on another. Keys
 * act at once, because they act on the element with the focus. A key that is held down acts once.
 */

/** A typical double click takes up to 400 ms; noticing that something moved takes about 300. */
export const moment = { ms: 500 };
/** How far the pointer may move within a double click, in pixels. */
const STRAY = 8;

interface Press {
  at: number;
  x: number;
  y: number;
}
const NEVER: Press = { at: -Infinity, x: 0, y: 0 };
let last = NEVER;
let before = NEVER;
const since = new WeakMap<Element, number>();

addEventListener(
  'pointerdown',
  ({ clientX: x, clientY: y }) => {
    before = last;
    last = { at: performance.now(), x, y };
  },
  true,
);
addEventListener(
  'keydown',
  (event) => {
    if (event.repeat && event.key === 'Enter' && event.target instanceof HTMLButtonElement) {
      event.preventDefault();
    }
  },
  true,
);

/** Records that an element, with everything in it, has appeared or moved. */
export function moved(element: Element) {
  since.set(element, performance.now());
}

/** Records a move each time an element changes size, until the returned function is called. */
export function movedBySize(element: Element): () => void {
  moved(element);
  let known = false;
  const observer = new ResizeObserver(() => {
    // The first call reports the current size; on a busy machine it comes late.
    if (known) moved(element);
    known = true;
  });
  observer.observe(element);
  return () => observer.disconnect();
}

/** Whether an element had been in place for a moment before the last press. */
export function isAtRest(element: Element): boolean {
  for (let one: Element | null = element; one; one = one.parentElement) {
    if (last.at - (since.get(one) ?? -Infinity) < moment.ms) return false;
  }
  return true;
}

function isDoubleClick(): boolean {
  const near = Math.hypot(last.x - before.x, last.y - before.y) <= STRAY;
  return near && last.at - before.at < moment.ms;
}

function guard(isMeant: (element: Element) => boolean) {
  return (element: HTMLElement) => {
    moved(element);
    // For observers outside the page: a press counts only while this is at rest.
    element.dataset['deliberate'] = '';
    const press = (event: MouseEvent) => {
      // A press by a key has no pointer, so no clicks are counted.
      if (event.detail === 0 || isMeant(element)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    element.addEventListener('click', press, true);
    return () => element.removeEventListener('click', press, true);
  };
}

/** An attachment for a button that costs credits or deletes something. */
export const deliberate = guard((element) => isAtRest(element) && !isDoubleClick());

/** An attachment for a screen that opens under the pointer: a double click only opens it. */
export const settled = guard(isAtRest);
