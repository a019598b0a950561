/**
 * What is being composed: the settings of the next generation. Generating never clears it, and
 * nothing here waits for a generation to end. What is allowed is the program's to say (`check`,
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
import { Slot, type SlotName } from './slot.svelte';
import { LENGTH_MAX, LENGTH_MIN } from './words';

const FIELDS: Field[] = ['start', 'end', 'prompt', 'quality', 'shape', 'length', 'sound', 'avoid'];

/** A violation told from outside, and the value it was told about: a change settles it. */
interface Flag extends Violation {
  value: string;
}

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
  readonly start: Slot;
  readonly end: Slot;

  price = $state.raw<Price>({ kind: 'unknown' });
  submitting = $state(false);
  /** What went wrong with the last press of Generate, where no field is at fault. */
  problem = $state.raw<Problem | null>(null);
  /** Which generation was started last: the foot says so for a moment. */
  started = $state<string | null>(null);

  #found = $state.raw<Violation[]>([]);
  #flags = $state.raw<Flag[]>([]);
  /** Generate was pressed on what stands here: from now on also an empty prompt is remarked. */
  #pressed = $state(false);

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
  }));

  violations = $derived.by<Violation[]>(() => {
    const shown = this.#found.filter(
      (one) => this.#pressed || one.field !== 'prompt' || this.prompt.trim() !== '',
    );
    const flags = this.#flags.filter((one) => one.value === valueOf(this.settings, one.field));
    return [...flags, ...shown.filter((one) => !flags.some((flag) => flag.field === one.field))];
  });

  constructor(
    private backend: Backend,
    private onStarted: (generation: Generation) => void,
    private onReplaced: () => void = () => undefined,
  ) {
    this.start = new Slot('start', backend);
    this.end = new Slot('end', backend);
  }

  slot(name: SlotName): Slot {
    return name === 'start' ? this.start : this.end;
  }

  messageFor(field: Field): string | null {
    return this.violations.find((one) => one.field === field)?.message ?? null;
  }

  load(settings: Settings) {
    this.prompt = settings.prompt;
    this.mode = settings.mode;
    this.length = Math.min(LENGTH_MAX, Math.max(LENGTH_MIN, settings.length));
    this.shape = settings.shape;
    this.sound = settings.sound;
    this.avoid = settings.avoid;
    this.start.restore(settings.start);
    this.end.restore(settings.end);
    this.#flags = [];
    this.#pressed = false;
    this.problem = null;
  }

  /** Settings from the gallery replace what stands here, and the page shows that they did. */
  reuse(settings: Settings, fault: Violation | null = null) {
    this.load(settings);
    if (fault) this.#flags = [{ ...fault, value: valueOf(this.settings, fault.field) }];
    this.onReplaced();
    void this.focus(fault?.field ?? 'prompt');
  }

  swap() {
    const start = this.start.content();
    this.start.put(this.end.content());
    this.end.put(start);
  }

  /** The frames of another library are not in this one. */
  recheckFrames() {
    this.start.restore(this.start.hash);
    this.end.restore(this.end.hash);
  }

  async check() {
    const asked = this.settings;
    try {
      const found = await this.backend.check(asked);
      if (asked === this.settings) this.#found = found;
    } catch (error) {
      asProblem(error);
    }
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

  save = () => {
    this.backend.saveDraft($state.snapshot(this.settings)).catch(asProblem);
  };

  async generate() {
    // Only while the program writes it down, a few milliseconds: a bouncing key or a nervous
    // finger must not pay twice.
    if (this.submitting) return;
    this.submitting = true;
    this.problem = null;
    this.#pressed = true;
    try {
      const generation = await this.backend.generate($state.snapshot(this.settings));
      this.#pressed = false;
      this.#found = [];
      this.#flags = [];
      this.started = generation.id;
      this.onStarted(generation);
    } catch (error) {
      this.#refused(asProblem(error));
    } finally {
      this.submitting = false;
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

  /** After the view has caught up, since the field may only now be there or enabled. */
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
