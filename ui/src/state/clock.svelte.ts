/**
 * One clock for all countdowns. It ticks once a second, only while it is needed and the window is
 * visible. It also keeps the current day right, for the headings of the gallery.
 */
import { dayOf } from './format';

export class Clock {
  now = $state(Date.now());
  today = $state(dayOf(Date.now()));
  #wanted = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  #midnight: ReturnType<typeof setTimeout> | undefined;

  start() {
    document.addEventListener('visibilitychange', this.#look);
    this.#look();
  }

  stop() {
    document.removeEventListener('visibilitychange', this.#look);
    clearInterval(this.#timer);
    clearTimeout(this.#midnight);
    this.#timer = undefined;
  }

  want(wanted: boolean) {
    this.#wanted = wanted;
    this.#look();
  }

  #tick = () => {
    this.now = Date.now();
    this.#turnDay();
  };

  #look = () => {
    const run = this.#wanted && !document.hidden;
    if (run && this.#timer === undefined) {
      this.#tick();
      this.#timer = setInterval(this.#tick, 1000);
    } else if (!run && this.#timer !== undefined) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    if (!document.hidden) this.#turnDay();
  };

  #turnDay() {
    const today = dayOf(Date.now());
    if (today !== this.today) this.today = today;
    clearTimeout(this.#midnight);
    const tomorrow = new Date(today);
    tomorrow.setDate(tomorrow.getDate() + 1);
    this.#midnight = setTimeout(this.#look, tomorrow.getTime() - Date.now() + 500);
  }
}
