/**
 * What is being composed: the settings of the next generation. Generating never clears it, and
 * nothing here waits for a generation to end. The program decides what is allowed (`check`,
 * `generate`); this only decides when to show it.
 */
import { asProblem } from '../backend';
import type {
  Backend,
  Field,
  Generation,
  Mode,
  Price,
  Problem,
  Settings,
  Shape,
  Violation,
} from '../backend';
import { sentence } from '../catalogue';
import { Replaced } from './replaced.svelte';
import { Slot, type SlotName } from './slot.svelte';
import { LENGTH_MAX, LENGTH_MIN } from './format';

const FIELDS: Field[] = [
  'model',
  'start',
  'end',
  'prompt',
  'quality',
  'shape',
  'length',
  'sound',
  'avoid',
];

/** A violation reported from outside, and the value it was reported for: a change clears it. */
interface Flag extends Violation {
  value: string;
}

/** What is left to spend, as far as the program knows for certain. */
export interface Funds {
  credits(): number | null;
  refresh(): Promise<unknown>;
}

/** The same settings sent again within this time of the last press are an accidental press. */
const REPEAT_MS = 2000;
/** How long the page says that a generation was started, or that a press did not count. */
const SAID_MS = 3500;
/** How long an end frame without a start frame is accepted: a start frame may follow. */
const ALONE_MS = 10_000;

function valueOf(settings: Settings, field: Field): string {
  return JSON.stringify(field === 'quality' ? settings.mode : settings[field]);
}

export class ComposerState {
  prompt = $state('');
  mode = $state<Mode>('pro');
  length = $state(5);
  shape = $state<Shape>('16:9');
  sound = $state(false);
  avoid = $state('');
  /** Settings from a newer program that this one doesn't know: kept, and nothing is sent. */
  others = $state.raw<Settings['others']>({});
  readonly start: Slot;
  readonly end: Slot;

  price = $state.raw<Price>({ kind: 'unknown' });
  submitting = $state(false);
  /** The last press is waiting for the balance, which may take as long as the network takes. */
  checkingBalance = $state(false);
  /** What went wrong with the last press of Generate, where no field is at fault. */
  problem = $state.raw<Problem | null>(null);
  /** The result of the last press, shown for a moment. */
  said = $state<'started' | 'failed' | 'repeated' | null>(null);
  /** What the composer held before settings from the gallery replaced it. */
  readonly replaced: Replaced;

  #found = $state.raw<Violation[]>([]);
  /** The violation found in the prompt is that it is empty: the first character clears it. */
  #promptMissing = false;
  #flags = $state.raw<Flag[]>([]);
  /** Generate was pressed with these settings: from now on an empty prompt is reported too. */
  #pressed = $state(false);
  /** The end frame has been without a start frame for so long that it is reported. */
  #alone = $state(false);
  #aloneTimer: ReturnType<typeof setTimeout> | undefined;
  #saidTimer: ReturnType<typeof setTimeout> | undefined;
  /** The generation started last. */
  #started: string | null = null;
  #failed: Generation | null = null;
  #last = { settings: '', at: -REPEAT_MS };

  settings = $derived.by<Settings>(() => ({
    model: 'kling-3.0',
    prompt: this.prompt,
    start: this.start.hash,
    end: this.end.hash,
    shots: [],
    references: [],
    mode: this.mode,
    length: this.length,
    shape: this.shape,
    sound: this.sound,
    avoid: this.avoid,
    others: this.others,
  }));

