import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { open } from '../testing/open';
import { clip, generation, page, SETTINGS, said } from '../testing/stub';

const ready = (id: string, age: number, over: object = {}) =>
  generation(
    id,
    { state: 'ready', clip: clip(over) },
    {
      created: Date.now() - age * 60_000,
      settings: { ...SETTINGS, prompt: `Clip ${id}`, sound: true },
      credits: 35,
      renderedInMs: 144_000,
      finished: Date.now() - age * 60_000 + 144_000,
    },
  );

async function opened(over: object = {}) {
  const view = await open({ gallery: page([ready('new', 1), ready('old', 2, over)]) });
  await view.user.click(screen.getByRole('button', { name: 'Play: Clip old' }));
  const viewer = within(screen.getByRole('region', { name: 'Viewer' }));
  return { ...view, viewer, video: document.querySelector('video') };
}

describe('opening a clip', () => {
  it('plays it from the disk, and there is no video element before', async () => {
    const view = await open({ gallery: page([ready('a', 1)]) });
    expect(document.querySelector('video')).toBeNull();
    await view.user.click(screen.getByRole('button', { name: 'Play: Clip a' }));
    const video = document.querySelector('video');
    expect(video).toHaveAttribute('src', 'http://127.0.0.1:1/t/clip/a');
    expect(video).toHaveAttribute('crossorigin', 'anonymous');
    expect(HTMLMediaElement.prototype.play).toHaveBeenCalled();
  });

  it('shows its settings and its file', async () => {
    const { viewer } = await opened();
    viewer.getByText('Clip old');
    viewer.getByText('Pro, 1080p');
    viewer.getByText('35 credits');
    viewer.getByText('2 min 24 s');
    // Nothing is avoided.
    expect(viewer.getByText('Avoid').nextElementSibling).toHaveTextContent(/^–$/);
    expect(viewer.getByText('lighthouse.mp4')).toHaveAttribute(
      'title',
      '/home/ada/Videos/Inbetween/lighthouse.mp4',
    );
    expect(viewer.getByText(/of/, { selector: '.position' })).toHaveTextContent('2 of 2');
  });
});

describe('the keys', () => {
  it('step by one frame, to the middle of it', async () => {
    const { user, video, viewer } = await opened();
    await user.keyboard('..');
    expect(viewer.getByText('frame 3 of 120')).toBeVisible();
    expect(video?.currentTime).toBeCloseTo(2.5 / 24);
    await user.keyboard(',');
    expect(viewer.getByText('frame 2 of 120')).toBeVisible();
  });

  it('do not step past the last frame, even where the sound goes on', async () => {
    const { user, video, viewer } = await opened({ durationMs: 5300 });
    const position = viewer.getByRole('slider', { name: 'Position' });
    await fireEvent.input(position, { target: { value: '99999' } });
    await user.keyboard('.');
    expect(viewer.getByText('frame 120 of 120')).toBeVisible();
    expect(video?.currentTime).toBeLessThan(5);
  });

  it('pause and play', async () => {
    const { user, video } = await opened();
    Object.defineProperty(video, 'paused', { value: false });
    await user.keyboard(' ');
    expect(HTMLMediaElement.prototype.pause).toHaveBeenCalled();
  });

  it('walk from clip to clip, and Escape leads back to the card', async () => {
    const { user } = await opened();
    await user.keyboard('{ArrowLeft}');
    expect(document.querySelector('video')).toHaveAttribute('src', expect.stringMatching(/new$/));
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('region', { name: 'Viewer' })).toBeNull();
    const card = screen.getByRole('button', { name: 'Play: Clip new' });
    await waitFor(() => expect(card).toHaveFocus());
  });

  it('mean the same wherever the keyboard is, on a slider too', async () => {
    const { user, studio, viewer } = await opened();
    viewer.getByRole('slider', { name: 'Position' }).focus();
    await user.keyboard('{End}');
    expect(viewer.getByText('frame 120 of 120')).toBeVisible();
    await user.keyboard('{Home}');
    expect(viewer.getByText('frame 1 of 120')).toBeVisible();
    await user.keyboard('{ArrowLeft}');
    expect(studio.viewing).toBe('new');
  });
});

it('goes on playing the same film when its poster arrives', async () => {
  const { studio, video } = await opened({ hasPoster: false });
  studio.listeners.generationChanged(ready('old', 2, { hasPoster: true }));
  await tick();
  expect(document.querySelector('video')).toBe(video);
  expect(video).toHaveAttribute('src', 'http://127.0.0.1:1/t/clip/old');
});

it('lets go of the decoder when it is closed', async () => {
  const { user, video } = await opened();
  await user.keyboard('{Escape}');
  expect(video).not.toHaveAttribute('src');
});

describe('summary', () => {
  it('a file that is gone is told with its place, without trying to play it', async () => {
    const { viewer, video } = await opened({ missing: true });
    expect(video).toBeNull();
    expect(viewer.getByRole('alert')).toHaveTextContent(
      '/home/ada/Videos/Inbetween/lighthouse.mp4',
    );
    expect(viewer.getByRole('button', { name: 'Show in folder' })).toBeDisabled();
  });

  it('a missing decoder is told in words, on Linux with what to install', async () => {
    vi.stubGlobal('navigator', { ...navigator, userAgent: 'X11; Linux x86_64' });
    const { viewer, video } = await opened();
    Object.defineProperty(video, 'error', { value: { code: 4 } });
    if (video) await fireEvent.error(video);
    const alert = await viewer.findByRole('alert');
    expect(alert).toHaveTextContent('gstreamer1.0-libav');
    vi.unstubAllGlobals();
  });
});

describe('Delete', () => {
  it('asks first, then goes to the neighbour', async () => {
    const { backend, studio, user, viewer } = await opened();
    await user.click(viewer.getByRole('button', { name: 'Delete' }));
    const asked = within(screen.getByRole('alertdialog'));
    asked.getByText(/its file moved to the trash/);
    expect(backend.remove).not.toHaveBeenCalled();
    await user.click(asked.getByRole('button', { name: 'Delete' }));
    expect(backend.remove).toHaveBeenCalledWith('old');
    await waitFor(() => expect(studio.viewing).toBe('new'));
  });

  it('can be thought better of', async () => {
    const { backend, user, viewer } = await opened();
    await user.click(viewer.getByRole('button', { name: 'Delete' }));
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(backend.remove).not.toHaveBeenCalled();
    expect(screen.queryByRole('alertdialog')).toBeNull();
  });
});

it('Reuse settings loads them into the composer and goes there', async () => {
  const { user, viewer } = await opened();
  await user.click(viewer.getByRole('button', { name: 'Reuse settings' }));
  expect(screen.queryByRole('region', { name: 'Viewer' })).toBeNull();
  const prompt = screen.getByRole('textbox', { name: 'Prompt' });
  expect(prompt).toHaveValue('Clip old');
  await waitFor(() => expect(prompt).toHaveFocus());
});

it('a folder that cannot be opened is told in words', async () => {
  const { backend, user, viewer } = await opened();
  backend.showInFolder.mockRejectedValue({
    code: 'noFolder',
    message: said('No file manager answered.'),
  });
  await user.click(viewer.getByRole('button', { name: 'Show in folder' }));
  await screen.findByText('No file manager answered.');
});
