/** Has the person point at a missing clip's file, from the card or the viewer. */
import type { Studio } from '../state/studio.svelte';
import { count } from '../state/words';

/** Rejects with a `Problem` where the file is not that clip. */
export async function findFile(studio: Studio, id: string) {
  const found = await studio.backend.findClip(id);
  if (found === null) return;
  studio.changed(found.generation);
  const others =
    found.others === 0
      ? ''
      : found.others === 1
        ? ' Another missing clip was in the same folder.'
        : ` ${count(found.others)} other missing clips were in the same folder.`;
  studio.voice.tell(`The clip is found.${others}`);
  await studio.presence.look();
}
