/**
 * The one video element and what is known of it: whether it plays, its position, what went wrong.
 * The components draw this; the keys and buttons call it.
 */
import { untrack } from 'svelte';
import type { Clip } from '../backend';
import { pictureOf } from '../kit/picture';
import { clampSeek, filmOf, frameAt, middleOf, type Film } from './frames';

export type FailureSummary = 'missing' | 'codec' | 'network';

/** A web view that reports its frames does so at least this often while it plays. */
const TOLD_MS = 400;

/** Kept from clip to clip while the program runs. */
const habits = $state({ loop: false, muted: false, volume: 1 });

export class Player {
  playing = $state(false);
  /** The position, in milliseconds. */
  at = $state(0);
  summary = $state<FailureSummary | null>(null);
  readonly film: Film;
  frame = $derived.by(() => frameAt(this.film, this.at));
  #video: HTMLVideoElement | null = null;
  #under: HTMLCanvasElement | null = null;
  /** The frame last put on the screen, and when that was. */
  #shown = { ms: -1e9, when: -1e9 };

  constructor(readonly clip: Clip) {
    this.film = filmOf(clip);
    if (clip.missing) this.summary = 'missing';
  }

  get loop() {
    return habits.loop;
  }
  set loop(loop: boolean) {
    habits.loop = loop;
    if (!this.#video) return;
    this.#video.loop = loop;
    // WebKitGTK plays a looping film as a segment and does not report its end. After a seek it
    // plays it as an ordinary film.
    if (!loop && this.playing) this.seek(this.at);
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

  /**
   * Takes over an element just added to the document; returns a function that releases it. An
   * attachment is removed and run again when something it has read changes, and that would end the
   * film. So it reads nothing that is tracked.
   */
  attach = (video: HTMLVideoElement) => untrack(() => this.#attach(video));

  #attach(video: HTMLVideoElement) {
    this.#video = video;
    video.loop = habits.loop;
    this.#hear();
    const on = (name: string, handler: () => void) =>
      video.addEventListener(name, () => {
        if (this.#video === video) handler();
      });
    on('play', () => (this.playing = true));
    on('pause', () => {
      this.playing = false;
      this.#rest(video);
    });
    on('ended', () => {
      this.playing = false;
      this.at = clampSeek(this.film, this.film.endMs);
    });
    on('timeupdate', () => this.#look(video));
    on('error', () => {
      const code = video.error?.code;
      this.summary = code === 3 || code === 4 ? 'codec' : 'network';
      this.playing = false;
    });
    this.#watch(video);
    // A web view may refuse to start on its own; then the film waits for the user.
    video.play()?.catch(() => undefined);
    return () => {
      this.#video = null;
      video.pause();
      video.removeAttribute('src');
      video.load();
    };
  }

  /** Takes over the canvas below the video. */
  underneath = (canvas: HTMLCanvasElement) => {
    this.#under = canvas;
    return () => (this.#under = null);
  };

  /**
   * WebKitGTK paints nothing while it seeks, for up to half a second. The previous frame is kept
   * below, so that the stage does not go dark with every step.
   */
  #keep() {
    const video = this.#video;
    const canvas = this.#under;
    if (!video || !canvas || video.seeking || video.readyState < video.HAVE_CURRENT_DATA) return;
    const width = Math.round(canvas.clientWidth * window.devicePixelRatio);
    const height = Math.round(canvas.clientHeight * window.devicePixelRatio);
    const picture = pictureOf(video, width, height);
    // What is already there is better than black.
    if (!picture) return;
    // Setting a size empties the canvas, so set it only if it has changed.
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    canvas.getContext('2d')?.drawImage(picture, 0, 0);
  }

  /** The element's clock runs ahead of its picture: where the web view reports frames, use them. */
  #watch(video: HTMLVideoElement) {
    if (!('requestVideoFrameCallback' in video)) return;
    const seen = (now: number, picture: VideoFrameCallbackMetadata) => {
      if (this.#video !== video) return;
      this.#shown = { ms: picture.mediaTime * 1000, when: now };
      if (this.playing) this.at = Math.min(this.#shown.ms, this.film.endMs);
      if (habits.loop && this.frame > this.film.frames - 3) this.#keep();
      video.requestVideoFrameCallback(seen);
    };
    video.requestVideoFrameCallback(seen);
  }

  /** For web views that do not report every frame, and windows that paint none. */
  #look(video: HTMLVideoElement) {
    if (!this.playing || performance.now() - this.#shown.when < TOLD_MS) return;
    this.at = Math.min(video.currentTime * 1000, this.film.endMs);
  }

  /**
   * Paused: the time shown must be that of the frame shown. Web views stop a few frames off what
   * they reported, so the frame is requested by its number.
   */
  #rest(video: HTMLVideoElement) {
    if (video.ended || video.seeking || video.currentTime * 1000 >= this.film.endMs) return;
    this.seek(middleOf(this.film, this.frame));
  }

  toggle() {
    const video = this.#video;
    if (!video) return;
    if (!video.paused && !video.ended) {
      this.#keep();
      video.pause();
      return;
    }
    if (video.ended || this.frame === this.film.frames - 1) this.seek(0);
    video.play()?.catch(() => undefined);
  }

  seek(ms: number) {
    const video = this.#video;
    if (!video) return;
    this.#keep();
    this.at = clampSeek(this.film, ms);
    video.currentTime = this.at / 1000;
  }

  stepFrames(by: number) {
    this.#showFrame(this.frame + by);
  }
  firstFrame() {
    this.#showFrame(0);
  }
  lastFrame() {
    this.#showFrame(this.film.frames - 1);
  }

  #showFrame(frame: number) {
    if (this.playing) this.#keep();
    this.#video?.pause();
    this.seek(middleOf(this.film, frame));
  }
}
