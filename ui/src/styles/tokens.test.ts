import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Colour = [number, number, number, number];

const css = readFileSync('src/styles/tokens.css', 'utf8');

function colour(hex: string): Colour {
  const full = hex.slice(1).padEnd(8, 'f');
  const part = (at: number) => parseInt(full.slice(at, at + 2), 16);
  return [part(0), part(2), part(4), part(6) / 255];
}

function token(name: string, theme: 'light' | 'dark'): Colour {
  const value = new RegExp(`--${name}:\\s*([^;]+);`).exec(css)?.[1];
  if (!value) throw new Error(`There is no token --${name}`);
  const both = /light-dark\((#\w+), (#\w+)\)/.exec(value);
  return colour((both ? (theme === 'light' ? both[1] : both[2]) : value) ?? '');
}

function over(top: Colour, ground: Colour): Colour {
  const blend = (at: 0 | 1 | 2) => top[at] * top[3] + ground[at] * (1 - top[3]);
  return [blend(0), blend(1), blend(2), 1];
}

/** The contrast as WCAG 2 defines it. */
function contrast(a: Colour, b: Colour): number {
  const light = ([r, g, b]: Colour) => {
    const linear = (part: number) => {
      const value = part / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  };
  const [high, low] = [light(a), light(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const grounds = ['bg', 'panel', 'raise', 'well', 'hover', 'seg'];
const pairs: [string, string[]][] = [
  ['ink', [...grounds, 'bad-soft', 'bad-line']],
  ['ink2', [...grounds, 'bad-soft']],
  ['ink3', ['bg', 'panel', 'raise', 'well', 'hover']],
  ['bad', ['bg', 'panel', 'raise', 'bad-soft']],
  ['ok', ['panel', 'raise']],
  ['accent-text', ['bg', 'panel', 'raise', 'hover']],
  ['accent-ink', ['accent', 'accent-hover']],
  ['accent-ink2', ['accent', 'accent-hover']],
];

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  it.each(pairs.flatMap(([ink, on]) => on.map((ground) => [ink, ground] as const)))(
    'words in %s can be read on %s',
    (ink, ground) => {
      const ratio = contrast(token(ink, theme), token(ground, theme));
      expect(ratio).toBeGreaterThanOrEqual(4.5);
    },
  );

  it('words on a tint of the accent can be read', () => {
    for (const ground of ['panel', 'raise', 'well']) {
      const tint = over(token('accent-soft', theme), token(ground, theme));
      expect(contrast(token('accent-text', theme), tint)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(token('ink', theme), tint)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('labels on a picture can be read even where the picture is white', () => {
    const veil = over(token('veil', theme), [255, 255, 255, 1]);
    expect(contrast(token('veil-ink', theme), veil)).toBeGreaterThanOrEqual(4.5);
  });

  it('the focus ring stands out from every ground', () => {
    for (const ground of grounds) {
      const ratio = contrast(token('focus', theme), token(ground, theme));
      expect(ratio).toBeGreaterThanOrEqual(3);
    }
  });
});
