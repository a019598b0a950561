/**
 * What a running card says about the time left. The program ensures that the time left never counts
 * up, and gives no time once the clip takes longer than it said.
 */
import type { Generation, Phase } from '../backend';
import { t } from '../catalogue';
import { minutes } from './format';

/** After this long past the expected moment, "any moment now" would be false. */
const LATE_AFTER_MS = 30_000;

/** The words for the time left until `due`; `null` means that the time is no longer known. */
export function timeLeft(due: number | null, now: number): string {
  if (due === null || now - due > LATE_AFTER_MS) return t('words-longer-than-usual');
  const left = due - now;
  if (left <= 0) return t('words-any-moment');
  return t('words-time-left', { time: minutes(Math.ceil(left / 1000) * 1000) });
}

/** The words for the one of these that is expected last; null if none of them is rendering. */
export function lastTimeLeft(running: Generation[], now: number): string | null {
  const dues = running.flatMap(({ phase }) => (phase.state === 'rendering' ? [phase.due] : []));
  if (dues.length === 0) return null;
  return timeLeft(Math.max(...dues.map((due) => due ?? -Infinity)), now);
}

export interface Progress {
  /** The state, in one or a few words. */
  state: string;
  /** What comes after the comma, or nothing. */
  rest: string | null;
  /** From 0 to 1 for the ring; null if only "busy" is known. */
  part: number | null;
}

export function isRunning(phase: Phase): boolean {
  return phase.state !== 'ready' && phase.state !== 'failed' && phase.state !== 'uncertain';
}

function renderingPart(
  phase: Extract<Phase, { state: 'rendering' }>,
  now: number,
  seen: number,
): number | null {
  const { due } = phase;
  const reported = phase.progress === null ? null : Math.min(1, Math.max(0, phase.progress / 100));
  const from = reported === null ? phase.since : seen;
  if (due === null || due <= from) return reported;
  // From the last report, linearly to the end. Never quite full: only the clip fills the ring.
  const since = Math.min(1, Math.max(0, (now - from) / (due - from)));
  const start = reported ?? 0;
  return Math.max(start, Math.min(0.96, start + (1 - start) * since));
}

/** `seen` is when the server last reported a new progress; polls may be far apart. */
export function progressOf(phase: Phase, now: number, seen: number = now): Progress {
  switch (phase.state) {
    case 'recorded':
      return { state: t('words-starting'), rest: null, part: null };
    case 'uploading':
      return { state: t('words-sending-frames'), rest: null, part: null };
    case 'submitting':
      return { state: t('words-sending'), rest: null, part: null };
    case 'rendering':
      return {
        state: phase.queued ? t('words-queued') : t('words-rendering'),
        rest: timeLeft(phase.due, now),
        part: renderingPart(phase, now, seen),
      };
    case 'downloading': {
      const part = phase.total ? Math.min(1, phase.received / phase.total) : null;
      return {
        state: t('words-saving'),
        rest: part === null ? null : t('words-percent', { percent: Math.floor(part * 100) }),
        part,
      };
    }
    default:
      return { state: '', rest: null, part: null };
  }
}
