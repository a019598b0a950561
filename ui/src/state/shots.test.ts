import { expect, it } from 'vitest';
import type { Shot } from '../backend';
import * as shots from './shots';

const of = (...seconds: number[]): Shot[] =>
  seconds.map((length, at) => ({ prompt: `Shot ${at + 1}`, seconds: length }));
const lengths = (list: Shot[]) => list.map((shot) => shot.seconds);
const texts = (list: Shot[]) => list.map((shot) => shot.prompt);

it('a new shot takes half of the longest one', () => {
  const three = shots.add(of(2, 6, 2));
  expect(lengths(three)).toEqual([2, 3, 2, 3]);
  expect(texts(three)).toEqual(['Shot 1', 'Shot 2', 'Shot 3', '']);
});

it('no shot is added where none can be divided or no more fit', () => {
  expect(shots.canAdd(of(1, 1, 1), 6)).toBe(false);
  expect(shots.add(of(1, 1, 1))).toEqual(of(1, 1, 1));
  expect(shots.canAdd(of(3, 3), 2)).toBe(false);
  expect(shots.canAdd(of(1, 2), 6)).toBe(true);
});

it('a shot is divided and joined again without a loss of time', () => {
  const divided = shots.split(of(2, 5), 1);
  expect(lengths(divided)).toEqual([2, 3, 2]);
  expect(texts(divided)).toEqual(['Shot 1', 'Shot 2', '']);
  expect(shots.split(of(1, 4), 0)).toEqual(of(1, 4));
  const joined = shots.merge(of(2, 3, 4), 0);
  expect(joined).toEqual([
    { prompt: 'Shot 1 Shot 2', seconds: 5 },
    { prompt: 'Shot 3', seconds: 4 },
  ]);
  expect(shots.merge(of(2, 3), 1)).toEqual(of(2, 3));
});

it('the time of a removed shot goes to its neighbour, and the last shot stays', () => {
  expect(lengths(shots.remove(of(2, 3, 4), 1))).toEqual([5, 4]);
  expect(lengths(shots.remove(of(2, 3, 4), 0))).toEqual([5, 4]);
  expect(texts(shots.remove(of(2, 3, 4), 0))).toEqual(['Shot 2', 'Shot 3']);
  expect(shots.remove(of(5), 0)).toEqual(of(5));
});

it('a shot is moved with its time', () => {
  expect(texts(shots.move(of(1, 2, 3), 2, 0))).toEqual(['Shot 3', 'Shot 1', 'Shot 2']);
  expect(lengths(shots.move(of(1, 2, 3), 0, 1))).toEqual([2, 1, 3]);
  expect(shots.move(of(1, 2), 0, 2)).toEqual(of(1, 2));
});

it('a border moves as far as both its neighbours allow', () => {
  expect(shots.borderRange(of(2, 3, 4), 1)).toEqual({ from: 3, to: 8 });
  expect(lengths(shots.setBorder(of(2, 3, 4), 1, 6))).toEqual([2, 4, 3]);
  expect(lengths(shots.setBorder(of(2, 3, 4), 1, 99))).toEqual([2, 6, 1]);
  expect(lengths(shots.setBorder(of(2, 3, 4), 0, -3))).toEqual([1, 4, 4]);
  expect(lengths(shots.setBorder(of(2, 3, 4), 0, 2.6))).toEqual([3, 2, 4]);
});

it('the sum always follows the length of the clip', () => {
  expect(lengths(shots.setTotal(of(2, 3), 9))).toEqual([2, 7]);
  expect(lengths(shots.setTotal(of(4, 3, 2), 5))).toEqual([3, 1, 1]);
  expect(lengths(shots.setTotal(of(4, 3), 7))).toEqual([4, 3]);
  for (let sum = 3; sum <= 15; sum++) {
    for (const change of [shots.add, (it: Shot[]) => shots.split(it, 0)]) {
      expect(shots.total(change(of(1, sum - 2, 1)))).toBe(sum);
    }
  }
});

it('the summary is made of the texts and is never long', () => {
  expect(shots.summaryOf([...of(1), { prompt: '', seconds: 2 }])).toBe('Shot 1.');
  expect(
    shots.summaryOf([
      { prompt: ' Rain\n falls ', seconds: 2 },
      { prompt: 'Who comes?', seconds: 3 },
    ]),
  ).toBe('Rain falls. Who comes?');
  const long = shots.summaryOf(
    Array.from({ length: 6 }, () => ({ prompt: 'word '.repeat(100), seconds: 1 })),
  );
  expect(long.length).toBeLessThanOrEqual(500);
  expect(long.endsWith('word…')).toBe(true);
});
