/**
 * The order of a start: what is on this machine is asked for and drawn, the window is shown, and
 * only after the first paint is anything asked that could take time (keychain, network).
 */
import { mount } from 'svelte';
import App from './App.svelte';
import { connect, type Backend } from './backend';
import { Studio, wearTheme } from './state/studio.svelte';
import './styles/index.css';

/** A hidden or covered window paints nothing; then this is late enough. */
const PAINT_MS = 300;

function firstPaint(): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, PAINT_MS);
    requestAnimationFrame(() => requestAnimationFrame(() => done()));
  });
}

function target(): HTMLElement {
  const element = document.getElementById('app');
  if (!element) throw new Error('The page has no place to draw in.');
  return element;
}

async function start(backend: Backend) {
  const listeners: { studio?: Studio } = {};
  await backend.listen({
    generationChanged: (generation) => listeners.studio?.listeners.generationChanged(generation),
    generationRemoved: (id) => listeners.studio?.listeners.generationRemoved(id),
    countsChanged: (counts) => listeners.studio?.listeners.countsChanged(counts),
    sessionChanged: (session) => listeners.studio?.listeners.sessionChanged(session),
  });
  const boot = await backend.boot();
  wearTheme(boot.preferences.theme);
  const studio = new Studio(backend, boot);
  listeners.studio = studio;
  mount(App, { target: target(), props: { studio } });
  await backend.reveal();
  await firstPaint();
  studio.painted = true;
  await backend.onFileDrag(studio.arrivals.drag);
  const problem = await studio.session.open();
  if (problem) studio.voice.tell(problem.message, true);
}

function explain(error: unknown) {
  console.error(error);
  const words = document.createElement('p');
  words.className = 'broken text';
  words.textContent =
    error instanceof Error && error.message.startsWith('Inbetween')
      ? error.message
      : 'Inbetween could not start. Close it and start it again; the log says more.';
  target().replaceChildren(words);
}

connect()
  .then((backend) =>
    start(backend).catch((error: unknown) => {
      explain(error);
      // A window that stays hidden would tell nobody.
      return backend.reveal();
    }),
  )
  .catch(explain);
