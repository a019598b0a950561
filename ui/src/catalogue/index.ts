/**
 * The sentences of a language, formatted by Fluent, from the catalogue that the program's own side
 * also reads (`locales/`). Nothing else in the page contains text for users.
 */
import { FluentNumber, type FluentVariable } from '@fluent/bundle';
import type { Message } from '../backend';
import { language } from './language.svelte';

export { LANGUAGE } from './language.svelte';

type Parameters = Record<string, string | number | boolean | null>;

/** A missing value is `none`, so that a sentence can select by it. */
function parameter(value: Parameters[string]): FluentVariable {
  if (value === null) return 'none';
  if (typeof value === 'number') return new FluentNumber(value, { useGrouping: false });
  return String(value);
}

/** The message with this name. */
export function t(name: string, parameters: Parameters = {}): string {
  const { catalogue } = language;
  const pattern = catalogue.getMessage(name)?.value;
  if (!pattern) throw new Error(`the catalogue has no ${name}`);
  const given = Object.entries(parameters).map(([key, value]) => [key, parameter(value)]);
  const errors: Error[] = [];
  const said = catalogue.formatPattern(
    pattern,
    Object.fromEntries(given) as Record<string, FluentVariable>,
    errors,
  );
  for (const error of errors) console.error(name, error);
  return said;
}

/** The sentence for a message from the program. */
export function sentence({ code, ...parameters }: Message): string {
  return t(code, parameters as Parameters);
}

/** A piece of a sentence, and how it is emphasised. */
export interface Part {
  text: string;
  tag: 'b' | 'u' | 'br' | null;
}

/** The message with this name in pieces: the catalogue may use `<b>`, `<u>` and `<br>` in it. */
export function parts(name: string, parameters: Parameters = {}): Part[] {
  const pieces = t(name, parameters).split(/(<b>.*?<\/b>|<u>.*?<\/u>|<br>)/);
  return pieces
    .filter((piece) => piece !== '')
    .map((piece) => {
      if (piece === '<br>') return { text: '', tag: 'br' };
      const tagged = /^<([bu])>(.*)<\/[bu]>$/.exec(piece);
      if (!tagged) return { text: piece, tag: null };
      return { text: tagged[2] ?? '', tag: tagged[1] as 'b' | 'u' };
    });
}
