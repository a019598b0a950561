/** How the books are said. Pure functions, so that every sentence can be tested. */
import type { LedgerEntry, LedgerSum, Standing } from '../backend';
import { count, credits, dayName } from '../state/words';

/** `2026-11-22` as Today, Yesterday, a weekday or the date. */
export function dayWords(day: string, now: number): string {
  // At noon, where no change of clocks reaches.
  return dayName(new Date(`${day}T12:00:00`).getTime(), now);
}

const months = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' });

/** `2026-11` as November 2026. */
export function monthWords(month: string): string {
  return months.format(new Date(`${month}-15T12:00:00`));
}

/** What was spent in a day or a month, in one line. */
export function sumWords(sum: LedgerSum): string {
  const spent = sum.charged - sum.returned;
  const parts = [spent < 0 ? `${credits(-spent)} refunded` : credits(spent)];
  if (sum.unknown > 0) parts.push(`${count(sum.unknown)} not known yet`);
  return parts.join(', ');
}

/** What lies behind the figure of a day or a month, a sentence each. */
export function standingWords({ sum, setAside }: Standing): string[] {
  const lines: string[] = [];
  if (sum.returned > 0)
    lines.push(`${count(sum.charged)} charged, ${count(sum.returned)} refunded`);
  if (setAside > 0) lines.push(`Up to ${count(setAside)} reserved for running clips`);
  if (sum.unknown > 0) {
    lines.push(
      sum.unknown === 1
        ? '1 charge not included: its amount isn’t known yet'
        : `${count(sum.unknown)} charges not included: their amounts aren’t known yet`,
    );
  }
  return lines;
}

/** How far the limit is used up. */
export function limitWords({ used, limit }: Standing, span: 'day' | 'month'): string {
  if (limit === null) return 'No limit';
  if (used < limit) return `${count(used)} of ${count(limit)} used`;
  const again = span === 'day' ? 'at midnight' : 'next month';
  return `Limit of ${count(limit)} reached. It resets ${again}.`;
}

/** What a row is. */
export function whatWords(entry: LedgerEntry): string {
  const what = entry.kind === 'return' ? 'Refunded: no clip was made' : 'Charged';
  return entry.inGallery ? what : `${what}, no longer in the gallery`;
}

/** The amount of a row, as it changes what is spent. */
export function amountWords(entry: LedgerEntry): string {
  if (entry.credits === null) return entry.kind === 'return' ? 'In full' : 'Not known yet';
  return entry.kind === 'return' ? `−${count(entry.credits)}` : count(entry.credits);
}

/** A limit as it was typed: null for none, undefined for what is no number of credits. */
export function limitOf(typed: string): number | null | undefined {
  const text = typed.trim();
  if (text === '') return null;
  // Thousands may be set apart as people do; a fraction of a credit there is none.
  const whole = /^\d+$/.test(text) || /^\d{1,3}([\s,.’']\d{3})+$/.test(text);
  const digits = text.replace(/\D/g, '');
  return whole && digits.length <= 9 ? Number(digits) : undefined;
}
