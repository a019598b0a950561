/**
 * What the account still holds: the list as it is read page by page, and what was brought in from
 * it. Prompts come one after the other, since the account's list leaves them out.
 */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { asProblem } from '../backend';
import type { Backend, Harvest, RemoteJob } from '../backend';
import { sentence, t } from '../words';

/** Prompts asked for a page, and the pause between two: a list is no reason to be told to wait. */
const PROMPTS = 40;
const PAUSE_MS = 120;

export class BringInState {
  jobs = $state.raw<RemoteJob[]>([]);
  next = $state.raw<string | null>(null);
  /** Set while the account is asked for its list. */
  loading = $state(false);
  /** Set once the first page is here. */
  known = $state(false);
  problem = $state<string | null>(null);
  /** Set while everything is brought in. */
  all = $state(false);
  /** What bringing everything in came to. */
  outcome = $state<string | null>(null);
  outcomeIsBad = $state(false);
  readonly busy = new SvelteSet<string>();
  readonly done = new SvelteSet<string>();
  readonly failed = new SvelteMap<string, string>();
  /** Jobs whose prompt was asked for, or will not be. */
  readonly asked = new SvelteSet<string>();

  left = $derived(
    this.jobs.filter((job) => job.standing !== 'expired' && !this.done.has(job.id)).length,
  );
  #closed = false;
  #asking = false;

  constructor(private backend: Backend) {}

  close() {
    this.#closed = true;
  }

  /** The first page anew. */
  async reload() {
    this.problem = null;
    this.loading = true;
    try {
      const page = await this.backend.remoteJobs(null);
      this.jobs = page.jobs;
      this.next = page.next;
      this.known = true;
      this.failed.clear();
      await this.#filled();
    } catch (error) {
      this.problem = sentence(asProblem(error).message);
    } finally {
      this.loading = false;
    }
    void this.#prompts();
  }

  async more() {
    if (this.next === null || this.loading) return;
    this.loading = true;
    this.problem = null;
    try {
      await this.#page(this.next);
      await this.#filled();
    } catch (error) {
      this.problem = sentence(asProblem(error).message);
    } finally {
      this.loading = false;
    }
    void this.#prompts();
  }

  /** What failed, once more. */
  again() {
    return this.jobs.length > 0 && this.next !== null ? this.more() : this.reload();
  }

  async #page(cursor: string) {
    const page = await this.backend.remoteJobs(cursor);
    const here = this.jobs.map((job) => job.id);
    this.jobs = [...this.jobs, ...page.jobs.filter((job) => !here.includes(job.id))];
    this.next = page.next === cursor ? null : page.next;
  }

  /** A page of which all is in the library already shows nothing: then the one after it. */
  async #filled() {
    while (this.jobs.length === 0 && this.next !== null && !this.#closed) {
      await this.#page(this.next);
    }
  }

  async bringIn(job: RemoteJob) {
    this.busy.add(job.id);
    this.failed.delete(job.id);
    try {
      await this.backend.bringIn(job.id);
      this.done.add(job.id);
    } catch (error) {
      this.failed.set(job.id, sentence(asProblem(error).message));
    } finally {
      this.busy.delete(job.id);
    }
  }

  async bringInAll() {
    this.all = true;
    this.outcome = null;
    try {
      const harvest = await this.backend.bringInAll();
      this.outcome = outcomeOf(harvest);
      this.outcomeIsBad = harvest.trouble !== null;
      await this.reload();
    } catch (error) {
      this.outcome = sentence(asProblem(error).message);
      this.outcomeIsBad = true;
    } finally {
      this.all = false;
    }
  }

  /** Those that can be brought in first. What fails here costs a sentence, nothing more. */
  async #prompts() {
    if (this.#asking) return;
    this.#asking = true;
    const silent = this.jobs.filter((job) => job.prompt === null && !this.asked.has(job.id));
    const first = silent.filter((job) => job.standing !== 'expired');
    const queue = [...first, ...silent.filter((job) => job.standing === 'expired')];
    for (const { id } of queue.slice(PROMPTS)) this.asked.add(id);
    let works = true;
    for (const { id } of queue.slice(0, PROMPTS)) {
      if (this.#closed) break;
      if (works) {
        try {
          const whole = await this.backend.remoteJob(id);
          const at = this.jobs.findIndex((job) => job.id === id);
          if (whole && at >= 0) this.jobs = this.jobs.with(at, whole);
        } catch {
          works = false;
        }
      }
      this.asked.add(id);
      if (works) await new Promise((done) => setTimeout(done, PAUSE_MS));
    }
    this.#asking = false;
  }
}

export function outcomeOf({ brought, expired, trouble }: Harvest): string {
  const said =
    brought === 0
      ? trouble === null
        ? expired === 0
          ? t('recovery-none-left')
          : t('recovery-none-left-deleted')
        : ''
      : t('recovery-imported-jobs', { count: brought });
  return [said, trouble && sentence(trouble)].filter(Boolean).join(' ');
}
