/**
 * What the page says aloud: changes for those who listen rather than look, and short notes for
 * everybody that go away by themselves.
 */
export interface Note {
  text: string;
  bad: boolean;
}

/** Long enough to read two sentences. */
const NOTE_MS = 7000;

export class Voice {
  spoken = $state('');
  note = $state.raw<Note | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** For a screen reader only. The same words twice are still two events. */
  say(text: string) {
    this.spoken = this.spoken === text ? `${text}\u00a0` : text;
  }

  /** Shown and spoken. */
  tell(text: string, bad = false) {
    this.note = { text, bad };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.note = null), NOTE_MS);
  }

  hush() {
    clearTimeout(this.#timer);
    this.note = null;
  }
}
