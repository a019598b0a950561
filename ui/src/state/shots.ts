/**
 * Shots of one clip: a list of texts with whole seconds, whose sum is the length of the clip. Pure
 * functions that return a new list; none of them changes the sum, except `setTotal`.
 */
import type { Shot } from '../backend';

/** The shortest shot, in seconds: the models take whole ones. */
const LEAST = 1;
/** Long enough for a summary of six shots, and far from the limit of any prompt. */
const SUMMARY = 500;

export function total(shots: Shot[]): number {
  return shots.reduce((sum, shot) => sum + shot.seconds, 0);
}

/** The shots of a clip that had one prompt. */
export function first(prompt: string, seconds: number): Shot[] {
  return [{ prompt, seconds }];
}

/** Whether another shot fits: there is one that can be divided. */
export function canAdd(shots: Shot[], most: number): boolean {
  return shots.length < most && shots.some((shot) => shot.seconds > LEAST);
}

/** Adds an empty shot at the end, which takes its time from the longest. */
export function add(shots: Shot[]): Shot[] {
  const longest = shots.reduce(
    (best, shot, at) => (shot.seconds >= (shots[best]?.seconds ?? 0) ? at : best),
    0,
  );
  const taken = Math.floor((shots[longest]?.seconds ?? 0) / 2);
  if (taken < LEAST) return shots;
  return [
    ...shots.map((shot, at) =>
      at === longest ? { ...shot, seconds: shot.seconds - taken } : shot,
    ),
    { prompt: '', seconds: taken },
  ];
}

/** Divides a shot into two halves, the first of which keeps the text. */
export function split(shots: Shot[], at: number): Shot[] {
  const shot = shots[at];
  if (!shot || shot.seconds < 2 * LEAST) return shots;
  const second = Math.floor(shot.seconds / 2);
  return shots.toSpliced(
    at,
    1,
    { ...shot, seconds: shot.seconds - second },
    { prompt: '', seconds: second },
  );
}

/** Joins a shot with the one after it. */
export function merge(shots: Shot[], at: number): Shot[] {
  const [one, other] = [shots[at], shots[at + 1]];
  if (!one || !other) return shots;
  const texts = [one.prompt.trim(), other.prompt.trim()].filter((text) => text !== '');
  return shots.toSpliced(at, 2, {
    prompt: texts.join(' '),
    seconds: one.seconds + other.seconds,
  });
}

/** Removes a shot; its time goes to the one before it, or after the first. */
export function remove(shots: Shot[], at: number): Shot[] {
  const shot = shots[at];
  if (!shot || shots.length < 2) return shots;
  const heir = at === 0 ? 0 : at - 1;
  return shots
    .toSpliced(at, 1)
    .map((one, place) => (place === heir ? { ...one, seconds: one.seconds + shot.seconds } : one));
}

/** Moves a shot, with its time, to another place. */
export function move(shots: Shot[], from: number, to: number): Shot[] {
  const shot = shots[from];
  if (!shot || to < 0 || to >= shots.length) return shots;
  return shots.toSpliced(from, 1).toSpliced(to, 0, shot);
}

/** The seconds at which the border after a shot can be. */
export function borderRange(shots: Shot[], border: number): { from: number; to: number } {
  const before = total(shots.slice(0, border));
  const both = (shots[border]?.seconds ?? 0) + (shots[border + 1]?.seconds ?? 0);
  return { from: before + LEAST, to: before + both - LEAST };
}

/** Moves the border after a shot to a time, as far as both its neighbours allow. */
export function setBorder(shots: Shot[], border: number, seconds: number): Shot[] {
  const { from, to } = borderRange(shots, border);
  const [one, other] = [shots[border], shots[border + 1]];
  if (!one || !other) return shots;
  const at = Math.min(to, Math.max(from, Math.round(seconds)));
  const longer = at - total(shots.slice(0, border)) - one.seconds;
  return shots.with(border, { ...one, seconds: one.seconds + longer }).with(border + 1, {
    ...other,
    seconds: other.seconds - longer,
  });
}

/**
 * Makes the shots last as long as the clip: more time goes to the last one, and less is taken from
 * the last ones. Where the clip has fewer seconds than shots, each keeps its least.
 */
export function setTotal(shots: Shot[], seconds: number): Shot[] {
  let missing = seconds - total(shots);
  return shots.toReversed().reduce<Shot[]>((done, shot) => {
    const wanted = Math.max(LEAST, shot.seconds + missing);
    missing -= wanted - shot.seconds;
    return [{ ...shot, seconds: wanted }, ...done];
  }, []);
}

/** A short summary of the shots: the API requires a prompt beside them. */
export function summaryOf(shots: Shot[]): string {
  const texts = shots.map((shot) => shot.prompt.replace(/\s+/g, ' ').trim());
  const sentences = texts
    .filter((text) => text !== '')
    .map((text) => (/[.!?…。！？]$/u.test(text) ? text : `${text}.`));
  const whole = sentences.join(' ');
  if (whole.length <= SUMMARY) return whole;
  const cut = whole.slice(0, SUMMARY - 1);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), SUMMARY / 2))}…`;
}
