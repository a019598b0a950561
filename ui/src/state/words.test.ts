import { describe, expect, it } from 'vitest';
import {
  credits,
  dayName,
  exactTime,
  inShort,
  megabytes,
  minutes,
  priceWords,
  span,
} from './words';

const at = (text: string) => new Date(text).getTime();
const NOW = at('2026-11-22T10:00:00');

describe('days', () => {
  it.each([
    ['2026-11-22T00:05:00', 'Today'],
    ['2026-11-21T23:59:00', 'Yesterday'],
    ['2026-11-18T12:00:00', 'Wednesday'],
    ['2026-11-16T12:00:00', 'Monday'],
    ['2026-11-15T12:00:00', '15 November'],
    ['2025-12-31T12:00:00', '31 December 2025'],
  ])('%s is called %s', (when, name) => {
    expect(dayName(at(when), NOW)).toBe(name);
  });
});

describe('prices', () => {
  it('says an exact one plainly, a range as a range, and nothing where nothing is known', () => {
    expect(priceWords({ kind: 'exact', credits: 70 })).toBe('70 credits');
    expect(priceWords({ kind: 'range', min: 35, max: 70 })).toBe('about 35–70 credits');
    expect(priceWords({ kind: 'range', min: 35, max: 35 })).toBe('about 35 credits');
    expect(priceWords({ kind: 'unknown' })).toBe('');
  });
  it('counts one credit as one', () => {
    expect(credits(1)).toBe('1 credit');
    expect(credits(1240)).toBe('1,240 credits');
  });
});

describe('lengths', () => {
  it('are told as a person reads a clock', () => {
    expect(minutes(65_000)).toBe('1:05');
    expect(exactTime(3542)).toBe('0:03.542');
    expect(span(144_000)).toBe('2 min 24 s');
    expect(span(120_000)).toBe('2 min');
    expect(span(300)).toBe('1 s');
    expect(megabytes(5_260_000)).toBe('5.3 MB');
  });
});

it('a prompt in short is one line with an end', () => {
  expect(inShort('a\n  b')).toBe('a b');
  expect(inShort('   ')).toBe('No prompt');
  expect(inShort('x'.repeat(80))).toHaveLength(60);
});
