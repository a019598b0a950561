import { screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { Books, LedgerEntry } from '../backend';
import { open } from '../testing/open';
import {
  ACCOUNT,
  generation,
  IN_SANDBOX,
  NO_BOOKS,
  problem,
  SETTINGS,
  said,
} from '../testing/stub';
import { amountText, limitOf, limitText, monthText, standingText, sumText } from './format';

function entry(id: number, over: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    id,
    at: new Date('2026-11-22T14:05:00').getTime(),
    day: '2026-11-22',
    generation: `g${id}`,
    inGallery: true,
    prompt: 'A lighthouse at dusk',
    job: `j${id}`,
    kind: 'charge',
    credits: 35,
    total: 35,
    ...over,
  };
}

const SUM = { span: '2026-11-22', charged: 70, returned: 35, unknown: 0 };

/** The page with a limit of 60 a day, which is used up, and one of 2,000 a month. */
async function withLimits() {
  const view = await open();
  const limited: Books = {
    ...NO_BOOKS,
    today: { ...NO_BOOKS.today, sum: { ...SUM, charged: 60, returned: 0 }, used: 60, limit: 60 },
    month: { ...NO_BOOKS.month, used: 60, limit: 2000 },
    entries: 1,
  };
  view.backend.books.mockResolvedValue(limited);
  view.backend.ledger.mockResolvedValue({ entries: [entry(1)], days: [SUM], next: null });
  return view;
}

async function sheet(user: Awaited<ReturnType<typeof open>>['user']) {
  await user.click(screen.getByRole('button', { name: /credit history/ }));
  return within(await screen.findByRole('dialog', { name: 'Credit history' }));
}

