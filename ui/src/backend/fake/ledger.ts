/** The fake's books, made again from its jobs each time they are requested. */
import type {
  Books,
  Generation,
  LedgerEntry,
  LedgerPage,
  LedgerSum,
  Message,
  Settings,
  SpendingLimits,
  Standing,
} from '../bindings';
import type { Jobs } from './jobs';
import { costOf } from './scenes';

const PAGE = 50;

/** `2026-11-22`, in the user's time zone. */
export function dayOf(at: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export class Ledger {
  limits: SpendingLimits = { day: null, month: null };
  /** Removed from the gallery, but not from the books. */
  #gone: Generation[] = [];

  constructor(private jobs: Jobs) {}

  keep(id: string) {
    const gone = this.jobs.find(id);
    if (gone) this.#gone.push(gone);
  }

  /** Oldest first. */
  #entries(): LedgerEntry[] {
    const made: Omit<LedgerEntry, 'id' | 'total'>[] = [];
    for (const one of [...this.jobs.list, ...this.#gone]) {
      const { phase } = one;
      const unsent = ['recorded', 'uploading', 'submitting', 'uncertain'].includes(phase.state);
      const free = phase.state === 'failed' && phase.failure.charged === false;
      const returned = free && phase.failure.message.code === 'jobFailed';
      if (unsent || one.jobId === null || (free && !returned)) continue;
      const queued = phase.state === 'rendering' && phase.queued;
      const at = one.created + 6000;
      const row = {
        generation: one.id,
        inGallery: !this.#gone.includes(one),
        prompt: one.settings.prompt,
        job: one.jobId,
        credits: queued ? null : costOf(one.settings),
      };
      made.push({ ...row, at, day: dayOf(at), kind: 'charge' });
      if (returned) {
        made.push({ ...row, at: at + 60_000, day: dayOf(at + 60_000), kind: 'return' });
      }
    }
    made.sort((a, b) => a.at - b.at);
    let total = 0;
    return made.map((row, index) => {
      total += (row.credits ?? 0) * (row.kind === 'charge' ? 1 : -1);
      return { ...row, id: index + 1, total };
    });
  }

  page(cursor: string | null): LedgerPage {
    const all = this.#entries().reverse();
    const from = cursor === null ? 0 : Number(cursor);
    const entries = all.slice(from, from + PAGE);
    return {
      entries,
      days: [...new Set(entries.map((one) => one.day))].map((day) => sum(day, all)),
      next: from + PAGE < all.length ? String(from + PAGE) : null,
    };
  }

  books(): Books {
    const all = this.#entries();
    const today = dayOf(Date.now());
    const month = today.slice(0, 7);
    const unsent = this.jobs.list.filter((one) =>
      ['recorded', 'uploading', 'submitting'].includes(one.phase.state),
    );
    const setAside = unsent.reduce((sofar, one) => sofar + costOf(one.settings), 0);
    const standing = (span: string, limit: number | null): Standing => {
      const booked = sum(span, all);
      return { sum: booked, setAside, used: booked.charged - booked.returned + setAside, limit };
    };
    return {
      today: standing(today, this.limits.day),
      month: standing(month, this.limits.month),
      months: [...new Set(all.map((one) => one.day.slice(0, 7)))]
        .reverse()
        .map((span) => sum(span, all)),
      entries: all.length,
    };
  }

  /** The message that refuses one more clip, or null if it is allowed. */
  refuses(settings: Settings): Message | null {
    const { limit, used } = this.books().today;
    const price = costOf(settings);
    if (limit === null || used + price <= limit) return null;
    return { code: 'spendingReached', span: 'day', limit, used, price, from: '' };
  }
}

function sum(span: string, entries: LedgerEntry[]): LedgerSum {
  const within = entries.filter((one) => one.day.startsWith(span));
  const of = (kind: LedgerEntry['kind']) =>
    within.filter((one) => one.kind === kind).reduce((sofar, one) => sofar + (one.credits ?? 0), 0);
  return {
    span,
    charged: of('charge'),
    returned: of('return'),
    unknown: within.filter((one) => one.kind === 'charge' && one.credits === null).length,
  };
}
