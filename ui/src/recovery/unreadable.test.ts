import { screen, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { open } from '../testing/open';
import { clip, generation, page, SETTINGS, said } from '../testing/stub';

const ready = (over: object, settings: object) =>
  generation(
    'a',
    { state: 'ready', clip: clip() },
    { credits: 35, ...over, settings: { ...SETTINGS, ...settings } },
  );

const inViewer = () => within(screen.getByRole('region', { name: 'Viewer' }));

describe('an entry that can’t be read', () => {
  const garbled = ready({ whole: false }, { prompt: '' });

  it('is a card that says so, and its clip plays', async () => {
    const { user } = await open({ gallery: page([garbled]) });
    const card = within(screen.getByRole('listitem'));
    card.getByText('Settings can’t be read');
    expect(card.queryByText('Pro')).toBeNull();
    await user.click(card.getByRole('button', { name: 'Play: Part of this entry can’t be read' }));
    expect(document.querySelector('video')).toHaveAttribute('src', 'http://127.0.0.1:1/t/clip/a');
    expect(inViewer().getAllByText('Can’t be read')).toHaveLength(5);
  });

  it('says that its settings need a look before they are used again', async () => {
    const { user } = await open({ gallery: page([garbled]) });
    await user.click(screen.getByRole('button', { name: /^Play/ }));
    await user.click(inViewer().getByRole('button', { name: 'Reuse settings' }));
    screen.getByText(/^Part of this entry can’t be read\. Check the settings/);
  });
});

describe('settings of a newer Inbetween', () => {
  const newer = ready({}, { others: { model: '"kling-9"', camera: '{"pan":3}' } });

  it('are shown by their names', async () => {
    const { user } = await open({ gallery: page([newer]) });
    await user.click(screen.getByRole('button', { name: /^Play/ }));
    inViewer().getByText('camera');
    inViewer().getByText('{"pan":3}');
    inViewer().getByText('kling-9');
  });

  it('are named in the composer until they are left out, and Generate leads there', async () => {
    const { user, backend } = await open({ gallery: page([newer]) });
    await user.click(screen.getByRole('button', { name: /^Play/ }));
    await user.click(inViewer().getByRole('button', { name: 'Reuse settings' }));
    const unknown = within(screen.getByRole('group', { name: 'Settings of a newer Inbetween' }));
    unknown.getByText('camera {"pan":3}');
    backend.generate.mockRejectedValueOnce({
      code: 'settings',
      message: said('Not known here.'),
      field: null,
      violations: [{ field: 'model', message: said('Not known here.') }],
    });
    await user.click(screen.getByRole('button', { name: /^Generate/ }));
    const leave = unknown.getByRole('button', { name: 'Leave them out' });
    await expect.poll(() => document.activeElement).toBe(leave);
    await user.click(leave);
    expect(screen.queryByRole('group', { name: 'Settings of a newer Inbetween' })).toBeNull();
    await user.click(screen.getByRole('button', { name: /^Generate/ }));
    expect(backend.generate).toHaveBeenLastCalledWith(expect.objectContaining({ others: {} }));
  });
});
