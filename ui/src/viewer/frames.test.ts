import { describe, expect, it } from 'vitest';
import { clip } from '../testing/stub';
import { clampSeek, filmOf, frameAt, middleOf } from './frames';

const film = filmOf(clip({ durationMs: 5000, lastFrameMs: 5000 - 1000 / 24 }));

describe('a clip of five seconds at 24 pictures a second', () => {
  it('has 120 frames', () => {
    expect(film.frames).toBe(120);
    expect(film.endMs).toBeCloseTo(5000);
  });
  it('numbers the picture seen at a moment', () => {
    expect(frameAt(film, 0)).toBe(0);
    expect(frameAt(film, 3542)).toBe(85);
    expect(frameAt(film, 5000)).toBe(119);
  });
  it('steps to the middle of each picture, so that rounding cannot show another', () => {
    for (let frame = 0; frame < 120; frame++) {
      expect(frameAt(film, middleOf(film, frame))).toBe(frame);
    }
    expect(middleOf(film, 400)).toBe(middleOf(film, 119));
  });
});

it('the rate is read from how long the last picture stands', () => {
  expect(filmOf(clip({ durationMs: 10_000, lastFrameMs: 10_000 - 1000 / 30 })).frames).toBe(300);
});

it('sound longer than the pictures moves neither the end nor the last frame', () => {
  const long = filmOf(clip({ durationMs: 5210, lastFrameMs: 5000 - 1000 / 24 }));
  expect(long.frames).toBe(120);
  expect(long.endMs).toBeCloseTo(5000);
  expect(clampSeek(long, 5210)).toBeLessThan(5000);
  expect(frameAt(long, clampSeek(long, 5210))).toBe(119);
});
