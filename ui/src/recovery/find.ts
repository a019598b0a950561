/** Has the person point at a missing clip's file, from the card or the viewer. */
import type { Studio } from '../state/studio.svelte';
import { t } from '../words';

/** Rejects with a `Problem` where the file is not that clip. */
export async function findFile(studio: Studio, id: string) {
  const found = await studio.backend.findClip(id);
  if (found === null) return;
  studio.changed(found.generation);
  studio.voice.tell(t('recovery-found', { others: found.others }));
  await studio.presence.look();
}
