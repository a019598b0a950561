/** The fake's account: jobs that were made elsewhere and can be imported. */
import type { ImportedJob, Generation, ImportResult, RemoteJob, RemotePage } from '../bindings';
import type { Jobs } from './jobs';
import { wait } from './jobs';
import { problem } from './problem';
import { costOf, generationOf, settingsOf } from './scenes';

const PAGE = 8;

function idOf(index: number): string {
  return `0b8f6c1e-2d34-4c5a-9e7b-${String(index).padStart(12, '0')}`;
}

export class FakeAccount {
  #jobs: RemoteJob[];
  #imported = 0;

  constructor(
    private library: Jobs,
    many: number,
    now: number,
  ) {
    this.#jobs = Array.from({ length: many }, (_, index) => ({
      id: idOf(index),
      model: index === 3 ? 'veo-3.1' : index % 4 === 2 ? 'kling-3.0-omni' : 'kling-3.0',
      prompt: null,
      created: now - (index + 1) * 97 * 60_000,
      credits: costOf(settingsOf(index)),
      standing: index === 0 ? 'running' : index > 8 ? 'expired' : 'finished',
    }));
  }

  async page(cursor: string | null): Promise<RemotePage> {
    await wait(400);
    const from = Number(cursor ?? 0);
    const to = from + PAGE;
    return {
      jobs: this.#jobs.slice(from, to),
      next: to < this.#jobs.length ? String(to) : null,
    };
  }

  async one(id: string): Promise<RemoteJob | null> {
    await wait(80);
    const index = this.#jobs.findIndex((job) => job.id === id);
    const job = this.#jobs[index];
    if (!job) return null;
    return { ...job, prompt: index === 5 ? null : settingsOf(index + 4).prompt };
  }

  async importJob(id: string): Promise<ImportedJob> {
    await wait(300);
    const index = this.#jobs.findIndex((job) => job.id === id);
    const job = this.#jobs[index];
    if (!job) throw problem({ code: id === '' ? 'jobIdMissing' : 'importUnknown' });
    const generation: Generation = generationOf(
      950 + ++this.#imported,
      job.created ?? Date.now(),
      { state: 'downloading', received: 1_200_000, total: 9_000_000 },
      {
        settings: settingsOf(index + 4, { start: null, end: null }),
        jobId: id,
        credits: job.credits,
        broughtIn: { model: job.model, unknown: [], notKept: ['start'] },
      },
    );
    this.#jobs = this.#jobs.filter((one) => one.id !== id);
    this.library.put(generation);
    return { generation, wasHere: false };
  }

  async importAll(): Promise<ImportResult> {
    const there = this.#jobs.filter((job) => job.standing !== 'expired');
    for (const job of there) await this.importJob(job.id);
    return { imported: there.length, expired: this.#jobs.length, trouble: null };
  }
}
