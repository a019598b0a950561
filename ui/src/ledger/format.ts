/** How the books are written. Pure functions, so that every sentence can be tested. */
import type { LedgerEntry, LedgerSum, Standing } from '../backend';
import { count, dayName } from '../state/format';
import { LANGUAGE, t } from '../catalogue';

/** `2026-11-22` as Today, Yesterday, a weekday or the date. */
export function dayText(day: string, now: number): string {
  // At noon, which no clock change affects.
  return dayName(new Date(`${day}T12:00:00`).getTime(), now);
}

/** `2026-11` as November 2026. */
export function monthText(month: string): string {
  const name = new Intl.DateTimeFormat(LANGUAGE, { month: 'long', year: 'numeric' });
  return name.format(new Date(`${month}-15T12:00:00`));
}

/** What was spent in a day or a month, in one line. */
export function sumText(sum: LedgerSum): string {
  const spent = sum.charged - sum.returned;
  const parts = [
    spent < 0 ? t('ledger-sum-refunded', { credits: -spent }) : t('ledger-sum', { credits: spent }),
  ];
  if (sum.unknown > 0) parts.push(t('ledger-sum-unknown', { count: sum.unknown }));
  return parts.join(', ');
}

/** What is behind the figure of a day or a month, one sentence each. */
export function standingText({ sum, setAside }: Standing): string[] {
  const lines: string[] = [];
  if (sum.returned > 0)
    lines.push(t('ledger-charged', { charged: sum.charged, returned: sum.returned }));
  if (setAside > 0) lines.push(t('ledger-set-aside', { credits: setAside }));
  if (sum.unknown > 0) lines.push(t('ledger-not-included', { count: sum.unknown }));
  return lines;
}

/** How much of the limit is used. */
export function limitText({ used, limit }: Standing, span: 'day' | 'month'): string {
  if (limit === null) return t('ledger-no-limit');
  if (used < limit) return t('ledger-limit-used', { used, limit });
  return t('ledger-limit-reached', { limit, span });
}

/** What kind of entry a row is. */
export function kindText(entry: LedgerEntry): string {
  const { inGallery } = entry;
  return entry.kind === 'return'
    ? t('ledger-entry-refunded', { inGallery })
    : t('ledger-entry-charged', { inGallery });
}

/** The amount of a row, with its effect on what is spent. */
export function amountText(entry: LedgerEntry): string {
  if (entry.credits === null)
    return entry.kind === 'return' ? t('ledger-in-full') : t('ledger-not-known-yet');
  return entry.kind === 'return' ? `−${count(entry.credits)}` : count(entry.credits);
}

/** Parses a limit as typed: null for no limit, undefined if it is not a number of credits. */
export function limitOf(typed: string): number | null | undefined {
  const text = typed.trim();
  if (text === '') return null;
  // Thousands separators are accepted; there are no fractions of a credit.
  const whole = /^\d+$/.test(text) || /^\d{1,3}([\s,.’']\d{3})+$/.test(text);
  const digits = text.replace(/\D/g, '');
  return whole && digits.length <= 9 ? Number(digits) : undefined;
}
