/**
 * What the page announces: changes, for users of screen readers, and short notes, for everyone,
 * that disappear on their own.
 */
export interface Action {
  label: string;
  run: () => unknown;
}

export interface Note {
  text: string;
  bad: boolean;
  /** What can be done about it, while the note is shown. */
  action: Action | null;
}

/** Long enough to read two sentences. */
const NOTE_MS = 7000;
/** Long enough to read, decide and reach the button. */
const ACTION_MS = 15_000;

export class Announcer {
  spoken = $state('');
  note = $state.raw<Note | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** For a screen reader only. The same text twice is still two events. */
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
