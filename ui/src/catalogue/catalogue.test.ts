import { afterEach, expect, it } from 'vitest';
import { tick } from 'svelte';
import english from '../../../locales/en.ftl?raw';
import { parts, sentence, t } from '.';

const sources = import.meta.glob<string>('../**/*.{ts,svelte}', {
  query: '?raw',
  import: 'default',
  eager: true,
});
/** The names that the page asks for: no name is assembled from pieces. */
const asked = new Set(
  Object.entries(sources)
    .filter(([file]) => !file.endsWith('.test.ts'))
    .flatMap(([, source]) => [
      ...source.matchAll(
        /(?:\b(?:t|parts)\(\s*|\bname=|getMessage\()["']([a-z0-9]+(?:-[a-z0-9]+)+)["']/g,
      ),
    ])
    .map((found) => found[1]),
);
const named = [...english.matchAll(/^([a-zA-Z0-9-]+) =/gm)].map((found) => found[1] ?? '');
const ofThePage = named.filter((name) => name.includes('-') && !/^(dialog|frame)-/.test(name));

afterEach(() => {
  document.documentElement.lang = 'en';
});

it('the catalogue has each name once', () => {
  expect(named.filter((name, at) => named.indexOf(name) !== at)).toEqual([]);
});

it('the catalogue has what the page asks for, and nothing that nobody asks for', () => {
  expect(asked.size).toBeGreaterThan(100);
  expect([...asked].filter((name) => !ofThePage.includes(name ?? ''))).toEqual([]);
  expect(ofThePage.filter((name) => !asked.has(name))).toEqual([]);
});

it('the page speaks the language that its root element names, and says so at once', async () => {
  const offline = () => sentence({ code: 'offline' });
  expect(offline()).toBe('No connection to Apiframe. Retrying automatically; nothing is lost.');
  document.documentElement.lang = 'en-x-pseudo';
  await tick();
  expect(offline()).toMatch(/^Ñöö çööññééçťííööñ/);
  expect(offline().length).toBeGreaterThan(80);
});

it('words of a sentence may stand out', () => {
  expect(parts('composer-slot-empty')).toEqual([
    { text: 'Drop a picture', tag: null },
    { text: '', tag: 'br' },
    { text: 'or ', tag: null },
    { text: 'browse', tag: 'u' },
  ]);
});

it('a message of a later program is told with its code', () => {
  expect(sentence({ code: 'unknown', unknown: 'moonInTheWay' })).toContain('moonInTheWay');
  expect(t('said', { text: 'As it was stored.' })).toBe('As it was stored.');
});

it('the catalogue has none of the words that people stumbled over', () => {
  const words = [
    'Bring in',
    'Spent in all',
    'These keys',
    'Keep it',
    'Charges and returns',
    'Model not told',
    'Looked at before anything',
    'Most credits a day',
    'Where credits went',
    'One frame back',
    'Say what happens in the clip',
  ];
  expect(words.filter((one) => english.includes(one))).toEqual([]);
});
