import { screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, it, vi } from 'vitest';
import { start } from './start';
import { clip, generation, page, problem, said, stub } from './testing/stub';

let target: HTMLElement;
beforeEach(() => {
  document.body.innerHTML = '';
  target = document.body.appendChild(document.createElement('div'));
  // As in a hidden window, where nothing is ever painted.
  vi.stubGlobal('requestAnimationFrame', () => 0);
});

const order = (call: { mock: { invocationCallOrder: number[] } }) =>
  call.mock.invocationCallOrder[0] ?? Infinity;

it('draws and shows the window first, and asks the keychain only then', async () => {
  const { backend } = stub({ session: { state: 'opening' } });
  let shown = '';
  backend.reveal.mockImplementation(async () => {
    shown = target.textContent;
    expect(backend.openSession).not.toHaveBeenCalled();
    expect(backend.price).not.toHaveBeenCalled();
    return undefined;
  });
  await start(backend, target);
  expect(shown).toContain('Generate');
  expect(order(backend.listen)).toBeLessThan(order(backend.boot));
  expect(order(backend.reveal)).toBeLessThan(order(backend.openSession));
});

it('makes no poster and touches no video before the window was shown', async () => {
  const bare = generation('a', { state: 'ready', clip: clip({ hasPoster: false }) });
  const { backend } = stub({ gallery: page([bare]) });
  const made = vi.spyOn(document, 'createElement');
  const videos = () => made.mock.calls.filter(([name]) => name === 'video').length;
  backend.reveal.mockImplementation(async () => {
    expect(videos()).toBe(0);
    return undefined;
  });
  await start(backend, target);
  await waitFor(() => expect(videos()).toBe(1));
  expect(document.querySelector('video')).toBeNull();
});

it('wears the chosen theme before anything is drawn', async () => {
  const { backend, boot } = stub();
  boot.preferences = { ...boot.preferences, theme: 'light' };
  document.documentElement.removeAttribute('data-theme');
  backend.reveal.mockImplementation(async () => {
    expect(document.documentElement.dataset['theme']).toBe('light');
    return undefined;
  });
  await start(backend, target);
  expect(backend.reveal).toHaveBeenCalled();
});

it('shows the window and says so even where the start fails', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const { backend } = stub();
  backend.boot.mockRejectedValue(problem(said('The library is newer than the program.')));
  await start(backend, target);
  expect(backend.reveal).toHaveBeenCalledTimes(1);
  expect(screen.getByText('The library is newer than the program.')).toBeVisible();
});
