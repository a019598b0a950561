import { untrack } from 'svelte';

/**
 * The modal dialogs that are open, the topmost last. Everything outside the topmost one is inert:
 * it can't be clicked and is not read out.
 */
let open = $state.raw<HTMLElement[]>([]);

/** Notes that a dialog is open, until the returned function is called. */
export function opened(dialog: HTMLElement): () => void {
  // The effect of one dialog does not depend on the others.
  open = untrack(() => [...open, dialog]);
  return () => {
    open = untrack(() => open.filter((one) => one !== dialog));
  };
}

/** An attachment that keeps an element inside the topmost dialog, or else where it is written. */
export function onTop(element: HTMLElement) {
  const home = element.parentElement;
  $effect(() => {
    (open.at(-1) ?? home)?.append(element);
  });
}
