/**
 * What a running card says about the time left. Honest means: never a figure that nobody
 * believes, never a figure that climbs, and plain words once the expected moment has passed.
 *
 * The program plans anew at each look, and may then expect the clip later than before. The figure
 * on the card then stands still until the time left is down to it, or gives way to words.
 */
import type { Phase } from '../backend';
import { minutes } from './words';

/** After this long past the expected moment "any moment now" would be a lie. */
export const LATE_AFTER_MS = 30_000;

/**
 * The moment to count down to. `shown` is the one counted down to at the time `last`, `told` what
 * the program expects now: an earlier moment counts at once, a later one only as far as no more
 * time is left than the card has already said. A moment that has passed stays passed.
 */
export function steadyDue(
  shown: number | null,
  told: number | null,
  now: number,
  last: number,
): number | null {
  if (shown === null || told === null) return told;
  const left = shown - last;
  return Math.min(told, left > 0 ? now + left : shown);
}

/**
 * The words for the time left until the moment shown. `told` is what the program expects: a
 * figure that is far below it would be as wrong as one that climbs.
 */
export function timeLeft(due: number | null, now: number, told = due): string | null {
  if (due === null) return null;
  if (told !== null && told - Math.max(due, now) > LATE_AFTER_MS) return 'taking longer than usual';
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
  seen: number,
): number | null {
  const told = phase.progress === null ? null : Math.min(1, Math.max(0, phase.progress / 100));
  const from = told === null ? phase.since : seen;
  if (due === null || due <= from) return told;
  // From what was told on, evenly to the end. Never quite full: only the clip fills the ring.
  const since = Math.min(1, Math.max(0, (now - from) / (due - from)));
  const start = told ?? 0;
  return Math.max(start, Math.min(0.96, start + (1 - start) * since));
}

/** `seen` is when the server last told another progress; looks at it may be far apart. */
export function progressOf(
  phase: Phase,
  due: number | null,
  now: number,
  seen: number = now,
): Progress {
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
        rest: timeLeft(due, now, phase.due),
        part: renderingPart(phase, due, now, seen),
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
