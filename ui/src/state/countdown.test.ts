import { describe, expect, it } from 'vitest';
import type { Phase } from '../backend';
import { progressOf, runningWords, steadyDue, timeLeft } from './countdown';

const NOW = 1_000_000;
const rendering = (over: object = {}): Phase => ({
  state: 'rendering',
  queued: false,
  progress: null,
  since: NOW - 100_000,
  due: NOW + 50_000,
  ...over,
});

describe('the time left', () => {
  it('goes down with the clock, then admits that it is late', () => {
    expect(timeLeft(NOW + 48_000, NOW)).toBe('about 0:48 left');
    expect(timeLeft(NOW + 48_000, NOW + 1000)).toBe('about 0:47 left');
    expect(timeLeft(NOW, NOW)).toBe('any moment now');
    expect(timeLeft(NOW, NOW + 30_000)).toBe('any moment now');
    expect(timeLeft(NOW, NOW + 31_000)).toBe('taking longer than usual');
  });
  it('is not invented', () => {
    expect(timeLeft(null, NOW)).toBeNull();
  });
  it('does not climb for a small correction, but takes an earlier or a much later one', () => {
    expect(steadyDue(NOW, NOW + 3000)).toBe(NOW);
    expect(steadyDue(NOW, NOW - 1000)).toBe(NOW - 1000);
    expect(steadyDue(NOW, NOW + 60_000)).toBe(NOW + 60_000);
    expect(steadyDue(null, NOW)).toBe(NOW);
    expect(steadyDue(NOW, null)).toBeNull();
  });
});

describe('the ring', () => {
  it('shows what the server says, else how much of the expected time is over', () => {
    expect(progressOf(rendering({ progress: 40 }), NOW + 50_000, NOW).part).toBe(0.4);
    expect(progressOf(rendering(), NOW + 50_000, NOW).part).toBeCloseTo(2 / 3);
  });
  it('is never full before the clip is there', () => {
    expect(progressOf(rendering(), NOW - 900_000, NOW).part).toBeNull();
    expect(progressOf(rendering(), NOW - 50_000, NOW).part).toBe(0.96);
  });
  it('follows the download by its bytes', () => {
    const phase: Phase = { state: 'downloading', received: 42, total: 100 };
    expect(progressOf(phase, null, NOW)).toEqual({
      state: 'Saving the clip',
      rest: '42%',
      part: 0.42,
    });
  });
});

it('a queued one says so', () => {
  expect(progressOf(rendering({ queued: true }), NOW + 140_000, NOW)).toMatchObject({
    state: 'Queued',
    rest: 'about 2:20 left',
  });
});

it('the pill tells when the last one is expected', () => {
  expect(runningWords([NOW + 10_000, null, NOW + 72_000], NOW)).toBe('about 1:12');
  expect(runningWords([NOW - 5], NOW)).toBe('any moment now');
  expect(runningWords([null], NOW)).toBeNull();
});
