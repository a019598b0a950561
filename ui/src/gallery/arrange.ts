/**
 * Where every card and every day's heading is placed, as a pure function of the width. Only what is
 * near the visible part is put into the document, so thousands of clips scroll as easily as ten.
 */
import type { Place } from '../state/gallery.svelte';
import { dayName, dayOf } from '../state/format';

export const GAP = 16;
/** Below this a card's text no longer fits. It is also the width in the reference picture. */
export const CARD_MIN = 236;
/** The part below the picture: two lines of prompt and one of facts. */
export const META = 83;
const HEADING = 36;
/** The gap between two days. */
const DAY_GAP = 12;
/** A card's own border. */
const BORDER = 2;

export interface Placed {
  id: string;
  index: number;
  x: number;
  y: number;
  row: number;
  column: number;
}

export interface Heading {
  day: number;
  name: string;
  y: number;
}

export interface Arrangement {
  columns: number;
  cardWidth: number;
  cardHeight: number;
  cards: Placed[];
  headings: Heading[];
  height: number;
}

export function arrange(list: readonly Place[], width: number, now: number): Arrangement {
  const columns = Math.max(1, Math.floor((width + GAP) / (CARD_MIN + GAP)));
  const cardWidth = Math.max(0, (width - GAP * (columns - 1)) / columns);
  const cardHeight = Math.round(((cardWidth - BORDER) * 9) / 16) + META + BORDER;
  const cards: Placed[] = [];
  const headings: Heading[] = [];
  let y = 0;
  let row = -1;
  let column = columns;
  let day: number | null = null;

  list.forEach(({ id, created }, index) => {
    const its = dayOf(created);
    if (its !== day) {
      if (day !== null) y += cardHeight + DAY_GAP;
      headings.push({ day: its, name: dayName(created, now), y });
      y += HEADING;
      day = its;
      column = 0;
      row++;
    } else if (column === columns) {
      y += cardHeight + GAP;
      column = 0;
      row++;
    }
    cards.push({ id, index, x: column * (cardWidth + GAP), y, row, column });
    column++;
  });
  const height = cards.length === 0 ? 0 : y + cardHeight;
  return { columns, cardWidth, cardHeight, cards, headings, height };
}

/** The cards that overlap the range from `top` to `bottom`. */
export function within(arrangement: Arrangement, top: number, bottom: number): Placed[] {
  const { cards, cardHeight } = arrangement;
  let from = 0;
  let to = cards.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    const card = cards[middle];
    if (card && card.y + cardHeight < top) from = middle + 1;
    else to = middle;
  }
  let end = from;
  for (let card = cards[end]; card && card.y <= bottom; card = cards[++end]);
  return cards.slice(from, end);
}

export type Direction = 'left' | 'right' | 'up' | 'down' | 'first' | 'last';

/** The card that an arrow key leads to from the one at `index`, or the same card at an edge. */
export function step(arrangement: Arrangement, index: number, direction: Direction): number {
  const { cards } = arrangement;
  const last = cards.length - 1;
  const here = cards[index];
  if (!here) return Math.max(0, Math.min(index, last));
  if (direction === 'left') return Math.max(0, index - 1);
  if (direction === 'right') return Math.min(last, index + 1);
  if (direction === 'first') return 0;
  if (direction === 'last') return last;
  const row = here.row + (direction === 'down' ? 1 : -1);
  const there = cards.filter((card) => card.row === row);
  if (there.length === 0) return index;
  return there[Math.min(here.column, there.length - 1)]?.index ?? index;
}
