/**
 * The generations shown, newest first. Pages are fetched as one scrolls; everything else arrives
 * as events from the program. Nothing is polled.
 *
 * Each generation is kept under its id, and the order apart from them: news of one touches what
 * shows this one, and the cards are arranged again only when one comes, goes or moves. `list` and
 * `clips` go through all of them, so only what is open over the gallery may depend on them.
 */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { asProblem } from '../backend';
import type { Backend, Counts, GalleryFilter, GalleryPage, Generation, Notices } from '../backend';
import { isRunning } from './countdown';
import { sentence } from '../catalogue';

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

/** Where a generation stands among the others. */
export type Place = Pick<Generation, 'id' | 'created'>;

function newestFirst(a: Place, b: Place): number {
  return b.created - a.created || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}

export class GalleryState {
  filter = $state<GalleryFilter>('all');
  order = $state.raw<Place[]>([]);
  counts = $state.raw<Counts>({ all: 0, running: 0, failed: 0, revision: 0 });
  next = $state.raw<string | null>(null);
  loading = $state(false);
  problem = $state<string | null>(null);
  /** What is so for the library as a whole. */
  notices = $state.raw<Notices>({ list: [], revision: 0 });
  /** The card that the keyboard is on, or was on last. */
  current = $state<string | null>(null);

  #all = new SvelteMap<string, Generation>();
  #running = new SvelteSet<string>();
  list = $derived(this.order.flatMap(({ id }) => this.#all.get(id) ?? []));
  running = $derived([...this.#running].flatMap((id) => this.#all.get(id) ?? []));
  clips = $derived(this.list.filter((one) => one.phase.state === 'ready'));
  /** At least those that are known: a count arrives later than the answer to Generate. */
  runningInAll = $derived(Math.max(this.running.length, this.counts.running));
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
    this.#take(page.generations, page);
    this.notice(page.notices);
    this.problem = null;
  }

  /** Shows these and no others, where nothing newer is known. */
  #take(generations: Generation[], { next, counts }: Pick<GalleryPage, 'next' | 'counts'>) {
    const newest = generations.flatMap((one) => this.#newer(one) ?? []).sort(newestFirst);
    const ids = new Set(newest.map(({ id }) => id));
    for (const { id } of this.order) if (!ids.has(id)) this.#delete(id);
    for (const one of newest) this.#set(one);
    this.order = newest.map(({ id, created }) => ({ id, created }));
    this.next = next;
    this.count(counts);
  }

  /** Takes in counts, from an event or an answer, unless newer ones are known. */
  count(counts: Counts) {
    if (counts.revision >= this.counts.revision) this.counts = counts;
  }

  /** Takes in notices in the same way. */
  notice(notices: Notices) {
    if (notices.revision >= this.notices.revision) this.notices = notices;
  }

  async show(filter: GalleryFilter) {
    this.filter = filter;
    await this.reload();
  }

  /** The old cards stay until the new ones are here, so nothing flashes. */
  async reload() {
    await this.#load(null, (page) => {
      this.start(page);
      return null;
    });
  }

  /**
   * Events were missed. Asks again for everything down to the oldest card shown, and puts it in
   * place at once: where one has scrolled to, and what is open, stays.
   */
  async refresh(oldest: Place | undefined = this.order.at(-1)) {
    const fresh: Generation[] = [];
    await this.#load(null, (page) => {
      fresh.push(...page.generations);
      const last = fresh.at(-1);
      const reaches = !oldest || !last || newestFirst(last, oldest) >= 0;
      if (!reaches && page.next !== null) return page.next;
      this.#take(fresh, page);
      this.notice(page.notices);
      return null;
    });
  }

  async more() {
    if (this.loading || this.next === null) return;
    await this.#load(this.next, (page) => {
      const fresh = new Set(page.generations.map(({ id }) => id));
      const known = this.list.filter(({ id }) => !fresh.has(id));
      this.#take([...known, ...page.generations], page);
      return null;
    });
  }

  /** `take` says from where on more is asked for, as part of the same load; null ends it. */
  async #load(cursor: string | null, take: (page: GalleryPage) => string | null) {
    const asked = ++this.#asked;
    this.loading = true;
    this.#meanwhile = [];
    try {
      let from: string | null = cursor;
      do {
        const page: GalleryPage = await this.backend.gallery(this.filter, from);
        if (asked !== this.#asked) return;
        from = take(page);
      } while (from !== null);
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
    return this.#all.get(id) ?? null;
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
    const known = this.find(id);
    if (revision < Math.max(known?.revision ?? 0, this.#left.get(id) ?? 0)) return false;
    if (this.loading) this.#meanwhile.push(generation);
    if (!belongs(generation, this.filter)) {
      this.#left.set(id, revision);
      if (known) this.#forget(id);
      return true;
    }
    if (known?.created === generation.created) {
      this.#set(generation);
      return true;
    }
    // One that was imported takes the place, and the time, of the one that asked for it.
    if (known) this.#forget(id);
    const last = this.order.at(-1);
    if (this.next !== null && last && newestFirst(generation, last) > 0) {
      // Older than what was fetched: it comes with its own page.
      this.#left.set(id, revision);
      return true;
    }
    const before = this.order.findIndex((one) => newestFirst(generation, one) < 0);
    const at = before < 0 ? this.order.length : before;
    this.#set(generation);
    this.order = this.order.toSpliced(at, 0, { id, created: generation.created });
    return true;
  }

  #forget(id: string) {
    this.order = this.order.filter((one) => one.id !== id);
    this.#delete(id);
  }

  #set(generation: Generation) {
    this.#all.set(generation.id, generation);
    if (isRunning(generation.phase)) this.#running.add(generation.id);
    else this.#running.delete(generation.id);
  }

  #delete(id: string) {
    this.#all.delete(id);
    this.#running.delete(id);
  }

  /** Takes over which clips' files are missing. */
  missing(gone: ReadonlySet<string>) {
    for (const one of this.list) {
      const missing = gone.has(one.id);
      if (one.phase.state !== 'ready' || one.phase.clip.missing === missing) continue;
      const clip = { ...one.phase.clip, missing };
      this.#set({ ...one, phase: { ...one.phase, clip } });
    }
  }

  drop(id: string) {
    this.#left.set(id, Infinity);
    const at = this.order.findIndex((one) => one.id === id);
    if (at < 0) return;
    // The keyboard goes on from the card that moves up, or from the last one.
    if (this.current === id) this.current = (this.order[at + 1] ?? this.order[at - 1])?.id ?? null;
    this.#forget(id);
  }

  /** The clip that many places further on (older) or back, or null past either end. */
  neighbour(id: string, step: 1 | -1): Generation | null {
    const at = this.clips.findIndex((one) => one.id === id);
    return at < 0 ? null : (this.clips[at + step] ?? null);
  }
}