  violations = $derived.by<Violation[]>(() => {
    const { prompt } = this;
    const shown = this.#found.filter(({ field }) => {
      if (field === 'prompt' && this.#promptMissing) return this.#pressed && prompt.trim() === '';
      return this.#pressed || field !== 'end' || this.#alone;
    });
    const flags = this.#flags.filter((one) => one.value === valueOf(this.settings, one.field));
    return [...flags, ...shown.filter((one) => !flags.some((flag) => flag.field === one.field))];
  });

  /** Why this clip can't be paid for, if both its price and the balance are certain. */
  shortage = $derived.by<{ price: number; credits: number } | null>(() => {
    const credits = this.funds.credits();
    const { price } = this;
    if (credits === null || price.kind !== 'exact' || price.credits <= credits) return null;
    return { price: price.credits, credits };
  });

  constructor(
    private backend: Backend,
    private onStarted: (generation: Generation) => void,
    private onReplaced: (canUndo: boolean) => void = () => undefined,
    private funds: Funds = { credits: () => null, refresh: async () => undefined },
  ) {
    this.start = new Slot('start', backend);
    this.end = new Slot('end', backend);
    this.replaced = new Replaced(this);
  }

  slot(name: SlotName): Slot {
    return name === 'start' ? this.start : this.end;
  }

  messageFor(field: Field): string | null {
    const found = this.violations.find((one) => one.field === field);
    return found ? sentence(found.message) : null;
  }

  load(settings: Settings) {
    this.prompt = settings.prompt;
    this.mode = settings.mode;
    this.length = Math.min(LENGTH_MAX, Math.max(LENGTH_MIN, settings.length));
    this.shape = settings.shape;
    this.sound = settings.sound;
    this.avoid = settings.avoid;
    this.others = settings.others;
    this.start.restore(settings.start);
    this.end.restore(settings.end);
    this.settle();
  }

  /** Clears the remarks about the previous settings, which do not concern these. */
  settle() {
    this.#flags = [];
    this.#pressed = false;
    this.problem = null;
  }

  /** Replaces the content with settings from the gallery, and the page shows that it did. */
  reuse(settings: Settings, fault: Violation | null = null) {
    const before = this.replaced.draft();
    this.load(settings);
    const canUndo = this.replaced.keep(before);
    if (fault) this.#flags = [{ ...fault, value: valueOf(this.settings, fault.field) }];
    this.onReplaced(canUndo);
    void this.focus(fault?.field ?? 'prompt');
  }

  /** Another library is shown: what was said about the previous one's clips is cleared. */
  moved() {
    this.#say(null);
    this.#started = null;
    this.problem = null;
    this.recheckFrames();
  }

  swap() {
    const start = this.start.content();
    this.start.put(this.end.content());
    this.end.put(start);
  }

  /** Looks up the frames again: those of another library are not in this one. */
  recheckFrames() {
    this.start.restore(this.start.hash);
    this.end.restore(this.end.hash);
  }

  async check() {
    const asked = this.settings;
    try {
      const found = await this.backend.check(asked);
      if (asked === this.settings) this.#find(found, asked.prompt.trim() === '');
    } catch (error) {
      asProblem(error);
    }
  }

  #find(found: Violation[], promptMissing = false) {
    this.#promptMissing = promptMissing;
    this.#found = found;
    const alone = found.some((one) => one.field === 'end');
    if (alone && this.#aloneTimer !== undefined) return;
    clearTimeout(this.#aloneTimer);
    this.#aloneTimer = alone ? setTimeout(() => (this.#alone = true), ALONE_MS) : undefined;
    if (!alone) this.#alone = false;
  }

  async reprice() {
    const asked = this.settings;
    try {
      const price = await this.backend.price(asked);
      if (asked === this.settings) this.price = price;
    } catch (error) {
      asProblem(error);
      this.price = { kind: 'unknown' };
    }
  }

  /** If the call fails, it counts as no text: there may still be a picture. */
  clipboardText = () => this.backend.clipboardText().catch(() => null);

  save = () => {
    this.backend.saveDraft($state.snapshot(this.settings)).catch(asProblem);
  };

  async generate() {
    // Only while the program writes it down, a few milliseconds: a bouncing key or an accidental
    // second press must not pay twice.
    if (this.submitting || this.#repeats()) return;
    this.submitting = true;
    this.problem = null;
    this.#say(null);
    this.#pressed = true;
    try {
      // Credits may have been bought since the balance was last requested.
      if (this.shortage) {
        this.checkingBalance = true;
        await this.funds.refresh().finally(() => (this.checkingBalance = false));
      }
      if (this.shortage) return;
      const settings = $state.snapshot(this.settings);
      const generation = await this.backend.generate(settings);
      this.#last = { settings: JSON.stringify(settings), at: performance.now() };
      this.#pressed = false;
      this.#find([]);
      this.#flags = [];
      this.#started = generation.id;
      this.#say('started');
      this.onStarted(generation);
      // Events can overtake answers: the generation may have failed already.
      if (this.#failed?.id === generation.id) this.heard(this.#failed);
    } catch (error) {
      this.#refused(asProblem(error));
    } finally {
      this.submitting = false;
    }
  }

  /** Whether this press only repeats the last one. */
  #repeats(): boolean {
    const now = performance.now();
    const same = JSON.stringify(this.settings) === this.#last.settings;
    if (!same || now - this.#last.at >= REPEAT_MS) return false;
    this.#last.at = now;
    this.#say('repeated');
    return true;
  }

  #say(what: ComposerState['said']) {
    clearTimeout(this.#saidTimer);
    this.said = what;
    if (what !== null) this.#saidTimer = setTimeout(() => (this.said = null), SAID_MS);
  }

  /** Handles a change of a generation: one that failed at once was not started. */
  heard(generation: Generation) {
    const { id, phase } = generation;
    if (phase.state !== 'failed') return;
    this.#failed = generation;
    if (id !== this.#started) return;
    this.#started = null;
    this.#say('failed');
    // What also prevents every other clip is reported where the next one is started.
    const { mends, message } = phase.failure;
    if (mends.includes('addCredits') || mends.includes('replaceKey')) {
      this.problem = { message, field: null, violations: [] };
    }
  }

  #refused(problem: Problem) {
    const found = [...problem.violations];
    if (found.length === 0 && problem.field) {
      found.push({ field: problem.field, message: problem.message });
    }
    const settings = this.settings;
    this.#flags = found.map((one) => ({ ...one, value: valueOf(settings, one.field) }));
    const first = FIELDS.find((field) => found.some((one) => one.field === field));
    if (first) void this.focus(first);
    if (!first) this.problem = problem;
  }

  /** Waits until the view is updated, because the field may only now exist or be enabled. */
  async focus(field: Field) {
    await new Promise((done) => setTimeout(done));
    const target = document.getElementById(`composer-${field}`);
    const control = target?.matches('[role=radiogroup]')
      ? target.querySelector<HTMLElement>('input:checked')
      : target;
    control?.focus();
    control?.scrollIntoView?.({ block: 'nearest' });
  }
}
