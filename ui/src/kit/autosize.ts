/** Lets a text area grow with its text, up to the height that its style allows. */
import type { Attachment } from 'svelte/attachments';

export function autosize(text: () => string): Attachment<HTMLTextAreaElement> {
  return (area) => {
    void text();
    area.style.height = 'auto';
    const border = area.offsetHeight - area.clientHeight;
    area.style.height = `${area.scrollHeight + border}px`;
  };
}
