/**
 * Makes the posters that the program lacks. The web view's own decoder is used, so whatever plays
 * can have a poster: one detached element at a time, torn down after each clip, and nothing at all
 * while there is nothing to make.
 */
import type { Backend, Generation } from '../backend';
import { pictureOf } from '../kit/picture';

/** Twice the width of a card on a typical screen; the program stores nothing wider. */
const WIDTH = 640;
/**
 * When to look for the picture, in ms after the previous look. WebKitGTK reports a picture before
 * it can be drawn; until then a canvas gets black. Measured with software decoding on two cores,
 * with the element paused and outside the document: at once for 720p, 0.5 to 1.5 s for 4K. While
 * playing it takes up to 6 s, because late pictures are dropped. A look costs 0.25 s for a 4K
 * picture.
 */
const LOOKS = [0, 100, 250, 500, 1000, 2000, 4000, 4000];
/**
 * Where to look, as fractions of the length. Takes of one prompt start alike, with the same start
 * frame, and differ by two thirds of the length. If it is black there, other places are tried.
 */
const PLACES = [2 / 3, 0.9, 0.3, 0];
/** A decoder that reports nothing for this long will not report anything any more. */
const GIVE_UP_MS = 15_000;
/** In one test of the window, a good clip got no poster; the reason is not known. */
const TRIES = 3;

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

function heard(video: HTMLVideoElement, name: string): Promise<void> {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`no ${name}`)), GIVE_UP_MS);
    const settle = (then: () => void) => {
      clearTimeout(timer);
      video.removeEventListener(name, good);
      video.removeEventListener('error', bad);
      then();
    };
    const good = () => settle(done);
    const bad = () => settle(() => fail(new Error('cannot be decoded')));
    video.addEventListener(name, good);
    video.addEventListener('error', bad);
  });
}

/** A picture of the clip that is not black, as JPEG. */
export async function grabPoster(address: string): Promise<Uint8Array> {
  const video = document.createElement('video');
  video.crossOrigin = 'anonymous';
  video.muted = true;
  video.preload = 'auto';
  try {
    const loaded = heard(video, 'loadeddata');
    video.src = address;
    await loaded;
    const scale = Math.min(1, WIDTH / video.videoWidth);
    const width = Math.round(video.videoWidth * scale);
    const height = Math.round(video.videoHeight * scale);
    const canvas = await firstPicture(video, width, height);
    const jpeg = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.85));
    if (!jpeg) throw new Error('cannot be drawn');
    return new Uint8Array(await jpeg.arrayBuffer());
  } finally {
    video.removeAttribute('src');
    video.load();
  }
}

async function firstPicture(video: HTMLVideoElement, width: number, height: number) {
  for (const place of PLACES) {
    const seeked = heard(video, 'seeked');
    video.currentTime = place * video.duration;
    await seeked;
    for (const wait of LOOKS) {
      await pause(wait);
      const canvas = pictureOf(video, width, height);
      if (canvas) return canvas;
    }
  }
  throw new Error('every picture is black');
}

export class PosterMaker {
  #queue: string[] = [];
  #tries = new Map<string, number>();
  #busy = false;

  constructor(
    private backend: Backend,
    private grab: (address: string) => Promise<Uint8Array> = grabPoster,
  ) {}

  /** Asked for by each card that is shown. A clip that yields no poster is tried again after the others, and then left alone. */
  need({ id, phase }: Generation) {
    if (phase.state !== 'ready' || phase.clip.hasPoster || phase.clip.missing) return;
    if (this.#tries.has(id)) return;
    this.#tries.set(id, 0);
    this.#queue.push(id);
    if (!this.#busy) void this.#work();
  }

  async #work() {
    this.#busy = true;
    for (let id = this.#queue.shift(); id !== undefined; id = this.#queue.shift()) {
      try {
        await this.backend.savePoster(id, await this.grab(this.backend.media('clip', id)));
      } catch (error) {
        console.warn(`No poster for ${id}:`, error);
        const tries = (this.#tries.get(id) ?? 0) + 1;
        this.#tries.set(id, tries);
        if (tries < TRIES) this.#queue.push(id);
      }
    }
    this.#busy = false;
  }
}
