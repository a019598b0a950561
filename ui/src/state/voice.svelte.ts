/**
 * What the page says aloud: changes for those who listen rather than look, and short notes for
 * everybody that go away by themselves.
 */
export interface Action {
  words: string;
  run: () => unknown;
}

export interface Note {
  text: string;
  bad: boolean;
  /** What can be done about it, while the note is there. */
  action: Action | null;
}

/** Long enough to read two sentences. */
const NOTE_MS = 7000;
/** Long enough to read, decide and reach the button. */
const ACTION_MS = 15_000;

export class Voice {
  spoken = $state('');
  note = $state.raw<Note | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** For a screen reader only. The same words twice are still two events. */
  say(text: string) {
    this.spoken = this.spoken === text ? `${text}\u00a0` : text;
  }

  /** Shown and spoken. */
  tell(text: string, bad = false, action: Action | null = null) {
    this.note = { text, bad, action };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.note = null), action ? ACTION_MS : NOTE_MS);
  }

  hush() {
    clearTimeout(this.#timer);
    this.note = null;
  }
}
