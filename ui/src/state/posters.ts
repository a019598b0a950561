/**
 * Makes the posters the program has none of. The web view's own decoder is used, so whatever
 * plays can be pictured: one detached element at a time, torn down after each clip, and nothing
 * at all while there is nothing to make.
 */
import type { Backend, Generation } from '../backend';

/** Twice the width of a card on a usual screen; the program stores nothing wider. */
const WIDTH = 640;
/** WebKit reports `seeked` before the new picture is really there. Measured: 250 ms is enough on
 * a machine with nothing else to do; on a busy one the canvas may still be black then. */
const SETTLE_MS = 250;
/** How often a black picture is looked at again. A clip that begins in black keeps its black. */
const LOOKS = 8;
/** Seconds between the pictures that are looked at: a new seek makes a stuck decoder draw. */
const STEP = 0.04;
/** A decoder that says nothing for this long will not say anything any more. */
const GIVE_UP_MS = 15_000;

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

/** Whether a picture shows nothing, as one does that was drawn before it was decoded. */
export function isBlack(rgba: Uint8ClampedArray): boolean {
  for (let at = 0; at < rgba.length; at += 4) {
    if ((rgba[at] ?? 0) + (rgba[at + 1] ?? 0) + (rgba[at + 2] ?? 0) > 24) return false;
  }
  return true;
}

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
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    const brush = canvas.getContext('2d', { willReadFrequently: true });
    if (!brush) throw new Error('cannot be drawn');
    for (let look = 0; look < LOOKS; look++) {
      const seeked = heard(video, 'seeked');
      video.currentTime = 0.001 + look * STEP;
      await seeked;
      // WebKitGTK paints no picture of an element outside the document that does not play.
      await video.play();
      await pause(SETTLE_MS * (1 + look / 2));
      brush.drawImage(video, 0, 0, canvas.width, canvas.height);
      if (!isBlack(brush.getImageData(0, 0, canvas.width, canvas.height).data)) break;
    }
    const jpeg = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.85));
    if (!jpeg) throw new Error('cannot be drawn');
    return new Uint8Array(await jpeg.arrayBuffer());
  } finally {
    video.removeAttribute('src');
    video.load();
  }
}

export class PosterMaker {
  #queue: string[] = [];
  #tried = new Set<string>();
  #busy = false;

  constructor(
    private backend: Backend,
    private grab: (address: string) => Promise<Uint8Array> = grabPoster,
  ) {}

  /** Each clip is tried once a run: what cannot be decoded now cannot be a second later. */
  need(generations: Generation[]) {
    for (const { id, phase } of generations) {
      if (phase.state !== 'ready' || phase.clip.hasPoster || phase.clip.missing) continue;
      if (this.#tried.has(id)) continue;
      this.#tried.add(id);
      this.#queue.push(id);
    }
    if (!this.#busy && this.#queue.length > 0) void this.#work();
  }

  async #work() {
    this.#busy = true;
    for (let id = this.#queue.shift(); id !== undefined; id = this.#queue.shift()) {
      try {
        await this.backend.savePoster(id, await this.grab(this.backend.media('clip', id)));
      } catch (error) {
        console.warn(`No poster for ${id}:`, error);
      }
    }
    this.#busy = false;
  }
}
