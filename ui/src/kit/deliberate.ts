/**
 * Presses that cost or delete count only when they are meant: on something that has been in its
 * place for a moment, and not as the second half of a double click. A card that arrives moves its
 * neighbours, and a press that was meant for one must not act on another. Keys act at once,
 * because they act on what has the focus; a key that is held down acts once.
 */

/** A usual double click takes up to 400 ms; seeing that something moved takes about 300. */
export const moment = { ms: 500 };
/** How far the pointer may stray within a double click, in pixels. */
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

/** Notes that an element, with all that lies in it, has appeared or stands in a new place. */
export function moved(element: Element) {
  since.set(element, performance.now());
}

/** Notes it each time an element gets another size, until the function it gives back is called. */
export function movedBySize(element: Element): () => void {
  moved(element);
  let known = false;
  const observer = new ResizeObserver(() => {
    // The first time tells the size that it has; on a busy machine that comes late.
    if (known) moved(element);
    known = true;
  });
  observer.observe(element);
  return () => observer.disconnect();
}

/** Whether an element was in its place for a moment before the last press. */
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
    // For those who look from outside: a press needs this to lie still.
    element.dataset['deliberate'] = '';
    const press = (event: MouseEvent) => {
      // A key presses without a pointer, which counts no clicks.
      if (event.detail === 0 || isMeant(element)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    element.addEventListener('click', press, true);
    return () => element.removeEventListener('click', press, true);
  };
}

/** An attachment for a button that costs or deletes. */
export const deliberate = guard((element) => isAtRest(element) && !isDoubleClick());

/** An attachment for a screen that opens under the pointer: a double click opens it, no more. */
export const settled = guard(isAtRest);
