/**
 * Frames and times of a clip. The page is told when the last picture begins and how long the file
 * lasts; with sound the file may last longer than its pictures, so the last picture's own time is
 * the end of everything one can see.
 */
import type { Clip } from '../backend';

/** Rates that renderers write; a measured one is taken for the nearest of them. */
const RATES = [24, 25, 30, 48, 50, 60];
const USUAL = 24;

export interface Film {
  /** Milliseconds between two pictures. */
  frameMs: number;
  frames: number;
  /** When the last picture ends. */
  endMs: number;
}

export function filmOf(clip: Clip): Film {
  // Without longer sound the last picture lasts from its own time to the end of the file.
  const tail = clip.durationMs - clip.lastFrameMs;
  const measured = tail > 0 ? 1000 / tail : 0;
  const near = RATES.find((rate) => Math.abs(rate - measured) / rate < 0.03);
  const frameMs = 1000 / (near ?? USUAL);
  const frames = Math.max(1, Math.round(clip.lastFrameMs / frameMs) + 1);
  return { frameMs, frames, endMs: clip.lastFrameMs + frameMs };
}

/** The number, from 0, of the picture seen at that moment. */
export function frameAt(film: Film, ms: number): number {
  // Files round the moment a picture begins, to a whole millisecond at worst.
  const frame = Math.floor(ms / film.frameMs + 0.07);
  return Math.min(film.frames - 1, Math.max(0, frame));
}

/** Where to seek so that picture stands there for certain: its middle. */
export function middleOf(film: Film, frame: number): number {
  return (Math.min(film.frames - 1, Math.max(0, frame)) + 0.5) * film.frameMs;
}

/** A moment one may seek to: past the last picture some decoders answer no more. */
export function clampSeek(film: Film, ms: number): number {
  return Math.min(Math.max(0, ms), film.endMs - film.frameMs / 2);
}
