/**
 * The only connection between the page and the program. Everything else in the page uses `Backend`,
 * so tests can put a stub in its place. Nothing is decided here: methods pass a call on and return
 * the result, or reject with a `Problem` whose message can be shown.
 */
import type { commands, events, Problem } from './bindings';
import { t } from '../catalogue';

export type * from './bindings';

export type MediaKind = 'clip' | 'poster' | 'frame' | 'thumb';

/** What comes with an event. */
type Payload<Event> = Event extends {
  listen(heard: (event: { payload: infer Sent }) => void): unknown;
}
  ? Sent
  : never;

/** What the program reports without being asked, as the program describes it. */
export type Listeners = {
  [Name in keyof typeof events]: (payload: Payload<(typeof events)[Name]>) => void;
};

/** Files dragged over the window from another program; x and y in CSS pixels. */
export type FileDrag =
  | { type: 'over'; x: number; y: number }
  | { type: 'drop'; x: number; y: number; paths: string[] }
  | { type: 'leave' };

/** The result of a command. A command without a result is only awaited. */
type Answer<T> = [T] extends [null] ? unknown : T;

/** The program's commands, as the program describes them. */
export type Commands = {
  [Name in keyof typeof commands]: (
    ...given: Parameters<(typeof commands)[Name]>
  ) => Promise<Answer<Awaited<ReturnType<(typeof commands)[Name]>>>>;
};

export interface Backend extends Commands {
  savePoster(id: string, jpeg: Uint8Array): Promise<void>;
  /** The address of a clip, its poster, a frame or its thumbnail. Valid after `boot`. */
  media(kind: MediaKind, id: string): string;
  /** Resolves once no later event from the program can be missed. */
  listen(listeners: Listeners): Promise<void>;
  onFileDrag(handler: (drag: FileDrag) => void): Promise<void>;
}

function isProblem(error: unknown): error is Problem {
  return (
    typeof error === 'object' &&
    error !== null &&
    typeof (error as Partial<Problem>).message?.code === 'string'
  );
}

/** Turns whatever a call was rejected with into something that can be shown. */
export function asProblem(error: unknown): Problem {
  if (isProblem(error)) {
    return { ...error, field: error.field ?? null, violations: error.violations ?? [] };
  }
  console.error(error);
  return {
    message: { code: 'brokeOff' },
    field: null,
    violations: [],
  };
}

/** The program's own window has Tauri. A browser does not. */
export async function connect(): Promise<Backend> {
  if ('__TAURI_INTERNALS__' in window) {
    const { tauriBackend } = await import('./tauri');
    return tauriBackend();
  }
  const problem: Problem = {
    message: { code: 'said', text: t('page-own-window') },
    field: null,
    violations: [],
  };
  throw problem;
}
