/** What a paste contains, as far as its text shows. */

/** An address or the path of a file, and nothing else in the line. */
const ADDRESS = /^([a-z][a-z0-9+.-]*:\/\/\S+|file:\S+|\/.+)$/i;

/**
 * Whether a picture may be meant. A browser that copies a picture, and a file manager that copies a
 * file, add at most its address or path as text. Any other text is meant as text.
 */
export function mayBePicture(text: string): boolean {
  return text
    .trim()
    .split(/\s*\n\s*/)
    .every((line) => line === '' || ADDRESS.test(line));
}

/** Inserts text at the cursor as a paste does, so that it can be undone. */
export function insertText(field: EventTarget | null, text: string) {
  if (field instanceof HTMLElement) field.focus();
  document.execCommand('insertText', false, text);
}
