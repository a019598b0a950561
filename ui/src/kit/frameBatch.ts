/** A hidden window draws no frames; what is waiting is done after this then. */
const LATEST_MS = 200;

/** Does what it is given in the next frame, all in one go and in order. */
export class FrameBatch {
  #waiting: (() => unknown)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  add(work: () => unknown) {
    this.#waiting.push(work);
    if (this.#waiting.length > 1) return;
    requestAnimationFrame(() => this.#flush());
    this.#timer = setTimeout(() => this.#flush(), LATEST_MS);
  }

  #flush() {
    clearTimeout(this.#timer);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const work of waiting) {
      try {
        work();
      } catch (error) {
        // The others do not depend on it.
        console.error(error);
      }
    }
  }
}
