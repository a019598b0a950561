/** Settings that a newer program stored and this one does not know, as text to be shown. */
import type { Settings } from '../backend';

/** Enough to recognise a value by; it is never edited here. */
const LONGEST = 60;

export function othersOf(settings: Settings): { name: string; value: string }[] {
  return Object.entries(settings.others).map(([name, value]) => {
    // It is JSON: a word stands in quotes.
    const text = (value ?? '').replace(/^"(.*)"$/, '$1');
    return { name, value: text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text };
  });
}
