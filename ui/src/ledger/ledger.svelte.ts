/**
 * The books as the page shows them. They are read when their sheet opens, and again when something
 * is booked while it is open. The program keeps them; nothing is added up here.
 */
import { asProblem } from '../backend';
import type { Backend, Books, LedgerEntry, LedgerSum, Problem, SpendingLimits } from '../backend';
import { sentence } from '../catalogue';

/** Several things are often booked together; one read is enough for them. */
const SOON_MS = 200;

export class LedgerState {
  books = $state.raw<Books | null>(null);
  entries = $state.raw<LedgerEntry[]>([]);
  days = $state.raw<LedgerSum[]>([]);
  next = $state.raw<string | null>(null);
  loading = $state(false);
  problem = $state<string | null>(null);
  #shown = false;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private backend: Backend) {}

  /** The sheet is opened: from now on it follows what is booked. */
  open() {
    this.#shown = true;
    void this.read();
  }

  close() {
    this.#shown = false;
    clearTimeout(this.#timer);
  }

  /** Another library is shown, with other books. */
  forget() {
    this.#asked++;
    this.books = null;
    this.entries = [];
    this.days = [];
    this.next = null;
    this.problem = null;
    this.loading = false;
    if (this.#shown) void this.read();
  }

  /** Something may have been booked. */
  stale() {
    if (!this.#shown) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.read(), SOON_MS);
  }

  /** Reads as many rows as are shown, so that the user's place further down is not lost. */
  async read() {
    const many = this.entries.length;
    await this.#ask(async () => {
      const books = await this.backend.books();
      let page = await this.backend.ledger(null);
      let entries = page.entries;
      let days = page.days;
      while (page.next !== null && entries.length < many) {
        page = await this.backend.ledger(page.next);
        entries = [...entries, ...page.entries];
        days = together(days, page.days);
      }
      return () => {
        this.books = books;
        this.entries = entries;
        this.days = days;
        this.next = page.next;
      };
    });
  }

  async more() {
    if (this.loading || this.next === null) return;
    const from = this.next;
    await this.#ask(async () => {
      const page = await this.backend.ledger(from);
      return () => {
        this.entries = [...this.entries, ...page.entries];
        this.days = together(this.days, page.days);
        this.next = page.next;
      };
    });
  }

  /** Reads only the figures, for a view that shows no rows. */
  async readBooks() {
    await this.#ask(async () => {
      const books = await this.backend.books();
      return () => (this.books = books);
    });
  }

  /** Resolves to the problem to show, or to null when the limits are set. */
  async limit(limits: SpendingLimits): Promise<Problem | null> {
    try {
      const books = await this.backend.setLimits(limits);
      this.#asked++;
      this.loading = false;
      this.books = books;
      return null;
    } catch (error) {
      return asProblem(error);
    }
  }

  async #ask(call: () => Promise<() => void>) {
    const asked = ++this.#asked;
    this.loading = true;
    try {
      const take = await call();
      if (asked !== this.#asked) return;
      take();
      this.problem = null;
    } catch (error) {
      if (asked === this.#asked) this.problem = sentence(asProblem(error).message);
    } finally {
      if (asked === this.#asked) this.loading = false;
    }
  }
}

/** A day that continues on the next page is on both pages, with the same sum. */
function together(days: LedgerSum[], further: LedgerSum[]): LedgerSum[] {
  const known = new Set(days.map((day) => day.span));
  return [...days, ...further.filter((day) => !known.has(day.span))];
}
