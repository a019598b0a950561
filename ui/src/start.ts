/**
 * The order of startup: what is on this machine is requested and drawn, the window is shown, and
 * only after the first paint is anything requested that could take time (keychain, network).
 */
import { mount } from 'svelte';
import App from './App.svelte';
import { asProblem, type Backend, type Listeners } from './backend';
import { Studio, applyTheme } from './state/studio.svelte';
import { sentence } from './catalogue';

/** A hidden or covered window paints nothing; then waiting this long is enough. */
const PAINT_MS = 300;

function firstPaint(): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, PAINT_MS);
    requestAnimationFrame(() => requestAnimationFrame(() => done()));
  });
}

async function open(backend: Backend, target: HTMLElement) {
  const opened: { studio?: Studio } = {};
  // Before anything else, so that no change between the first answer and the first view is lost.
  const listeners = new Proxy({} as Listeners, {
    get: (_, name: keyof Listeners) => (payload: never) => opened.studio?.listeners[name](payload),
  });
  await backend.listen(listeners);
  const boot = await backend.boot();
  applyTheme(boot.preferences.theme);
  const studio = new Studio(backend, boot);
  opened.studio = studio;
  mount(App, { target, props: { studio } });
  await backend.reveal();
  await firstPaint();
  studio.painted = true;
  await backend.onFileDrag(studio.pictureInput.drag);
  const problem = await studio.session.open();
  if (problem) studio.announcer.tell(sentence(problem.message), true);
}

export function explain(error: unknown, target: HTMLElement) {
  const message = document.createElement('p');
  message.className = 'broken text';
  message.textContent = sentence(asProblem(error).message);
  target.replaceChildren(message);
}

export async function start(backend: Backend, target: HTMLElement) {
  try {
    await open(backend, target);
  } catch (error) {
    explain(error, target);
    // If the window stayed hidden, the user would not see the error.
    await backend.reveal();
  }
}
