/**
 * Pictures that come from outside: files dragged in from another program, and what is on the
 * clipboard. Decides which slot they are for; the slots do the rest.
 */
import type { FileDrag } from '../backend';
import { mayBePicture } from '../kit/paste';
import { t } from '../catalogue';
import type { ComposerState } from './composer.svelte';
import type { SlotName } from './slot.svelte';
import type { Announcer } from './announcer.svelte';

/** The slot under a point of the window, if any. */
export function slotAt(x: number, y: number): SlotName | null {
  const target = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-slot]');
  const name = target?.dataset['slot'];
  return name === 'start' || name === 'end' ? name : null;
}

export class PictureInput {
  /** The slot that a drop would fill now. */
  over = $state<SlotName | null>(null);
  /** Whether files are being dragged over the window at all. */
  dragging = $state(false);

  constructor(
    private composer: ComposerState,
    private announcer: Announcer,
    /** Whether the composer can currently be seen and reached. */
    private open: () => boolean,
    private find: typeof slotAt = slotAt,
  ) {}

  #firstEmpty(): SlotName | null {
    if (this.composer.start.hash === null && !this.composer.start.busy) return 'start';
    if (this.composer.end.hash === null && !this.composer.end.busy) return 'end';
    return null;
  }

  drag = (drag: FileDrag) => {
    if (drag.type === 'leave' || !this.open()) {
      this.dragging = false;
      this.over = null;
      return;
    }
    const under = this.find(drag.x, drag.y);
    if (drag.type === 'over') {
      this.dragging = true;
      this.over = under ?? this.#firstEmpty();
      return;
    }
    this.dragging = false;
    this.over = null;
    void this.drop(drag.paths, under);
  };

  async drop(paths: string[], under: SlotName | null) {
    const [first, second] = paths;
    if (first === undefined) {
      const slot = this.composer.slot(under ?? this.#firstEmpty() ?? 'start');
      slot.problem = t('composer-not-a-file');
      return;
    }
    if (paths.length > 2) this.announcer.tell(t('composer-only-two'));
    if (second === undefined) {
      const name = under ?? this.#firstEmpty();
      if (name === null) this.announcer.tell(t('composer-both-taken-drop'), true);
      else await this.composer.slot(name).import(first);
      return;
    }
    // Two files: the first goes to start, or where it was dropped; the second to the other slot.
    const one = under ?? 'start';
    const other = one === 'start' ? 'end' : 'start';
    await Promise.all([
      this.composer.slot(one).import(first),
      this.composer.slot(other).import(second),
    ]);
  }

  /** Takes the clipboard's picture, or passes its text, which may be known, to the text field. */
  async pasteIntoText(known: string, insert: (text: string) => void) {
    const text = known || ((await this.composer.clipboardText()) ?? '');
    if (mayBePicture(text)) await this.paste(null, () => text !== '' && insert(text));
    else insert(text);
  }

  /**
   * Takes the clipboard's picture into that slot or the first empty one. `otherwise` handles a
   * paste without a picture: the field then takes the text.
   */
  async paste(into: SlotName | null, otherwise: (() => unknown) | null = null) {
    if (!this.open()) return;
    const name = into ?? this.#firstEmpty();
    if (name === null) {
      if (otherwise) otherwise();
      else this.announcer.tell(t('composer-both-taken-paste'), true);
      return;
    }
    const slot = this.composer.slot(name);
    const came = await slot.paste();
    if (came || slot.problem !== null) return;
    if (otherwise) otherwise();
    else this.announcer.tell(t('composer-clipboard-empty'));
  }
}