describe('the sheet behind the balance', () => {
  it('shows each charge and return by day, with what was spent in all', async () => {
    const { backend, user } = await open();
    backend.books.mockResolvedValue({ ...NO_BOOKS, entries: 3 });
    backend.ledger.mockResolvedValue({
      entries: [
        entry(3, { kind: 'return', total: 35 }),
        entry(2, { prompt: 'Waves fold over the reef', inGallery: false, total: 70 }),
        entry(1, { day: '2025-03-01', credits: null, total: 35 }),
      ],
      days: [SUM, { span: '2025-03-01', charged: 0, returned: 0, unknown: 1 }],
      next: null,
    });
    const view = await sheet(user);
    const cells = (row: HTMLElement) =>
      [...row.querySelectorAll('th, td')].map((cell) =>
        cell.textContent.replace(/\s+/g, ' ').trim(),
      );
    const rows = (await view.findAllByRole('row')).map(cells);
    expect(rows).toHaveLength(6);
    expect(rows[1]?.[0]).toMatch(/ 35 credits$/);
    expect(rows.slice(2)).toEqual([
      ['14:05', 'A lighthouse at dusk Refunded: no clip was made', '−35', '35'],
      ['14:05', 'Waves fold over the reef Charged, no longer in the gallery', '35', '70'],
      ['1 March 2025 0 credits, 1 not known yet'],
      ['14:05', 'A lighthouse at dusk Charged', 'Not known yet', '35'],
    ]);
    expect(view.queryByRole('button', { name: 'Show earlier' })).toBeNull();
  });

  it('fetches earlier rows when asked, and every row once', async () => {
    const { backend, user } = await open();
    const all = Array.from({ length: 120 }, (_, at) => entry(120 - at, { total: 120 - at }));
    backend.books.mockResolvedValue({ ...NO_BOOKS, entries: all.length });
    backend.ledger.mockImplementation(async (cursor) => {
      const from = Number(cursor ?? 0);
      const next = from + 50 < all.length ? String(from + 50) : null;
      return { entries: all.slice(from, from + 50), days: [SUM], next };
    });
    const view = await sheet(user);
    await view.findByRole('button', { name: 'Show earlier' });
    const totals = () =>
      view
        .getAllByRole('row')
        .filter((row) => row.querySelector('td'))
        .map((row) => Number(row.lastElementChild?.textContent));
    expect(totals()).toEqual(all.slice(0, 50).map((one) => one.total));
    await user.click(view.getByRole('button', { name: 'Show earlier' }));
    await waitFor(() => expect(totals()).toEqual(all.slice(0, 100).map((one) => one.total)));
    await user.click(view.getByRole('button', { name: 'Show earlier' }));
    await waitFor(() => expect(totals()).toEqual(all.map((one) => one.total)));
    expect(view.queryByRole('button', { name: 'Show earlier' })).toBeNull();
  });

  it('says what will stand there while nothing does, and offers nothing to export', async () => {
    const { user } = await open();
    const view = await sheet(user);
    await view.findByText(/Nothing yet\. Each charge and each refund/);
    expect(view.queryByRole('table')).toBeNull();
    expect(view.queryByRole('button', { name: 'Export as CSV…' })).toBeNull();
    expect(view.getAllByText('No limit')).toHaveLength(2);
  });

  it('says in the sandbox that its credits are for practice', async () => {
    const { user } = await open({ session: IN_SANDBOX });
    const view = await sheet(user);
    expect(view.getByText(/These are practice credits/)).toBeVisible();
  });

  it('has nothing of the sandbox for a real account, and its balance', async () => {
    const { backend, user } = await open();
    const view = await sheet(user);
    expect(view.queryByText(/practice/)).toBeNull();
    expect(view.getByText('1,240')).toBeVisible();
    backend.refreshAccount.mockResolvedValue({
      state: 'ready',
      account: { ...ACCOUNT, credits: 1 },
    });
    await user.click(view.getByRole('button', { name: 'Refresh' }));
    await waitFor(() =>
      expect(view.getByText('1').parentElement).toHaveTextContent('1 credit left'),
    );
  });

  it('shows how far a limit is used up, and that it is reached', async () => {
    const { user } = await withLimits();
    const view = await sheet(user);
    const day = await view.findByRole('meter', { name: 'Daily limit' });
    expect(day).toHaveAttribute('aria-valuemax', '60');
    expect(view.getByRole('meter', { name: 'Monthly limit' })).toHaveAttribute(
      'aria-valuemax',
      '2000',
    );
    expect(view.getByText('Limit of 60 reached. It resets at midnight.')).toBeVisible();
  });

  it('is exported into a file that is named afterwards', async () => {
    const { backend, user } = await withLimits();
    const view = await sheet(user);
    await user.click(await view.findByRole('button', { name: 'Export as CSV…' }));
    await view.findByText('Saved as /home/ada/credits.csv');
    backend.exportLedger.mockRejectedValue(problem(said('The disk is full.')));
    await user.click(view.getByRole('button', { name: 'Export as CSV…' }));
    await screen.findByText('The disk is full.');
    expect(view.queryByText(/Saved as/)).toBeNull();
  });

  it('that cannot be read says so, and can be tried again', async () => {
    const { backend, user } = await open();
    backend.books.mockRejectedValueOnce(problem(said('The library could not be read.')));
    const view = await sheet(user);
    await view.findByText('The library could not be read.');
    await user.click(view.getByRole('button', { name: 'Try again' }));
    await view.findByText(/Nothing yet/);
    expect(view.queryByText('The library could not be read.')).toBeNull();
  });

  it('follows what is booked while it is open, and only then', async () => {
    const { backend, studio, user } = await open();
    const changed = () =>
      studio.listeners.generationChanged(generation('a', { state: 'submitting' }));
    changed();
    expect(backend.ledger).not.toHaveBeenCalled();
    const view = await sheet(user);
    await view.findByText(/Nothing yet/);
    backend.books.mockResolvedValue({ ...NO_BOOKS, entries: 1 });
    backend.ledger.mockResolvedValue({ entries: [entry(1)], days: [SUM], next: null });
    studio.listeners.generationChanged(
      generation('a', { state: 'rendering', queued: true, progress: null, since: 0, due: null }),
    );
    await view.findByRole('table');
  });
});

