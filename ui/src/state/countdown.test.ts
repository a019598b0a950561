import { describe, expect, it } from 'vitest';
import type { Phase } from '../backend';
import { generation } from '../testing/stub';
import { lastTimeLeft, progressOf, timeLeft } from './countdown';

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
  it('gives way to words when the program no longer knows the moment', () => {
    expect(timeLeft(null, NOW)).toBe('taking longer than usual');
  });
});

describe('the last of the running clips', () => {
  const one = (id: string, due: number | null) => generation(id, rendering({ due }));
  it('is the one that is expected last', () => {
    const running = [one('a', NOW + 10_000), one('b', null), one('c', NOW + 72_000)];
    expect(lastTimeLeft(running, NOW)).toBe('about 1:12 left');
  });
  it('is late in the words of its card', () => {
    expect(lastTimeLeft([one('a', NOW - 5_000), one('b', null)], NOW)).toBe('any moment now');
    expect(lastTimeLeft([one('a', null)], NOW)).toBe('taking longer than usual');
  });
  it('says nothing while none of them renders', () => {
    expect(lastTimeLeft([generation('a', { state: 'recorded' })], NOW)).toBeNull();
  });
});

describe('the ring', () => {
  it('shows what the server says, else how much of the expected time is over', () => {
    expect(progressOf(rendering({ progress: 40 }), NOW).part).toBe(0.4);
    expect(progressOf(rendering(), NOW).part).toBeCloseTo(2 / 3);
  });
  it('goes on between two looks, which may be far apart', () => {
    const phase = rendering({ progress: 40 });
    expect(progressOf(phase, NOW + 25_000, NOW).part).toBeCloseTo(0.7);
    expect(progressOf(phase, NOW + 70_000, NOW).part).toBe(0.96);
    expect(progressOf(rendering({ progress: 99 }), NOW + 70_000, NOW).part).toBe(0.99);
  });
  it('is never full before the clip is there', () => {
    expect(progressOf(rendering({ due: NOW - 900_000 }), NOW).part).toBeNull();
    expect(progressOf(rendering({ due: NOW - 50_000 }), NOW).part).toBe(0.96);
  });
  it('follows the download by its bytes', () => {
    const phase: Phase = { state: 'downloading', received: 42, total: 100 };
    expect(progressOf(phase, NOW)).toEqual({
      state: 'Saving the clip',
      rest: '42%',
      part: 0.42,
    });
  });
});

it('a queued one says so', () => {
  expect(progressOf(rendering({ queued: true, due: NOW + 140_000 }), NOW)).toMatchObject({
    state: 'Queued',
    rest: 'about 2:20 left',
  });
});
