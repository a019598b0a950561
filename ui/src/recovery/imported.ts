/**
 * How a generation imported from the account's list is shown: what Apiframe did not report is shown
 * as unknown, never guessed.
 */
import type { Field, Generation } from '../backend';
import type { Studio } from '../state/studio.svelte';
import { t } from '../catalogue';

const NAMES: Record<string, string> = {
  'kling-3.0': 'Kling 3.0',
  'kling-3.0-omni': 'Kling 3.0 Omni',
};

export function modelName(id: string): string {
  return NAMES[id] ?? (id || t('recovery-model-unknown'));
}

export function isUnknown(generation: Generation, field: Field): boolean {
  return generation.imported?.unknown.includes(field) ?? false;
}

/** The prompt, or why there is none to show. */
export function promptOf(generation: Generation): string {
  const prompt = generation.settings.prompt.trim();
  if (prompt !== '') return prompt;
  if (!generation.whole) return t('recovery-prompt-unreadable');
  return isUnknown(generation, 'prompt') ? t('recovery-prompt-unknown') : t('words-no-prompt');
}

/** What became of the pictures it was made with; null if nothing needs to be said. */
export function framesNote(generation: Generation): string | null {
  const imported = generation.imported;
  if (!imported) return null;
  if (imported.notKept.length > 0) {
    const [field] = imported.notKept;
    return imported.notKept.length === 1 && field && field !== 'references'
      ? t('recovery-frame-not-kept', { field })
      : t('recovery-pictures-not-kept');
  }
  return imported.unknown.includes('start') ? t('recovery-unknown') : null;
}

/** Loads the settings into the composer, and says if some of them are missing. */
export function reuse(studio: Studio, generation: Generation) {
  studio.announcer.hush();
  studio.composer.reuse(generation.settings);
  const imported = generation.imported;
  const isGap = imported !== null && imported.unknown.length + imported.notKept.length > 0;
  if (isGap || !generation.whole) {
    studio.announcer.tell(
      generation.whole ? t('recovery-reused-unknown') : t('recovery-reused-unreadable'),
      false,
      studio.announcer.note?.action,
    );
  }
}
