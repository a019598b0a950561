/** Settings that a newer program stored and this one does not know, as text to show. */
import type { Settings } from '../backend';

/** Long enough to recognise a value; it is never edited here. */
const LONGEST = 60;

export function othersOf(settings: Settings): { name: string; value: string }[] {
  return Object.entries(settings.others).map(([name, value]) => {
    // It is JSON: a string is in quotes.
    const text = (value ?? '').replace(/^"(.*)"$/, '$1');
    return { name, value: text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text };
  });
}
