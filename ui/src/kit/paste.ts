/** What a paste is about, as far as its text tells. */

/** An address, or the path of a file, and nothing else in the line. */
const ADDRESS = /^([a-z][a-z0-9+.-]*:\/\/\S+|file:\S+|\/.+)$/i;

/**
 * Whether a picture may be meant. A browser that copies a picture, and a file manager that copies a
 * file, put at most its address or path beside it; words are meant as words.
 */
export function mayBePicture(text: string): boolean {
  return text
    .trim()
    .split(/\s*\n\s*/)
    .every((line) => line === '' || ADDRESS.test(line));
}

/** Writes a text where the cursor is, as a paste does: it can be undone. */
export function insertText(field: EventTarget | null, text: string) {
  if (field instanceof HTMLElement) field.focus();
  document.execCommand('insertText', false, text);
}
