/**
 * Frames and times of a clip. The page receives when the last frame starts and how long the file
 * lasts. With sound the file may last longer than its frames, so the last frame's own time decides
 * where the visible part ends.
 */
import type { Clip } from '../backend';

/** Frame rates that renderers use; a measured rate is taken as the nearest of them. */
const RATES = [24, 25, 30, 48, 50, 60];
const USUAL = 24;

export interface Film {
  /** Milliseconds between two frames. */
  frameMs: number;
  frames: number;
  /** When the last frame ends. */
  endMs: number;
}

export function filmOf(clip: Clip): Film {
  // Without longer sound, the last frame lasts from its own time to the end of the file.
  const tail = clip.durationMs - clip.lastFrameMs;
  const measured = tail > 0 ? 1000 / tail : 0;
  const near = RATES.find((rate) => Math.abs(rate - measured) / rate < 0.03);
  const frameMs = 1000 / (near ?? USUAL);
  const frames = Math.max(1, Math.round(clip.lastFrameMs / frameMs) + 1);
  return { frameMs, frames, endMs: clip.lastFrameMs + frameMs };
}

/** The number, from 0, of the frame shown at that moment. */
export function frameAt(film: Film, ms: number): number {
  // Files round the start of a frame, at worst to a whole millisecond.
  const frame = Math.floor(ms / film.frameMs + 0.07);
  return Math.min(film.frames - 1, Math.max(0, frame));
}

/** Where to seek to be certain that this frame is shown: its middle. */
export function middleOf(film: Film, frame: number): number {
  return (Math.min(film.frames - 1, Math.max(0, frame)) + 0.5) * film.frameMs;
}

/** A moment that can be sought to: past the last frame some decoders no longer respond. */
export function clampSeek(film: Film, ms: number): number {
  return Math.min(Math.max(0, ms), film.endMs - film.frameMs / 2);
}
