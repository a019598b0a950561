import { describe, expect, it } from 'vitest';
import {
  credits,
  dayName,
  exactTime,
  inShort,
  megabytes,
  minutes,
  priceText,
  sameShape,
  shapeName,
  span,
} from './format';

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
    expect(priceText({ kind: 'exact', credits: 70 })).toBe('70 credits');
    expect(priceText({ kind: 'range', min: 35, max: 70 })).toBe('35–70 credits');
    expect(priceText({ kind: 'unknown' })).toBe('');
  });
  it('counts one credit as one', () => {
    expect(credits(1)).toBe('1 credit');
    expect(credits(1240)).toBe('1,240 credits');
  });
});

describe('shapes', () => {
  it('have the name that people give them, or their pixels', () => {
    expect(shapeName({ width: 1920, height: 1080 })).toBe('16:9');
    expect(shapeName({ width: 1928, height: 1072 })).toBe('16:9');
    expect(shapeName({ width: 720, height: 1280 })).toBe('9:16');
    expect(shapeName({ width: 1200, height: 800 })).toBe('3:2');
    expect(shapeName({ width: 1000, height: 730 })).toBe('1000 × 730');
  });
  it('are the same where the eye sees no difference', () => {
    expect(sameShape({ width: 900, height: 506 }, { width: 1600, height: 900 })).toBe(true);
    expect(sameShape({ width: 900, height: 1600 }, { width: 1600, height: 900 })).toBe(false);
    expect(sameShape({ width: 1000, height: 1000 }, { width: 1000, height: 960 })).toBe(false);
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
