/** The fake's library and engine: the list, the counts, and jobs that progress with the clock. */
import type { Listeners } from '..';
import type {
  Counts,
  GalleryFilter,
  GalleryPage,
  Generation,
  Notice,
  Phase,
  Settings,
} from '../bindings';
import { clipOf, costOf } from './scenes';

const PAGE = 60;

export const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

const isFailed = ({ phase }: Generation) => phase.state === 'failed' || phase.state === 'uncertain';
const isRunning = (one: Generation) => !isFailed(one) && one.phase.state !== 'ready';

export class Jobs {
  list: Generation[] = [];
  notices: Notice[] = [];
  listeners: Listeners | null = null;
  #made = 0;
  #revision = 0;

  find(id: string): Generation | null {
    return this.list.find((one) => one.id === id) ?? null;
  }

  counts(): Counts {
    return {
      all: this.list.length,
      running: this.list.filter(isRunning).length,
      failed: this.list.filter(isFailed).length,
    };
  }

  page(filter: GalleryFilter, cursor: string | null): GalleryPage {
    const kept = this.list.filter((one) =>
      filter === 'all' ? true : filter === 'running' ? isRunning(one) : isFailed(one),
    );
    const from = cursor === null ? 0 : Number(cursor);
    const to = from + PAGE;
    return {
      generations: kept.slice(from, to),
      next: to < kept.length ? String(to) : null,
      counts: this.counts(),
      notices: this.notices,
    };
  }

  put(changed: Generation) {
    const generation = { ...changed, revision: ++this.#revision };
    const at = this.list.findIndex((one) => one.id === generation.id);
    if (at < 0) this.list = [generation, ...this.list];
    else this.list = this.list.with(at, generation);
    this.listeners?.generationChanged(generation);
    this.listeners?.countsChanged(this.counts());
  }

  drop(id: string) {
    this.list = this.list.filter((one) => one.id !== id);
    this.listeners?.generationRemoved(id);
    this.listeners?.countsChanged(this.counts());
  }

  begin(settings: Settings): Generation {
    const generation: Generation = {
      id: `n${++this.#made}`,
      revision: 0,
      created: Date.now(),
      settings,
      phase: { state: 'recorded' },
      waiting: null,
      credits: null,
      jobId: null,
      renderedInMs: null,
      finished: null,
      canCancel: true,
      broughtIn: null,
      whole: true,
    };
    this.put(generation);
    void this.#render(generation.id);
    return generation;
  }

  again(generation: Generation): Generation {
    const going: Generation = { ...generation, phase: { state: 'submitting' } };
    this.put(going);
    void this.#render(going.id);
    return going;
  }

  /** Continues a download of the scene, so that something changes on the screen. */
  live() {
    const one = this.list.find((each) => each.phase.state === 'downloading');
    if (!one) return;
    const timer = setInterval(() => {
      const now = this.find(one.id);
      if (now?.phase.state !== 'downloading' || now.phase.total === null) {
        clearInterval(timer);
        return;
      }
      const { total } = now.phase;
      const received = Math.min(total, now.phase.received + 90_000);
      if (received < total) {
        this.put({ ...now, phase: { ...now.phase, received } });
        return;
      }
      clearInterval(timer);
      this.#finish(now);
    }, 250);
  }

  async #render(id: string) {
    const say = (phase: Phase, over: Partial<Generation> = {}) => {
      const now = this.find(id);
      if (now && isRunning(now)) this.put({ ...now, phase, ...over });
    };
    await wait(700);
    say({ state: 'uploading' });
    await wait(1200);
    say({ state: 'submitting' }, { canCancel: false });
    await wait(600);
    const since = Date.now();
    const due = since + 14_000;
    say({ state: 'rendering', queued: true, progress: null, since, due });
    await wait(2500);
    for (let progress = 0; progress <= 100; progress += 8) {
      say({ state: 'rendering', queued: false, progress, since, due });
      await wait(900);
    }
    for (let part = 0; part <= 4; part++) {
      say({ state: 'downloading', received: part * 2_400_000, total: 9_600_000 });
      await wait(300);
    }
    const now = this.find(id);
    if (now && isRunning(now)) this.#finish(now);
  }

  #finish(generation: Generation) {
    this.put({
      ...generation,
      phase: { state: 'ready', clip: clipOf(generation, { hasPoster: false }) },
      renderedInMs: Date.now() - generation.created,
      finished: Date.now(),
      credits: costOf(generation.settings),
    });
  }
}
