import { expect, it } from 'vitest';

const sources = import.meta.glob<string>('../**/*.svelte', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const page = import.meta.glob<string>('../../index.html', {
  query: '?raw',
  import: 'default',
  eager: true,
});

it('nothing is styled in the markup itself, which the content policy would drop', () => {
  expect(Object.keys(sources).length).toBeGreaterThan(30);
  const styled = Object.entries({ ...sources, ...page }).filter(([, text]) =>
    /\sstyle="/.test(text),
  );
  expect(styled.map(([name]) => name)).toEqual([]);
});

it('a card without a clip has a quiet ground and border: several are no outage', () => {
  for (const name of ['Card', 'FailedFace']) {
    const source = sources[`../gallery/${name}.svelte`];
    expect(source).toContain('<style>');
    expect(source).not.toMatch(/--bad-(soft|line)/);
  }
});

it('the icon of fetching anew stands only where something is fetched anew', () => {
  const users = Object.keys(sources).filter((name) => sources[name]?.includes('icon="refresh"'));
  expect(users.map((name) => name.replace(/.*\/(\w+)\.svelte/, '$1')).sort()).toEqual([
    'Credits',
    'Gallery',
    'Import',
    'Stage',
  ]);
});

it('components take every colour from the tokens, but for pure black and white', () => {
  const raw = Object.entries(sources).flatMap(([name, text]) => {
    const css = /<style>([\s\S]*)<\/style>/.exec(text)?.[1] ?? '';
    const found = css.match(/#[0-9a-f]{3,8}\b/gi) ?? [];
    return found
      .filter((hex) => !/^#(0{3,6}|f{3,6})[0-9a-f]{0,2}$/i.test(hex))
      .map((hex) => `${name} ${hex}`);
  });
  expect(raw).toEqual([]);
});
