/** Asks the user to choose a missing clip's file, from the card or the viewer. */
import type { Studio } from '../state/studio.svelte';
import { t } from '../catalogue';

/** Rejects with a `Problem` if the file is not that clip. */
export async function findFile(studio: Studio, id: string) {
  const found = await studio.backend.findClip(id);
  if (found === null) return;
  studio.changed(found.generation);
  studio.announcer.tell(t('recovery-found', { others: found.others }));
  await studio.missingFiles.look();
}
