/**
 * What a running card says about the time left. Honest means: never a figure that nobody
 * believes, never a figure that climbs while one looks at it without cause, and plain words once
 * the expected moment has passed.
 */
import type { Phase } from '../backend';
import { minutes } from './words';

/** After this long past the expected moment "any moment now" would be a lie. */
export const LATE_AFTER_MS = 30_000;
/** A later expectation than the one shown is taken over only when it is later by this much. */
export const JITTER_MS = 5_000;

/**
 * The expectation to show, given the one shown so far and the new one: an earlier one counts at
 * once, a slightly later one is noise and would make the figure climb.
 */
export function steadyDue(shown: number | null, told: number | null): number | null {
  if (shown === null || told === null) return told;
  return told > shown && told - shown <= JITTER_MS ? shown : told;
}

export function timeLeft(due: number | null, now: number): string | null {
  if (due === null) return null;
  const left = due - now;
  if (left > 0) return `about ${minutes(Math.ceil(left / 1000) * 1000)} left`;
  return -left <= LATE_AFTER_MS ? 'any moment now' : 'taking longer than usual';
}

export interface Progress {
  /** The state in one word, or few. */
  state: string;
  /** What comes after the comma, or nothing. */
  rest: string | null;
  /** From 0 to 1 for the ring; null where only "busy" is known. */
  part: number | null;
}

export function isRunning(phase: Phase): boolean {
  return phase.state !== 'ready' && phase.state !== 'failed' && phase.state !== 'uncertain';
}

function renderingPart(
  phase: Extract<Phase, { state: 'rendering' }>,
  due: number | null,
  now: number,
): number | null {
  if (phase.progress !== null) return Math.min(1, Math.max(0, phase.progress / 100));
  if (due === null || due <= phase.since) return null;
  // Never quite full: only the clip itself fills the ring.
  return Math.min(0.96, Math.max(0, (now - phase.since) / (due - phase.since)));
}

export function progressOf(phase: Phase, due: number | null, now: number): Progress {
  switch (phase.state) {
    case 'recorded':
      return { state: 'Starting', rest: null, part: null };
    case 'uploading':
      return { state: 'Sending the frames', rest: null, part: null };
    case 'submitting':
      return { state: 'Sending', rest: null, part: null };
    case 'rendering':
      return {
        state: phase.queued ? 'Queued' : 'Rendering',
        rest: timeLeft(due, now),
        part: renderingPart(phase, due, now),
      };
    case 'downloading': {
      const part = phase.total ? Math.min(1, phase.received / phase.total) : null;
      return {
        state: 'Saving the clip',
        rest: part === null ? null : `${Math.floor(part * 100)}%`,
        part,
      };
    }
    default:
      return { state: '', rest: null, part: null };
  }
}

/** The words of the pill in the top bar: how many run, and when the last of them is expected. */
export function runningWords(dues: (number | null)[], now: number): string | null {
  const known = dues.filter((due) => due !== null);
  if (known.length === 0) return null;
  const left = Math.max(...known) - now;
  return left > 0 ? `about ${minutes(Math.ceil(left / 1000) * 1000)}` : 'any moment now';
}
