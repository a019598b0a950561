import { expect, it, vi } from 'vitest';
import { FrameBatch } from './frameBatch';

it('does everything of one frame in one go and in order, in a hidden window too', () => {
  vi.useFakeTimers();
  const frames: (() => void)[] = [];
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame));
  const batch = new FrameBatch();
  const done: number[] = [];
  for (const number of [1, 2, 3]) batch.add(() => done.push(number));
  expect(done).toEqual([]);
  expect(frames).toHaveLength(1);
  frames[0]?.();
  expect(done).toEqual([1, 2, 3]);

  // No frame is drawn.
  batch.add(() => done.push(4));
  vi.runAllTimers();
  expect(done).toEqual([1, 2, 3, 4]);
  frames[1]?.();
  expect(done).toEqual([1, 2, 3, 4]);

  // What fails stops nothing else.
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  batch.add(() => {
    throw new Error('broken');
  });
  batch.add(() => done.push(5));
  vi.runAllTimers();
  expect(done).toEqual([1, 2, 3, 4, 5]);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
