/**
 * Whether the clips' files are still where they were saved. The program looks, away from the page;
 * this asks it to when the gallery is shown, when the window comes to the front, and for the one
 * clip that is opened.
 */
import type { Backend } from '../backend';
import type { GalleryState } from '../state/gallery.svelte';

/** Coming back to the window again and again is one reason to look, not ten. */
const SOON_MS = 2000;

export class Presence {
  #asked = 0;
  #last = -SOON_MS;

  constructor(
    private backend: Backend,
    private gallery: GalleryState,
  ) {}

  /** Looks for all of them. What can't be asked now is asked the next time. */
  async look() {
    const asked = ++this.#asked;
    this.#last = performance.now();
    const gone = await this.backend.lookForClips().catch(() => null);
    // A later look knows better.
    if (gone !== null && asked === this.#asked) this.gallery.missing(new Set(gone));
  }

  /** The window came to the front. */
  returned() {
    if (performance.now() - this.#last >= SOON_MS) void this.look();
  }

  /** Looks for the one that is opened. */
  async lookAt(id: string) {
    const now = await this.backend.generation(id).catch(() => null);
    if (now?.phase.state === 'ready') this.gallery.put(now);
  }
}