describe('a limit', () => {
  async function settings(user: Awaited<ReturnType<typeof open>>['user']) {
    await user.click(screen.getByRole('button', { name: 'Settings' }));
    return within(screen.getByRole('dialog', { name: 'Settings' }));
  }

  it('is set by typing it, and taken away by emptying it', async () => {
    const { backend, user } = await open();
    const view = await settings(user);
    const day = view.getByLabelText('Daily limit');
    await user.type(day, '100{Enter}');
    await user.tab();
    expect(backend.setLimits).toHaveBeenLastCalledWith({ day: 100, month: null });
    await view.findByText('The daily limit is now 100 credits.');
    await user.type(view.getByLabelText('Monthly limit'), '1,500');
    await user.tab();
    expect(backend.setLimits).toHaveBeenLastCalledWith({ day: 100, month: 1500 });
    await view.findByText('The monthly limit is now 1,500 credits.');
    await user.clear(day);
    await user.tab();
    expect(backend.setLimits).toHaveBeenLastCalledWith({ day: null, month: 1500 });
    await view.findByText('No daily limit.');
  });

  it('that was set before stands there', async () => {
    const { user } = await withLimits();
    const view = await settings(user);
    await waitFor(() => expect(view.getByLabelText('Daily limit')).toHaveValue('60'));
    expect(view.getByLabelText('Monthly limit')).toHaveValue('2000');
  });

  it('that is no number is not kept, and the field says so', async () => {
    const { backend, user } = await open();
    const view = await settings(user);
    const day = view.getByLabelText('Daily limit');
    await user.type(day, 'few');
    await user.tab();
    await view.findByText(/Enter a whole number of credits/);
    expect(day).toBeInvalid();
    expect(backend.setLimits).not.toHaveBeenCalled();
  });

  it('that refuses a clip is told at the button, leads to where it is raised, and is then forgotten', async () => {
    const { backend, user } = await withLimits();
    const refused = { span: 'day', limit: 60, used: 60, price: 25, from: '' } as const;
    backend.generate.mockRejectedValue(problem({ code: 'spendingReached', ...refused }));
    await user.type(screen.getByRole('textbox', { name: 'Prompt' }), SETTINGS.prompt);
    await user.click(screen.getByRole('button', { name: /^Generate/ }));
    const message = await screen.findByText(
      /This clip may cost up to 25 credits, and \d+ of today's/,
    );
    expect(message).toHaveTextContent('Nothing was started.');
    expect(screen.getByRole('textbox', { name: 'Prompt' })).toHaveValue(SETTINGS.prompt);
    await user.click(screen.getByRole('button', { name: 'Limits' }));
    const view = within(screen.getByRole('dialog', { name: 'Settings' }));
    const day = view.getByLabelText('Daily limit');
    await waitFor(() => expect(day).toHaveValue('60'));
    await user.clear(day);
    await user.type(day, '9000');
    await user.tab();
    await view.findByText('The daily limit is now 9,000 credits.');
    expect(screen.queryByText(/This clip may cost/)).toBeNull();
  });
});

describe('the words of the books', () => {
  const standing = (over: Partial<Books['today']>) => ({ ...NO_BOOKS.today, ...over });

  it('name what is missing or set aside, and nothing else', () => {
    expect(standingText(standing({}))).toEqual([]);
    expect(standingText(standing({ sum: { ...SUM, unknown: 1 }, setAside: 45 }))).toEqual([
      '70 charged, 35 refunded',
      'Up to 45 reserved for running clips',
      '1 charge not included: its amount isn’t known yet',
    ]);
  });

  it('say of a day on which more came back than went that it came back', () => {
    expect(sumText({ ...SUM, charged: 0, returned: 35 })).toBe('35 credits refunded');
    expect(sumText(SUM)).toBe('35 credits');
  });

  it('say how far a limit is used', () => {
    expect(limitText(standing({}), 'day')).toBe('No limit');
    expect(limitText(standing({ used: 45, limit: 1000 }), 'month')).toBe('45 of 1,000 used');
    expect(limitText(standing({ used: 1000, limit: 1000 }), 'month')).toBe(
      'Limit of 1,000 reached. It resets next month.',
    );
  });

  it('name months, and amounts nobody knows yet', () => {
    expect(monthText('2026-11')).toBe('November 2026');
    expect(amountText(entry(1, { credits: null }))).toBe('Not known yet');
    expect(amountText(entry(1, { credits: null, kind: 'return' }))).toBe('In full');
  });

  it('read a limit as people write numbers', () => {
    expect(['', ' ', '0', '1,500', '1 500', '1.500'].map(limitOf)).toEqual([
      null,
      null,
      0,
      1500,
      1500,
      1500,
    ]);
    expect(['few', '-5', '12x', '9999999999', '1.5'].map(limitOf)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
