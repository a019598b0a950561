/**
 * What the account still holds: the list, read page by page, and what was imported from it. Prompts
 * are fetched one at a time, because the account's list leaves them out.
 */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { asProblem } from '../backend';
import type { Backend, ImportResult, RemoteJob } from '../backend';
import { sentence, t } from '../catalogue';

/** Prompts requested per page, and the pause between two, so that a list causes no rate limit. */
const PROMPTS = 40;
const PAUSE_MS = 120;

export class BringInState {
  jobs = $state.raw<RemoteJob[]>([]);
  next = $state.raw<string | null>(null);
  /** Set while the account's list is requested. */
  loading = $state(false);
  /** Set once the first page has arrived. */
  known = $state(false);
  problem = $state<string | null>(null);
  /** Set while everything is being imported. */
  all = $state(false);
  /** The result of importing everything. */
  outcome = $state<string | null>(null);
  outcomeIsBad = $state(false);
  readonly busy = new SvelteSet<string>();
  readonly done = new SvelteSet<string>();
  readonly failed = new SvelteMap<string, string>();
  /** Jobs whose prompt was requested, or will not be requested. */
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

  /** Reads the first page again. */
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

  /** Repeats what failed. */
  again() {
    return this.jobs.length > 0 && this.next !== null ? this.more() : this.reload();
  }

  async #page(cursor: string) {
    const page = await this.backend.remoteJobs(cursor);
    const here = this.jobs.map((job) => job.id);
    this.jobs = [...this.jobs, ...page.jobs.filter((job) => !here.includes(job.id))];
    this.next = page.next === cursor ? null : page.next;
  }

  /** A page whose jobs are all in the library already shows nothing: then reads the next one. */
  async #filled() {
    while (this.jobs.length === 0 && this.next !== null && !this.#closed) {
      await this.#page(this.next);
    }
  }

  async importJob(job: RemoteJob) {
    this.busy.add(job.id);
    this.failed.delete(job.id);
    try {
      await this.backend.importJob(job.id);
      this.done.add(job.id);
    } catch (error) {
      this.failed.set(job.id, sentence(asProblem(error).message));
    } finally {
      this.busy.delete(job.id);
    }
  }

  async importAll() {
    this.all = true;
    this.outcome = null;
    try {
      const result = await this.backend.importAll();
      this.outcome = outcomeOf(result);
      this.outcomeIsBad = result.trouble !== null;
      await this.reload();
    } catch (error) {
      this.outcome = sentence(asProblem(error).message);
      this.outcomeIsBad = true;
    } finally {
      this.all = false;
    }
  }

  /** Fetches prompts, those of importable jobs first. A failure only leaves out their text. */
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

export function outcomeOf({ imported, expired, trouble }: ImportResult): string {
  const said =
    imported === 0
      ? trouble === null
        ? expired === 0
          ? t('recovery-none-left')
          : t('recovery-none-left-deleted')
        : ''
      : t('recovery-imported-jobs', { count: imported });
  return [said, trouble && sentence(trouble)].filter(Boolean).join(' ');
}
