/** One place for a frame: which picture it holds, and what to say about it. */
import { asProblem } from '../backend';
import type { Backend, Frame } from '../backend';
import { sentence, t } from '../catalogue';

export type SlotName = 'start' | 'end';

export interface Content {
  hash: string | null;
  frame: Frame | null;
}

export class Slot {
  hash = $state<string | null>(null);
  /** What is known about the picture. On a restore it arrives a moment after the hash. */
  frame = $state.raw<Frame | null>(null);
  busy = $state(false);
  problem = $state<string | null>(null);
  #asked = 0;

  constructor(
    readonly name: SlotName,
    private backend: Backend,
  ) {}

  content(): Content {
    return { hash: this.hash, frame: this.frame };
  }

  put({ hash, frame }: Content) {
    this.#asked++;
    this.hash = hash;
    this.frame = frame;
    this.problem = null;
    this.busy = false;
  }

  clear() {
    this.put({ hash: null, frame: null });
  }

  /** Shows the picture with that hash at once, and requests what is known about it. */
  restore(hash: string | null) {
    this.put({ hash, frame: null });
    if (hash === null) return;
    const asked = this.#asked;
    this.backend
      .frame(hash)
      .then((frame) => {
        if (asked !== this.#asked) return;
        if (frame) this.frame = frame;
        else this.#lose();
      })
      .catch((error: unknown) => {
        if (asked === this.#asked) this.problem = sentence(asProblem(error).message);
      });
  }

  #lose() {
    this.clear();
    this.problem = t('composer-picture-lost');
  }

  /**
   * Takes the picture that `from` provides. The old picture stays until the new one has arrived,
   * and for good if the new one is refused. Resolves to whether one arrived.
   */
  async take(from: () => Promise<Frame | null>): Promise<boolean> {
    const asked = ++this.#asked;
    this.busy = true;
    this.problem = null;
    try {
      const frame = await from();
      if (asked !== this.#asked) return false;
      if (frame) this.put({ hash: frame.hash, frame });
      return frame !== null;
    } catch (error) {
      if (asked === this.#asked) this.problem = sentence(asProblem(error).message);
      return false;
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }

  pick(title: string) {
    return this.take(() => this.backend.pickFrame(title));
  }

  import(path: string) {
    return this.take(() => this.backend.importFrame(path));
  }

  paste() {
    return this.take(() => this.backend.pasteFrame());
  }
}
