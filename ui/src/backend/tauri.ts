/** The real program, over Tauri's calls and events. */
import { invoke } from '@tauri-apps/api/core';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import type { Backend, Commands, FileDrag, Listeners, MediaKind } from '.';
import { commands as bound, events } from './bindings';

/**
 * The typed calls, with lone surrogates in strings replaced. A string cut in the middle of an emoji
 * contains one. As JSON it can't be read, and the call would fail.
 */
const commands = Object.fromEntries(
  Object.entries(bound).map(([name, call]) => [
    name,
    (...given: unknown[]) => (call as (...given: unknown[]) => unknown)(...given.map(wellFormed)),
  ]),
) as unknown as Commands;

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\p{Surrogate}/gu, '\uFFFD');
  if (Array.isArray(value)) return value.map(wellFormed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, wellFormed(one)]));
}

export function tauriBackend(): Backend {
  let mediaBase = '';
  return {
    ...commands,

    async boot() {
      const boot = await commands.boot();
      mediaBase = boot.mediaBase;
      return boot;
    },

    /** Raw bytes do not fit a typed command: the body is the picture, a header carries the id. */
    async savePoster(id: string, jpeg: Uint8Array) {
      await invoke('save_poster', jpeg, { headers: { 'x-generation': id } });
    },

    media(kind: MediaKind, id: string) {
      return `${mediaBase}/${kind}/${encodeURIComponent(id)}`;
    },

    async listen(to: Listeners) {
      const names = Object.keys(events) as (keyof Listeners)[];
      await Promise.all(
        names.map((name) => events[name].listen(({ payload }) => to[name](payload as never))),
      );
    },

    async onFileDrag(handler: (drag: FileDrag) => void) {
      // Only Windows reports physical pixels here, although the type says so for all three systems.
      const scale = navigator.userAgent.includes('Windows') ? window.devicePixelRatio : 1;
      await getCurrentWebview().onDragDropEvent(({ payload }) => {
        if (payload.type === 'leave') {
          handler({ type: 'leave' });
          return;
        }
        const x = payload.position.x / scale;
        const y = payload.position.y / scale;
        if (payload.type === 'drop') handler({ type: 'drop', x, y, paths: payload.paths });
        else handler({ type: 'over', x, y });
      });
    },
  };
}
