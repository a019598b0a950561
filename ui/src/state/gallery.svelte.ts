/**
 * The generations shown, newest first. Pages are fetched as one scrolls; everything else arrives
 * as events from the program. Nothing is polled.
 */
import { asProblem } from '../backend';
import type { Backend, Counts, GalleryFilter, GalleryPage, Generation, Notice } from '../backend';
import { isRunning } from './countdown';
import { sentence } from '../words';

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
  /** The newest revision of those that left the list; nothing brings back one that is gone. */
  #left = new Map<string, number>();
  /** What arrived while a page was on its way, which may be older. */
  #meanwhile: Generation[] = [];

  constructor(private backend: Backend) {}

  start(page: GalleryPage) {
    this.list = page.generations.flatMap((one) => this.#newer(one) ?? []).sort(newestFirst);
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
    await this.#load(null, (page) => this.start(page));
  }

  async more() {
    if (this.loading || this.next === null) return;
    await this.#load(this.next, (page) => {
      const known = new Set(this.list.map((one) => one.id));
      const fresh = page.generations
        .filter((one) => !known.has(one.id))
        .flatMap((one) => this.#newer(one) ?? []);
      this.list = [...this.list, ...fresh].sort(newestFirst);
      this.next = page.next;
      this.counts = page.counts;
    });
  }

  async #load(cursor: string | null, take: (page: GalleryPage) => void) {
    const asked = ++this.#asked;
    this.loading = true;
    this.#meanwhile = [];
    try {
      const page = await this.backend.gallery(this.filter, cursor);
      if (asked !== this.#asked) return;
      take(page);
      this.problem = null;
      const meanwhile = this.#meanwhile;
      this.#meanwhile = [];
      for (const generation of meanwhile) this.put(generation);
    } catch (error) {
      if (asked === this.#asked) this.problem = sentence(asProblem(error).message);
    } finally {
      if (asked === this.#asked) this.loading = false;
    }
  }

  find(id: string): Generation | null {
    return this.list.find((one) => one.id === id) ?? null;
  }

  /** The newer of what is known of a generation and what a page says; null for one that left. */
  #newer(generation: Generation): Generation | null {
    const { id, revision } = generation;
    if ((this.#left.get(id) ?? 0) > revision) return null;
    const known = this.find(id);
    return known && known.revision > revision ? known : generation;
  }

  /**
   * Takes in a generation, from an event or an answer. They overtake each other, so only the
   * newest counts: false where more is known already.
   */
  put(generation: Generation): boolean {
    const { id, revision } = generation;
    const at = this.list.findIndex((one) => one.id === id);
    const known = this.list[at];
    if (revision < Math.max(known?.revision ?? 0, this.#left.get(id) ?? 0)) return false;
    if (this.loading) this.#meanwhile.push(generation);
    if (!belongs(generation, this.filter)) {
      this.#left.set(id, revision);
      if (known) this.list = this.list.toSpliced(at, 1);
      return true;
    }
    if (known?.created === generation.created) {
      this.list = this.list.with(at, generation);
      return true;
    }
    // One that was brought in takes the place, and the time, of the one that asked for it.
    if (known) this.list = this.list.toSpliced(at, 1);
    const last = this.list.at(-1);
    if (this.next !== null && last && newestFirst(generation, last) > 0) {
      // Older than what was fetched: it comes with its own page.
      this.#left.set(id, revision);
      return true;
    }
    const before = this.list.findIndex((one) => newestFirst(generation, one) < 0);
    this.list = this.list.toSpliced(before < 0 ? this.list.length : before, 0, generation);
    return true;
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
    this.#left.set(id, Infinity);
    const at = this.list.findIndex((one) => one.id === id);
    if (at < 0) return;
    // The keyboard goes on from the card that moves up, or from the last one.
    if (this.current === id) this.current = (this.list[at + 1] ?? this.list[at - 1])?.id ?? null;
    this.list = this.list.toSpliced(at, 1);
  }

  /** The clip that many places further on (older) or back, or null past either end. */
  neighbour(id: string, step: 1 | -1): Generation | null {
    const at = this.clips.findIndex((one) => one.id === id);
    return at < 0 ? null : (this.clips[at + step] ?? null);
  }
}
