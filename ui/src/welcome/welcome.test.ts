import { screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { Session } from '../backend';
import { open } from '../testing/open';
import { EMPTY_PAGE, IN_SANDBOX, problem, SIGNED_IN, said } from '../testing/stub';

const first = { profile: null, gallery: null, session: { state: 'signedOut' } as Session };
const box = () => screen.getByLabelText('Apiframe API key');
const locked: Session = {
  state: 'vaultProblem',
  problem: 'locked',
  message: said('Unlock the keychain, then try again.'),
};

describe('the first start', () => {
  it('takes a key, checks it and opens the studio', async () => {
    const { backend, user } = await open(first);
    expect(box()).toHaveFocus();
    await user.keyboard(' afk_secret {Enter}');
    expect(backend.signIn).toHaveBeenCalledWith('afk_secret', 'keychain');
    await screen.findByRole('region', { name: 'Composer' });
    await waitFor(() => expect(screen.getByRole('textbox', { name: 'Prompt' })).toHaveFocus());
    expect(document.documentElement.innerHTML).not.toContain('afk_secret');
  });

  it('hides the key while it is typed, and shows it when asked', async () => {
    const { user } = await open(first);
    expect(box()).toHaveAttribute('type', 'password');
    await user.click(screen.getByRole('button', { name: 'Show the key' }));
    expect(box()).toHaveAttribute('type', 'text');
  });

  it('says under the box what is wrong with the key, and stays there', async () => {
    const { backend, user } = await open(first);
    backend.signIn.mockRejectedValue(problem(said('Apiframe doesn’t recognise this key.')));
    await user.keyboard('afk_wrong{Enter}');
    await screen.findByText('Apiframe doesn’t recognise this key.');
    expect(box()).toHaveFocus();
    expect(box()).toHaveAccessibleDescription(/Apiframe doesn’t recognise this key/);
    expect(box()).toHaveValue('afk_wrong');
    await user.keyboard('x');
    expect(screen.queryByText('Apiframe doesn’t recognise this key.')).toBeNull();
  });

  it('without a keychain offers to try again and to keep the key for this run only', async () => {
    const { backend, user } = await open(first);
    backend.signIn.mockRejectedValueOnce(problem({ code: 'keychainLocked' }));
    await user.keyboard('afk_good{Enter}');
    await screen.findByRole('button', { name: 'Try again' });
    await user.click(screen.getByRole('button', { name: 'Keep the key for this run only' }));
    expect(backend.signIn).toHaveBeenLastCalledWith('afk_good', 'thisRun');
    await screen.findByRole('region', { name: 'Composer' });
  });

  it('goes on without a key in the sandbox, and the window says that it is one', async () => {
    const { backend, user } = await open(first);
    await user.click(screen.getByRole('button', { name: 'Use the sandbox' }));
    await screen.findByText(/no key, no network, nothing is charged/);
    expect(backend.gallery).toHaveBeenCalledWith('all', null);
    await user.click(screen.getByRole('button', { name: 'Leave sandbox' }));
    await screen.findByLabelText('Apiframe API key');
  });
});

describe('a keychain in trouble', () => {
  it('has its own screen, which says what it is and tries again', async () => {
    const { backend, user } = await open({ session: locked, gallery: EMPTY_PAGE });
    screen.getByRole('heading', { name: 'The keychain is locked' });
    screen.getByText('Unlock the keychain, then try again.');
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(backend.retryVault).toHaveBeenCalled();
    await screen.findByRole('region', { name: 'Composer' });
  });

  it('takes a key for this run only', async () => {
    const { backend, user } = await open({ session: locked });
    await user.type(box(), 'afk_good');
    await user.click(screen.getByRole('button', { name: 'Keep the key for this run only' }));
    expect(backend.signIn).toHaveBeenCalledWith('afk_good', 'thisRun');
  });
});

it('while the keychain is asked, a known library is shown already', async () => {
  const { studio } = await open({ session: { state: 'opening' } });
  screen.getByRole('region', { name: 'Gallery' });
  studio.listeners.sessionChanged(SIGNED_IN);
  await screen.findByRole('button', { name: /1,240 credits/ });
});

it('before anything is known no screen is guessed', async () => {
  const { studio } = await open({ session: { state: 'opening' }, gallery: null, profile: null });
  expect(screen.queryByRole('button')).toBeNull();
  studio.listeners.sessionChanged(IN_SANDBOX);
  await waitFor(() => expect(screen.getByText('Sandbox')).toBeVisible());
});
