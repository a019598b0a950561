/**
 * How a generation is shown that came from the account's list: what Apiframe did not tell is said
 * to be unknown, never guessed.
 */
import type { Field, Generation } from '../backend';
import type { Studio } from '../state/studio.svelte';

const NAMES: Record<string, string> = {
  'kling-3.0': 'Kling 3.0',
  'kling-3.0-omni': 'Kling 3.0 Omni',
};

export function modelName(id: string): string {
  return NAMES[id] ?? (id || 'Model unknown');
}

export function isUnknown(generation: Generation, field: Field): boolean {
  return generation.broughtIn?.unknown.includes(field) ?? false;
}

/** The prompt, or why there is none to show. */
export function promptOf(generation: Generation): string {
  const prompt = generation.settings.prompt.trim();
  if (prompt !== '') return prompt;
  if (!generation.whole) return 'Part of this entry can’t be read';
  return isUnknown(generation, 'prompt') ? 'Prompt unknown' : 'No prompt';
}

/** What became of the pictures it was made with; null where nothing needs to be said. */
export function framesNote(generation: Generation): string | null {
  const told = generation.broughtIn;
  if (!told) return null;
  if (told.notKept.length > 0) {
    return told.notKept.length === 1 && told.notKept[0] !== 'references'
      ? `The ${told.notKept[0]} frame is not kept: Apiframe deletes pictures after use`
      : 'Not kept: Apiframe deletes pictures after use';
  }
  return told.unknown.includes('start') ? 'Unknown' : null;
}

/** Loads the settings into the composer, with a word about what is missing among them. */
export function reuse(studio: Studio, generation: Generation) {
  studio.voice.hush();
  studio.composer.reuse(generation.settings);
  const told = generation.broughtIn;
  const isGap = told !== null && told.unknown.length + told.notKept.length > 0;
  if (isGap || !generation.whole) {
    studio.voice.tell(
      generation.whole
        ? 'Some settings of this clip are unknown. Check them before you generate.'
        : 'Part of this entry can’t be read. Check the settings before you generate.',
      false,
      studio.voice.note?.action,
    );
  }
}
