/**
 * Whether the clips' files are still where they were saved. The program checks, outside the page.
 * This asks it to check when the gallery is shown, when the window comes to the front, and for the
 * one clip that is opened.
 */
import type { Backend } from '../backend';
import type { GalleryState } from '../state/gallery.svelte';

/** If the window comes to the front several times within this time, one check is enough. */
const SOON_MS = 2000;

export class MissingFiles {
  #asked = 0;
  #last = -SOON_MS;

  constructor(
    private backend: Backend,
    private gallery: GalleryState,
  ) {}

  /** Checks all of them. If the program can't be asked now, the next check asks it. */
  async look() {
    const asked = ++this.#asked;
    this.#last = performance.now();
    const gone = await this.backend.lookForClips().catch(() => null);
    // A later check has newer results.
    if (gone !== null && asked === this.#asked) this.gallery.missing(new Set(gone));
  }

  /** The window came to the front. */
  returned() {
    if (performance.now() - this.#last >= SOON_MS) void this.look();
  }

  /** Checks the clip that is opened. */
  async lookAt(id: string) {
    const now = await this.backend.generation(id).catch(() => null);
    if (now?.phase.state === 'ready') this.gallery.put(now);
  }
}
