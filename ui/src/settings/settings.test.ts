import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { Session } from '../backend';
import { open } from '../testing/open';
import { ACCOUNT, IN_SANDBOX, PREFERENCES, problem, said } from '../testing/stub';

async function opened(session?: Session) {
  const view = await open(session ? { session } : {});
  await view.user.click(screen.getByRole('button', { name: 'Settings' }));
  const sheet = within(screen.getByRole('dialog', { name: 'Settings' }));
  return { ...view, sheet };
}

describe('the key', () => {
  it('is known by its last four characters and where it is kept', async () => {
    const { sheet } = await opened();
    expect(sheet.getByText(/Key ending in/)).toHaveTextContent(
      'Key ending in x7Qd, kept in this computer’s keychain.',
    );
  });

  it('can be replaced', async () => {
    const { backend, sheet, user } = await opened();
    await user.click(sheet.getByRole('button', { name: 'Replace…' }));
    await user.type(sheet.getByLabelText('Apiframe API key'), 'afk_new{Enter}');
    expect(backend.signIn).toHaveBeenCalledWith('afk_new', 'keychain');
    await sheet.findByRole('button', { name: 'Replace…' });
  });

  it('is removed only after a second, plain yes', async () => {
    const { backend, sheet, user } = await opened();
    await user.click(sheet.getByRole('button', { name: 'Remove…' }));
    expect(backend.signOut).not.toHaveBeenCalled();
    const asked = within(screen.getByRole('alertdialog'));
    await user.click(asked.getByRole('button', { name: 'Remove' }));
    await screen.findByLabelText('Apiframe API key');
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('of this run’s environment cannot be removed here', async () => {
    const key = { last4: 'x7Qd', source: 'environment' } as const;
    const { sheet } = await opened({ state: 'ready', account: { ...ACCOUNT, key } });
    expect(sheet.getByText(/Key ending in/)).toHaveTextContent('from APIFRAME_API_KEY');
    expect(sheet.queryByRole('button', { name: 'Remove…' })).toBeNull();
  });
});

it('the theme changes at once and is kept', async () => {
  const { backend, sheet, user } = await opened();
  await user.click(sheet.getByRole('radio', { name: 'Light' }));
  expect(document.documentElement.dataset['theme']).toBe('light');
  expect(backend.setTheme).toHaveBeenCalledWith('light');
  await user.click(sheet.getByRole('radio', { name: 'System' }));
  expect(document.documentElement).not.toHaveAttribute('data-theme');
});

it('what goes wrong in a dialog is said on top of it, where it can be read out and pressed away', async () => {
  const { backend, sheet, user } = await opened();
  backend.openFolder.mockRejectedValue(problem(said('No file manager answered.')));
  const [button] = sheet.getAllByRole('button', { name: 'Open' });
  await user.click(button as HTMLElement);
  await sheet.findByText('No file manager answered.');
  await user.click(sheet.getByRole('button', { name: 'Dismiss' }));
  expect(screen.queryByText('No file manager answered.')).toBeNull();
  await user.click(sheet.getByRole('button', { name: 'Close' }));
  // It is at home again once the dialog is gone.
  expect(document.body.querySelector('dialog')).toBeNull();
  expect(document.querySelector('.corner')).toBeInTheDocument();
});

it('the clips folder can be changed and opened', async () => {
  const { backend, sheet, user } = await opened();
  backend.pickClipsFolder.mockResolvedValue({ ...PREFERENCES, clipsFolder: '/films' });
  await user.click(sheet.getByRole('button', { name: 'Change…' }));
  await sheet.findByText('/films');
  await user.click(sheet.getByRole('button', { name: 'Open' }));
  expect(backend.openFolder).toHaveBeenCalledWith('clips');
});

it('Ctrl and comma opens them, ? shows the keys, but not while one types', async () => {
  const { user } = await open();
  await fireEvent.keyDown(document.body, { key: ',', ctrlKey: true });
  expect(screen.getByRole('dialog', { name: 'Settings' })).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Close' }));
  await user.type(screen.getByRole('textbox', { name: 'Prompt' }), '?');
  expect(screen.queryByRole('dialog')).toBeNull();
  await fireEvent.keyDown(document.body, { key: '?' });
  expect(screen.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
});

it('the list of keys says where each one works', async () => {
  const { studio } = await open();
  studio.sheet = 'keys';
  const sheet = within(await screen.findByRole('dialog', { name: 'Keyboard shortcuts' }));
  const keysOf = (name: string) => sheet.getByText(name).nextElementSibling;
  expect(keysOf('Everywhere')).not.toHaveTextContent(/Generate|Paste a picture/);
  expect(keysOf('Composer and gallery')).toHaveTextContent(/Generate.*Paste a picture/);
});

it('Leave sandbox is the last control of the top bar', async () => {
  await open({ profile: 'sandbox', session: IN_SANDBOX });
  const controls = within(screen.getByRole('banner')).getAllByRole('button');
  expect(controls.at(-1)).toHaveAccessibleName('Leave sandbox');
});

describe('the connection', () => {
  it('that is lost is told with a way to try now', async () => {
    const { backend, user } = await open({
      session: {
        state: 'ready',
        account: { ...ACCOUNT, connection: { state: 'offline', message: said('No connection.') } },
      },
    });
    await user.click(screen.getByRole('button', { name: 'Try now' }));
    expect(backend.refreshAccount).toHaveBeenCalled();
    await waitFor(() => expect(screen.queryByText('No connection.')).toBeNull());
  });

  it('with a key that is refused leads to where it can be replaced', async () => {
    const { user } = await open({
      session: {
        state: 'ready',
        account: {
          ...ACCOUNT,
          connection: { state: 'refused', message: said('The key is refused.') },
        },
      },
    });
    await user.click(screen.getByRole('button', { name: 'Replace the key' }));
    const sheet = within(screen.getByRole('dialog', { name: 'Settings' }));
    sheet.getByText('The key is refused.');
  });

  it('that fails while the balance is asked for is told in words', async () => {
    const { backend, user } = await open();
    backend.refreshAccount.mockRejectedValue(problem(said('Apiframe cannot be reached.')));
    await user.click(screen.getByRole('button', { name: /1,240 credits/ }));
    await user.click(screen.getByRole('button', { name: 'Refresh' }));
    await screen.findByText('Apiframe cannot be reached.');
  });
});
