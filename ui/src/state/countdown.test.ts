import { describe, expect, it } from 'vitest';
import type { Phase } from '../backend';
import { progressOf, steadyDue, timeLeft } from './countdown';

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
  it('never climbs: it stands still until the time left is down to it', () => {
    let due = steadyDue(null, NOW + 40_000, NOW, NOW);
    const figures: number[] = [];
    // The clip is expected ten seconds later from the third second on.
    for (let second = 1; second <= 20; second++) {
      const now = NOW + second * 1000;
      const told = NOW + (second < 3 ? 40_000 : 50_000);
      due = steadyDue(due, told, now, now - 1000);
      figures.push(((due ?? 0) - now) / 1000);
    }
    expect(figures.slice(0, 3)).toEqual([39, 38, 38]);
    expect(figures[11]).toBe(38);
    expect(figures[19]).toBe(30);
    expect(figures.every((one, i) => i === 0 || one <= (figures[i - 1] ?? 0))).toBe(true);
  });
  it('takes an earlier moment at once, and one that has passed stays passed', () => {
    expect(steadyDue(NOW, NOW - 1000, NOW, NOW)).toBe(NOW - 1000);
    expect(steadyDue(NOW, NOW + 20_000, NOW + 1000, NOW)).toBe(NOW);
    expect(steadyDue(null, NOW, NOW, NOW)).toBe(NOW);
    expect(steadyDue(NOW, null, NOW, NOW)).toBeNull();
  });
  it('says so in words when it has become much longer, instead of a figure nobody believes', () => {
    expect(timeLeft(NOW + 20_000, NOW, NOW + 40_000)).toBe('about 0:20 left');
    expect(timeLeft(NOW + 20_000, NOW, NOW + 90_000)).toBe('taking longer than usual');
    expect(timeLeft(NOW - 5_000, NOW, NOW + 20_000)).toBe('any moment now');
    expect(timeLeft(NOW - 5_000, NOW, NOW + 50_000)).toBe('taking longer than usual');
  });
});

describe('the ring', () => {
  it('shows what the server says, else how much of the expected time is over', () => {
    expect(progressOf(rendering({ progress: 40 }), NOW + 50_000, NOW).part).toBe(0.4);
    expect(progressOf(rendering(), NOW + 50_000, NOW).part).toBeCloseTo(2 / 3);
  });
  it('goes on between two looks, which may be far apart', () => {
    const phase = rendering({ progress: 40 });
    const due = NOW + 50_000;
    expect(progressOf(phase, due, NOW + 25_000, NOW).part).toBeCloseTo(0.7);
    expect(progressOf(phase, due, NOW + 70_000, NOW).part).toBe(0.96);
    expect(progressOf(rendering({ progress: 99 }), due, NOW + 70_000, NOW).part).toBe(0.99);
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
