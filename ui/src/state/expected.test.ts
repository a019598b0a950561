import { describe, expect, it } from 'vitest';
import { generation } from '../testing/stub';
import { Expected } from './expected.svelte';

const NOW = 1_800_000_000_000;
const one = (id: string, due: number | null) =>
  generation(id, { state: 'rendering', queued: false, progress: null, since: NOW, due });

describe('the last of the running clips', () => {
  it('is the one that is expected last', () => {
    const expected = new Expected();
    const running = [one('a', NOW + 10_000), one('b', null), one('c', NOW + 72_000)];
    expected.follow(running, NOW);
    expect(expected.last(running, NOW)).toBe('about 1:12 left');
  });
  it('has a figure that never climbs, as on its card', () => {
    const expected = new Expected();
    expected.follow([one('a', NOW + 40_000)], NOW);
    const later = [one('a', NOW + 65_000)];
    expected.follow(later, NOW + 1000);
    expect(expected.last(later, NOW + 1000)).toBe('about 0:40 left');
  });
  it('is late in the words of its card', () => {
    const expected = new Expected();
    const first = [one('a', NOW + 5_000)];
    expected.follow(first, NOW);
    expect(expected.last(first, NOW + 6_000)).toBe('any moment now');
    const later = [one('a', NOW + 90_000)];
    expected.follow(later, NOW + 7_000);
    expect(expected.last(later, NOW + 7_000)).toBe('taking longer than usual');
  });
  it('says nothing while nothing is known', () => {
    const expected = new Expected();
    const running = [one('a', null)];
    expected.follow(running, NOW);
    expect(expected.last(running, NOW)).toBeNull();
  });
});

it('a card that was out of sight goes on where it was', () => {
  const expected = new Expected();
  expected.follow([one('a', NOW + 20_000)], NOW);
  expected.follow([], NOW + 5_000);
  expected.follow([one('a', NOW + 60_000)], NOW + 10_000);
  expect((expected.due('a') ?? 0) - (NOW + 10_000)).toBe(20_000);
});
