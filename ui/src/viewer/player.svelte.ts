/**
 * The one video element and what is known of it: whether it plays, where it stands, what went
 * wrong. The components draw this; the keys and buttons call it.
 */
import type { Clip } from '../backend';
import { clampSeek, filmOf, frameAt, middleOf, type Film } from './frames';

export type Trouble = 'missing' | 'codec' | 'network';

/** Kept from clip to clip while the program runs. */
const habits = $state({ loop: false, muted: false, volume: 1 });

export class Player {
  playing = $state(false);
  /** Where it stands, in milliseconds. */
  at = $state(0);
  trouble = $state<Trouble | null>(null);
  readonly film: Film;
  frame = $derived.by(() => frameAt(this.film, this.at));
  #video: HTMLVideoElement | null = null;
  #tick = 0;

  constructor(readonly clip: Clip) {
    this.film = filmOf(clip);
    if (clip.missing) this.trouble = 'missing';
  }

  get loop() {
    return habits.loop;
  }
  set loop(loop: boolean) {
    habits.loop = loop;
    if (this.#video) this.#video.loop = loop;
  }
  get muted() {
    return habits.muted || habits.volume === 0;
  }
  get volume() {
    return habits.muted ? 0 : habits.volume;
  }
  set volume(volume: number) {
    habits.volume = volume;
    habits.muted = false;
    this.#hear();
  }

  mute() {
    if (habits.volume === 0) habits.volume = 1;
    else habits.muted = !habits.muted;
    this.#hear();
  }

  #hear() {
    if (!this.#video) return;
    this.#video.muted = this.muted;
    this.#video.volume = habits.volume;
  }

  /** Takes over an element just put into the document; gives back how to let go of it. */
  attach = (video: HTMLVideoElement) => {
    this.#video = video;
    video.loop = habits.loop;
    this.#hear();
    const on = (name: string, handler: () => void) => video.addEventListener(name, handler);
    on('play', () => {
      this.playing = true;
      this.#follow();
    });
    on('pause', () => {
      this.playing = false;
      this.#look();
    });
    on('ended', () => {
      this.playing = false;
      this.at = clampSeek(this.film, this.film.endMs);
    });
    on('timeupdate', this.#look);
    on('seeked', this.#look);
    on('error', () => {
      const code = video.error?.code;
      this.trouble = code === 3 || code === 4 ? 'codec' : 'network';
      this.playing = false;
    });
    // A web view may refuse to start by itself; then it waits for the person.
    video.play()?.catch(() => undefined);
    return () => {
      cancelAnimationFrame(this.#tick);
      this.#video = null;
      video.pause();
      video.removeAttribute('src');
      video.load();
    };
  };

  #look = () => {
    if (this.#video) this.at = Math.min(this.#video.currentTime * 1000, this.film.endMs);
  };

  /** While it plays the knob moves with every painted picture, not four times a second. */
  #follow() {
    cancelAnimationFrame(this.#tick);
    const step = () => {
      this.#look();
      if (this.playing) this.#tick = requestAnimationFrame(step);
    };
    this.#tick = requestAnimationFrame(step);
  }

  toggle() {
    const video = this.#video;
    if (!video) return;
    if (!video.paused && !video.ended) {
      video.pause();
      return;
    }
    if (video.ended || this.frame === this.film.frames - 1) video.currentTime = 0;
    video.play()?.catch(() => undefined);
  }

  seek(ms: number) {
    const video = this.#video;
    if (!video) return;
    this.at = clampSeek(this.film, ms);
    video.currentTime = this.at / 1000;
  }

  stepFrames(by: number) {
    this.#video?.pause();
    this.seek(middleOf(this.film, this.frame + by));
  }
}
