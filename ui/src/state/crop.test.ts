import { expect, it } from 'vitest';
import {
  LEAST_SIDE,
  largest,
  moved,
  ratioOf,
  reshaped,
  resized,
  type Handle,
  type Rect,
} from './crop';

const picture = { width: 1600, height: 1200 };
const whole: Rect = { x: 0, y: 0, width: 1600, height: 1200 };

it('the largest frame of a shape is in the middle', () => {
  expect(largest(picture, 16 / 9)).toEqual({ x: 0, y: 150, width: 1600, height: 900 });
  expect(largest(picture, 9 / 16)).toEqual({ x: 463, y: 0, width: 675, height: 1200 });
  expect(largest(picture, null)).toEqual(whole);
});

it('a frame is moved within the picture', () => {
  const frame = { x: 100, y: 100, width: 400, height: 400 };
  expect(moved(frame, 50.4, -30, picture)).toMatchObject({ x: 150, y: 70 });
  expect(moved(frame, 9000, 9000, picture)).toMatchObject({ x: 1200, y: 800 });
  expect(moved(frame, -9000, -9000, picture)).toMatchObject({ x: 0, y: 0 });
});

it('a free corner follows the pointer and the opposite corner stays', () => {
  const frame = { x: 200, y: 200, width: 800, height: 600 };
  expect(resized(frame, { x: 1, y: 1 }, -100, 50, picture, null)).toEqual({
    x: 200,
    y: 200,
    width: 700,
    height: 650,
  });
  expect(resized(frame, { x: -1, y: -1 }, 100, 100, picture, null)).toEqual({
    x: 300,
    y: 300,
    width: 700,
    height: 500,
  });
});

it('with a shape the other side follows', () => {
  const frame = { x: 200, y: 200, width: 800, height: 800 };
  const smaller = resized(frame, { x: 1, y: 1 }, -200, -300, picture, 1);
  expect(smaller).toEqual({ x: 200, y: 200, width: 600, height: 600 });
  const wider = resized(frame, { x: 1, y: 0 }, 100, 0, picture, 1);
  expect(wider).toEqual({ x: 200, y: 150, width: 900, height: 900 });
});

it('whatever is dragged, the frame stays in the picture and is large enough', () => {
  const handles: Handle[] = [];
  for (const x of [-1, 0, 1] as const) {
    for (const y of [-1, 0, 1] as const) if (x !== 0 || y !== 0) handles.push({ x, y });
  }
  for (const ratio of [null, 1, 16 / 9, 9 / 16, 2.5]) {
    for (const handle of handles) {
      for (const by of [-5000, -333, 0, 7, 5000]) {
        const frame = resized(largest(picture, ratio), handle, by, -by, picture, ratio);
        expect(frame.x).toBeGreaterThanOrEqual(0);
        expect(frame.y).toBeGreaterThanOrEqual(0);
        expect(frame.x + frame.width).toBeLessThanOrEqual(picture.width);
        expect(frame.y + frame.height).toBeLessThanOrEqual(picture.height);
        expect(Math.min(frame.width, frame.height)).toBeGreaterThanOrEqual(LEAST_SIDE);
        if (ratio !== null) expect(frame.width / frame.height).toBeCloseTo(ratio, 1);
      }
    }
  }
});

it('another shape keeps the place and the size as far as that fits', () => {
  const frame = reshaped({ x: 400, y: 300, width: 600, height: 600 }, 4, picture);
  expect(frame).toEqual({ x: 100, y: 450, width: 1200, height: 300 });
  expect(reshaped(whole, null, picture)).toEqual(whole);
});

it('only a ratio is one', () => {
  expect(ratioOf('16:9')).toBeCloseTo(1.778, 3);
  for (const text of ['adaptive', 'auto', '16:0', '0:9', '']) expect(ratioOf(text)).toBe(null);
});
