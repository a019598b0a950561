import { describe, expect, it } from 'vitest';
import { generation } from '../testing/stub';
import { arrange, CARD_MIN, GAP, step, within } from './arrange';

const NOW = new Date('2026-11-22T12:00:00').getTime();
const HOUR = 3_600_000;
const four = 4 * CARD_MIN + 3 * GAP;
const made = (hoursAgo: number, id = `${hoursAgo}`) =>
  generation(id, { state: 'recorded' }, { created: NOW - hoursAgo * HOUR });
/** Six from today and two from yesterday, in four columns. */
const some = arrange(
  [1, 2, 3, 4, 5, 6, 20, 21].map((hours) => made(hours)),
  four,
  NOW,
);

describe('the places of the cards', () => {
  it('fill the width, row by row, each day under its own heading', () => {
    expect(some.columns).toBe(4);
    expect(some.cardWidth).toBe(CARD_MIN);
    expect(some.headings.map((one) => one.name)).toEqual(['Today', 'Yesterday']);
    expect(some.cards.map((card) => card.column)).toEqual([0, 1, 2, 3, 0, 1, 0, 1]);
    expect(some.cards.map((card) => card.row)).toEqual([0, 0, 0, 0, 1, 1, 2, 2]);
  });
  it('never overlap', () => {
    const rows = [...new Set(some.cards.map((card) => card.y))];
    rows.slice(1).forEach((y, at) => {
      expect(y - (rows[at] ?? 0)).toBeGreaterThanOrEqual(some.cardHeight + GAP - 4);
    });
    expect(some.height).toBe((rows.at(-1) ?? 0) + some.cardHeight);
  });
  it('use a wide window well and a narrow one still', () => {
    expect(arrange([], 1480, NOW).columns).toBe(5);
    expect(arrange([], 200, NOW).columns).toBe(1);
  });
});

it('of thousands of cards only those near the window are drawn', () => {
  const many = arrange(
    Array.from({ length: 5000 }, (_, index) => made(index)),
    four,
    NOW,
  );
  const near = within(many, 40_000, 41_000);
  expect(near.length).toBeGreaterThan(0);
  expect(near.length).toBeLessThan(40);
  expect(near.every((card) => card.y + many.cardHeight >= 40_000 && card.y <= 41_000)).toBe(true);
});

describe('the arrow keys', () => {
  it('go to the next and the one before, across rows', () => {
    expect(step(some, 3, 'right')).toBe(4);
    expect(step(some, 4, 'left')).toBe(3);
  });
  it('go straight down and up, to the last card of a shorter row', () => {
    expect(step(some, 1, 'down')).toBe(5);
    expect(step(some, 3, 'down')).toBe(5);
    expect(step(some, 5, 'down')).toBe(7);
    expect(step(some, 6, 'up')).toBe(4);
  });
  it('stay at the edges', () => {
    expect(step(some, 0, 'left')).toBe(0);
    expect(step(some, 0, 'up')).toBe(0);
    expect(step(some, 7, 'right')).toBe(7);
    expect(step(some, 7, 'down')).toBe(7);
  });
});
