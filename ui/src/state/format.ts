/**
 * How things are put into words: names, lengths, prices, days. Pure functions of their arguments,
 * including the current time, so that every sentence can be tested.
 */
import type { Clip, Mode, Price, Settings, Shape } from '../backend';
import { LANGUAGE, t } from '../catalogue';

export const PROMPT_LIMIT = 2500; // characters, the model's own limit
/** The most characters a field accepts, so that a text over the limit can be shortened in it. */
export const TEXT_LIMIT = 20_000;
export const LENGTH_MIN = 3; // seconds, the model's own limits
export const LENGTH_MAX = 15;

export const SHAPES: { value: Shape; name: string }[] = [
  { value: '16:9', name: '16:9' },
  { value: '9:16', name: '9:16' },
  { value: '1:1', name: '1:1' },
];

export function qualities(): { value: Mode; name: string; lines: string }[] {
  return [
    { value: 'standard', name: t('words-quality-standard'), lines: '720p' },
    { value: 'pro', name: t('words-quality-pro'), lines: '1080p' },
    { value: '4k', name: t('words-quality-4k'), lines: '2160p' },
  ];
}

export function qualityName(mode: Mode): string {
  return qualities().find((quality) => quality.value === mode)?.name ?? mode;
}

export function qualityInFull(mode: Mode): string {
  const quality = qualities().find((one) => one.value === mode);
  return quality ? `${quality.name}, ${quality.lines}` : mode;
}

const grouped = new Intl.NumberFormat(LANGUAGE);

export function count(n: number): string {
  return grouped.format(n);
}

export function credits(n: number): string {
  return t('words-credits', { count: n });
}

/** The text beside the word Generate; empty if nothing is known. */
export function priceText(price: Price): string {
  if (price.kind === 'unknown') return '';
  if (price.kind === 'exact') return credits(price.credits);
  return t('words-credits-range', { min: price.min, max: price.max });
}

/** Shapes that have a common name, as width to height. */
const NAMED_SHAPES = [
  [16, 9],
  [9, 16],
  [1, 1],
  [4, 3],
  [3, 4],
  [3, 2],
  [2, 3],
  [5, 4],
  [4, 5],
  [2, 1],
  [1, 2],
  [21, 9],
  [9, 21],
] as const;
/** Pictures have whole pixels: ratios that differ by less than this fraction are the same shape. */
const SAME_SHAPE = 0.015;

interface Size {
  width: number;
  height: number;
}

/** Whether two pictures have the same shape, to the eye. */
export function sameShape(one: Size, other: Size): boolean {
  const ratio = (one.width * other.height) / (one.height * other.width);
  return Math.max(ratio, 1 / ratio) - 1 < SAME_SHAPE;
}

/** `16:9`, or `1000 × 730` if the shape has no name. */
export function shapeName(size: Size): string {
  const named = NAMED_SHAPES.find(([width, height]) => sameShape(size, { width, height }));
  return named ? `${named[0]}:${named[1]}` : `${size.width} × ${size.height}`;
}

/** The remark about a text that ends at `TEXT_LIMIT`, because a field takes no more. */
export function cutText(text: string): string | null {
  return text.length < TEXT_LIMIT ? null : t('composer-text-cut', { most: TEXT_LIMIT });
}

/** `1:05`, from milliseconds. */
export function minutes(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** `0:03.542`, from milliseconds. */
export function exactTime(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  const seconds = Math.floor(whole / 1000);
  const rest = String(whole % 1000).padStart(3, '0');
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}.${rest}`;
}

/** `2 min 24 s`, from milliseconds. */
export function span(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) return t('words-seconds', { seconds });
  const rest = seconds % 60;
  const whole = Math.floor(seconds / 60);
  return rest === 0
    ? t('words-minutes', { minutes: whole })
    : t('words-minutes-seconds', { minutes: whole, seconds: rest });
}

export function megabytes(bytes: number): string {
  if (bytes < 100_000) {
    return t('words-kilobytes', { size: Math.max(1, Math.round(bytes / 1000)) });
  }
  return t('words-megabytes', { size: Number((bytes / 1_000_000).toFixed(1)) });
}

const clock = new Intl.DateTimeFormat(LANGUAGE, { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(LANGUAGE, { weekday: 'long' });
const thisYear = new Intl.DateTimeFormat(LANGUAGE, { day: 'numeric', month: 'long' });
const otherYear = new Intl.DateTimeFormat(LANGUAGE, {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

export function timeOfDay(at: number): string {
  return clock.format(at);
}

/** The start of the day that contains `at`, in the user's own time zone. */
export function dayOf(at: number): number {
  const day = new Date(at);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}

/** Today, Yesterday, a weekday within the last week, otherwise the date. */
export function dayName(at: number, now: number): string {
  // Rounded, because a day with a clock change has 23 or 25 hours.
  const daysAgo = Math.round((dayOf(now) - dayOf(at)) / 86_400_000);
  if (daysAgo === 0) return t('words-today');
  if (daysAgo === 1) return t('words-yesterday');
  if (daysAgo > 1 && daysAgo < 7) return weekday.format(at);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? thisYear : otherYear).format(at);
}

export function moment(at: number, now: number): string {
  return t('words-moment', { day: dayName(at, now), time: timeOfDay(at) });
}

/** A prompt in one line, for announcements and labels. */
export function inShort(prompt: string, most = 60): string {
  const line = prompt.replace(/\s+/g, ' ').trim();
  if (line === '') return t('words-no-prompt');
  return line.length <= most ? line : `${line.slice(0, most - 1).trimEnd()}…`;
}

export function shapeOf(settings: Settings, clip: Clip | null): string {
  if (settings.start === null) return settings.shape;
  if (clip === null) return t('words-shape-of-start');
  return t('words-shape-of-start-pixels', { width: clip.width, height: clip.height });
}
