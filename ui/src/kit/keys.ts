/** Keys as the person's own keyboard names them, and who gets a key that is pressed. */
export const isMac = navigator.userAgent.includes('Mac');
export const mod = isMac ? '⌘' : 'Ctrl';

/** Ctrl here, Cmd on a Mac, and nothing else with it. */
export function withMod(event: KeyboardEvent): boolean {
  return (isMac ? event.metaKey : event.ctrlKey) && !event.altKey;
}

export function plain(event: KeyboardEvent): boolean {
  return !event.metaKey && !event.ctrlKey && !event.altKey;
}

/** Undo and Redo as every program has them; on a Mac they are the menu's. */
export function historyCommand(event: KeyboardEvent): 'undo' | 'redo' | null {
  if (isMac || !withMod(event)) return null;
  const key = event.key.toLowerCase();
  if (key === 'z') return event.shiftKey ? 'redo' : 'undo';
  return key === 'y' && !event.shiftKey ? 'redo' : null;
}

/** Whether what has the focus takes text, so that single keys are letters and not commands. */
export function takesText(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLElement && target.isContentEditable) return true;
  return (
    target instanceof HTMLInputElement &&
    !['radio', 'checkbox', 'range', 'button'].includes(target.type)
  );
}
