/**
 * The moment each running clip is counted down to. Kept for the whole page, so that a card and
 * the pill in the top bar say the same, and a card that was out of sight goes on where it was.
 */
import { untrack } from 'svelte';
import type { Generation } from '../backend';
import { steadyDue, timeLeft } from './countdown';

interface Countdown {
  due: number | null;
  /** What the program expects. */
  told: number | null;
  /** The time for which `due` was said. */
  last: number;
}

export class Expected {
  #countdowns = $state.raw<ReadonlyMap<string, Countdown>>(new Map());

  /** Takes over what the program expects now of the clips that are being made. */
  follow(running: Generation[], now: number) {
    const before = untrack(() => this.#countdowns);
    const after = new Map(before);
    for (const { id, phase } of running) {
      const told = phase.state === 'rendering' ? phase.due : null;
      const { due, last } = before.get(id) ?? { due: null, last: now };
      after.set(id, { due: steadyDue(due, told, now, last), told, last: now });
    }
    this.#countdowns = after;
  }

  due(id: string): number | null {
    return this.#countdowns.get(id)?.due ?? null;
  }

  /** The words for the one of these that is expected last; null where nothing is known. */
  last(running: Generation[], now: number): string | null {
    const known = running.flatMap(({ id }) => {
      const countdown = this.#countdowns.get(id);
      return countdown?.told == null ? [] : [countdown];
    });
    if (known.length === 0) return null;
    const { due, told } = known.reduce((a, b) => ((b.told ?? 0) > (a.told ?? 0) ? b : a));
    return timeLeft(due, now, told);
  }
}
