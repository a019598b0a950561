/** What happy-dom lacks: sizes, because nothing is laid out, and playback. */
import '@testing-library/jest-dom/vitest';
import { configure } from '@testing-library/svelte';
import { vi } from 'vitest';
import { moment } from '../kit/deliberate';

// Tests press at once; the waiting time is tested in kit/deliberate.test.ts.
moment.ms = 0;

// Frames come at once.
vi.stubGlobal('requestAnimationFrame', (frame: FrameRequestCallback) => {
  frame(performance.now());
  return 0;
});

// A busy machine is slow, not faulty: this only ends a test that would hang.
configure({ asyncUtilTimeout: 120_000 });

Object.defineProperty(HTMLElement.prototype, 'clientWidth', {
  get: () => 1000,
  configurable: true,
});
Object.defineProperty(HTMLElement.prototype, 'clientHeight', {
  get: () => 800,
  configurable: true,
});

HTMLMediaElement.prototype.play = vi.fn(() => Promise.resolve());
HTMLMediaElement.prototype.pause = vi.fn();
HTMLMediaElement.prototype.load = vi.fn();
HTMLMediaElement.prototype.canPlayType = vi.fn(() => 'probably' as const);
