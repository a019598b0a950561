/**
 * What the composer held before settings from the gallery replaced it, so that a single Undo
 * restores all of it: text, pictures and controls.
 */
import type { Settings } from '../backend';
import type { Content, Slot } from './slot.svelte';

export interface Draft {
  settings: Settings;
  start: Content;
  end: Content;
}

/** The part of the composer that is saved and restored. */
interface Composer {
  readonly settings: Settings;
  readonly start: Slot;
  readonly end: Slot;
  load(settings: Settings): void;
}

function same(one: Settings, other: Settings): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function isBlank({ settings }: Draft): boolean {
  const { prompt, avoid, start, end } = settings;
  return prompt.trim() === '' && avoid.trim() === '' && start === null && end === null;
}

export class Replaced {
  #before = $state.raw<Draft | null>(null);
  /** What was undone, for Redo. */
  #after: Draft | null = null;
  /** What was put into the composer last, and whether it was the user's own draft. */
  #loaded: Settings | null = null;
  #own = false;

  constructor(private composer: Composer) {}

  draft(): Draft {
    const { settings, start, end } = this.composer;
    return { settings, start: start.content(), end: end.content() };
  }

  /**
   * Keeps what was replaced, and returns whether there is something to restore. Settings that came
   * from the gallery and were not changed since are not a draft, and replace none.
   */
  keep(before: Draft): boolean {
    const draft = this.#own || this.#loaded === null || !same(before.settings, this.#loaded);
    this.#loaded = this.composer.settings;
    this.#own = false;
    if (draft && !isBlank(before) && !same(before.settings, this.#loaded)) this.#before = before;
    else if (draft) return false;
    this.#after = null;
    return this.#before !== null;
  }

  /** Whether nothing was changed since: then Undo means the replacement, not a text change. */
  get untouched(): boolean {
    return this.#loaded !== null && same(this.#loaded, this.composer.settings);
  }

  undo(): boolean {
    const before = this.#before;
    if (!before) return false;
    this.#after = this.draft();
    this.#before = null;
    this.#put(before, true);
    return true;
  }

  redo(): boolean {
    const after = this.#after;
    if (!after) return false;
    this.#before = this.draft();
    this.#after = null;
    this.#put(after, false);
    return true;
  }

  #put({ settings, start, end }: Draft, own: boolean) {
    this.composer.load(settings);
    this.composer.start.put(start);
    this.composer.end.put(end);
    this.#loaded = this.composer.settings;
    this.#own = own;
  }
}
