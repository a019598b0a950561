import { clearMocks, mockIPC } from '@tauri-apps/api/mocks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { asProblem, type FileDrag, type Listeners, type Settings } from '.';
import { sentence } from '../catalogue';
import { tauriBackend } from './tauri';

interface Call {
  command: string;
  payload: unknown;
}
let calls: Call[] = [];
/** The page's event handlers, by event name. */
let handlers: Record<string, (event: unknown) => void> = {};

beforeEach(() => {
  calls = [];
  handlers = {};
  Object.defineProperty(window, '__TAURI_INTERNALS__', {
    value: { metadata: { currentWindow: { label: 'main' }, currentWebview: { label: 'main' } } },
    configurable: true,
    writable: true,
  });
  mockIPC((command, payload) => {
    calls.push({ command, payload });
    if (command === 'boot') return { mediaBase: 'http://127.0.0.1:9/token' };
    if (command === 'plugin:event|listen') {
      const { event, handler } = payload as { event: string; handler: number };
      handlers[event] = (sent) => {
        const internals = (window as unknown as { __TAURI_INTERNALS__: Record<string, never> })
          .__TAURI_INTERNALS__ as unknown as {
          runCallback: (id: number, data: unknown) => void;
        };
        internals.runCallback(handler, sent);
      };
      return handler;
    }
    if (command === 'sign_in') throw { message: { code: 'keyNotRecognised' } };
    return null;
  });
});
afterEach(() => {
  clearMocks();
  vi.unstubAllGlobals();
});

it('media come from the address that the program gave at the start', async () => {
  const backend = tauriBackend();
  await backend.boot();
  expect(backend.media('clip', 'a/b')).toBe('http://127.0.0.1:9/token/clip/a%2Fb');
});

it('half an emoji goes over as a whole character', async () => {
  const settings = { prompt: 'A cat \uD83D', shots: [{ prompt: '\uDE00 and 😀', seconds: 3 }] };
  await tauriBackend().saveDraft(settings as unknown as Settings);
  const { payload } = calls[0] as { payload: { settings: typeof settings } };
  expect(payload.settings.prompt).toBe('A cat \uFFFD');
  expect(payload.settings.shots[0]?.prompt).toBe('\uFFFD and 😀');
  expect(JSON.stringify(payload)).not.toMatch(/\\ud[89a-f]/);
});

it('each event of the program reaches its listener', async () => {
  const heard: unknown[] = [];
  const listeners = new Proxy({} as Listeners, {
    get: (_, name) => (payload: unknown) => heard.push([name, payload]),
  });
  await tauriBackend().listen(listeners);
  handlers['generation-removed']?.({ payload: 'g1' });
  handlers['profile-changed']?.({ payload: null });
  expect(heard).toEqual([
    ['generationRemoved', 'g1'],
    ['profileChanged', null],
  ]);
});

it('a poster goes over as raw bytes', async () => {
  const jpeg = new Uint8Array([255, 216, 255]);
  await tauriBackend().savePoster('g1', jpeg);
  expect(calls[0]).toEqual({ command: 'save_poster', payload: jpeg });
});

it('what the program refuses keeps its code', async () => {
  const refused = await tauriBackend().signIn('afk_x', 'keychain').catch(asProblem);
  expect(refused).toMatchObject({
    message: { code: 'keyNotRecognised' },
    violations: [],
  });
});

it('what is no problem of the program’s becomes a sentence all the same', () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  expect(sentence(asProblem(new TypeError('x is undefined')).message)).toMatch(
    /Something went wrong/,
  );
});

describe('a file dragged over the window', () => {
  async function dragged(userAgent: string) {
    vi.stubGlobal('navigator', { ...navigator, userAgent });
    vi.stubGlobal('devicePixelRatio', 2);
    const seen: FileDrag[] = [];
    await tauriBackend().onFileDrag((drag) => seen.push(drag));
    handlers['tauri://drag-over']?.({ payload: { position: { x: 100, y: 40 } } });
    handlers['tauri://drag-drop']?.({
      payload: { paths: ['/a.png'], position: { x: 100, y: 40 } },
    });
    handlers['tauri://drag-leave']?.({ payload: null });
    return seen;
  }
  it('is where the pointer is on Linux and a Mac', async () => {
    expect(await dragged('X11; Linux')).toEqual([
      { type: 'over', x: 100, y: 40 },
      { type: 'drop', x: 100, y: 40, paths: ['/a.png'] },
      { type: 'leave' },
    ]);
  });
  it('is told in physical pixels on Windows', async () => {
    const [over] = await dragged('Windows NT 10.0');
    expect(over).toEqual({ type: 'over', x: 50, y: 20 });
  });
});
