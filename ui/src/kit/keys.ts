/** Keys as the user's own keyboard names them, and what a pressed key is for. */
export const isMac = navigator.userAgent.includes('Mac');
export const mod = isMac ? '⌘' : 'Ctrl';

/** Ctrl, or Cmd on a Mac, without Alt. */
export function withMod(event: KeyboardEvent): boolean {
  return (isMac ? event.metaKey : event.ctrlKey) && !event.altKey;
}

export function plain(event: KeyboardEvent): boolean {
  return !event.metaKey && !event.ctrlKey && !event.altKey;
}

/** Undo and Redo with the usual keys. On a Mac the menu has them. */
export function historyCommand(event: KeyboardEvent): 'undo' | 'redo' | null {
  if (isMac || !withMod(event)) return null;
  const key = event.key.toLowerCase();
  if (key === 'z') return event.shiftKey ? 'redo' : 'undo';
  return key === 'y' && !event.shiftKey ? 'redo' : null;
}

/** Whether the focused element takes text, so that single keys are letters and not commands. */
export function takesText(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLElement && target.isContentEditable) return true;
  return (
    target instanceof HTMLInputElement &&
    !['radio', 'checkbox', 'range', 'button'].includes(target.type)
  );
}
