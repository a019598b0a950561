/**
 * The generations shown, newest first. Pages are fetched as one scrolls; everything else arrives
 * as events from the program. Nothing is polled.
 */
import { asProblem } from '../backend';
import type { Backend, Counts, GalleryFilter, GalleryPage, Generation, Notice } from '../backend';
import { isRunning } from './countdown';

export function belongs(generation: Generation, filter: GalleryFilter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'running':
      return isRunning(generation.phase);
    case 'failed':
      // What became of an uncertain one is for the person to settle, like a failure.
      return generation.phase.state === 'failed' || generation.phase.state === 'uncertain';
  }
}

function newestFirst(a: Generation, b: Generation): number {
  return b.created - a.created || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}

export class GalleryState {
  filter = $state<GalleryFilter>('all');
  list = $state.raw<Generation[]>([]);
  counts = $state.raw<Counts>({ all: 0, running: 0, failed: 0 });
  next = $state.raw<string | null>(null);
  loading = $state(false);
  problem = $state<string | null>(null);
  /** What is so for the library as a whole. */
  notices = $state.raw<Notice[]>([]);
  /** The card that the keyboard is on, or was on last. */
  current = $state<string | null>(null);

  running = $derived(this.list.filter((one) => isRunning(one.phase)));
  clips = $derived(this.list.filter((one) => one.phase.state === 'ready'));
  /** How many clips there are in all, those not fetched yet too. */
  clipsInAll = $derived(
    this.next === null || this.filter !== 'all'
      ? this.clips.length
      : Math.max(this.clips.length, this.counts.all - this.counts.running - this.counts.failed),
  );
  #asked = 0;

  constructor(private backend: Backend) {}

  start(page: GalleryPage) {
    this.list = [...page.generations].sort(newestFirst);
    this.next = page.next;
    this.counts = page.counts;
    this.notices = page.notices;
    this.problem = null;
  }

  async show(filter: GalleryFilter) {
    this.filter = filter;
    await this.reload();
  }

  /** The old cards stay until the new ones are here, so nothing flashes. */
  async reload() {
    const asked = ++this.#asked;
    this.loading = true;
    try {
      const page = await this.backend.gallery(this.filter, null);
      if (asked === this.#asked) this.start(page);
    } catch (error) {
      if (asked === this.#asked) this.problem = asProblem(error).message;
    } finally {
      if (asked === this.#asked) this.loading = false;
    }
  }

  async more() {
    if (this.loading || this.next === null) return;
    const asked = ++this.#asked;
    this.loading = true;
    try {
      const page = await this.backend.gallery(this.filter, this.next);
      if (asked !== this.#asked) return;
      const known = new Set(this.list.map((one) => one.id));
      const fresh = page.generations.filter((one) => !known.has(one.id));
      this.list = [...this.list, ...fresh].sort(newestFirst);
      this.next = page.next;
      this.counts = page.counts;
      this.problem = null;
    } catch (error) {
      if (asked === this.#asked) this.problem = asProblem(error).message;
    } finally {
      if (asked === this.#asked) this.loading = false;
    }
  }

  find(id: string): Generation | null {
    return this.list.find((one) => one.id === id) ?? null;
  }

  put(generation: Generation) {
    const at = this.list.findIndex((one) => one.id === generation.id);
    if (!belongs(generation, this.filter)) {
      if (at >= 0) this.list = this.list.toSpliced(at, 1);
      return;
    }
    const known = this.list[at];
    if (known?.created === generation.created) {
      this.list = this.list.with(at, generation);
      return;
    }
    // One that was brought in takes the place, and the time, of the one that asked for it.
    if (known) this.drop(known.id);
    // Older than what was fetched: it comes with its own page.
    const last = this.list.at(-1);
    if (this.next !== null && last && newestFirst(generation, last) > 0) return;
    const before = this.list.findIndex((one) => newestFirst(generation, one) < 0);
    this.list = this.list.toSpliced(before < 0 ? this.list.length : before, 0, generation);
  }

  /** Takes over which clips' files are missing, in one stroke, however many there are. */
  missing(gone: ReadonlySet<string>) {
    let changed = false;
    const list = this.list.map((one) => {
      const missing = gone.has(one.id);
      if (one.phase.state !== 'ready' || one.phase.clip.missing === missing) return one;
      changed = true;
      return { ...one, phase: { ...one.phase, clip: { ...one.phase.clip, missing } } };
    });
    if (changed) this.list = list;
  }

  drop(id: string) {
    this.list = this.list.filter((one) => one.id !== id);
  }

  /** The clip that many places further on (older) or back, or null past either end. */
  neighbour(id: string, step: 1 | -1): Generation | null {
    const at = this.clips.findIndex((one) => one.id === id);
    return at < 0 ? null : (this.clips[at + step] ?? null);
  }
}
