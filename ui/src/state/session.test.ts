import { expect, it } from 'vitest';
import { ACCOUNT, stub } from '../testing/stub';
import { SessionState } from './session.svelte';

it('what the program tells meanwhile is newer than the answer to a call', async () => {
  const { backend } = stub();
  const session = new SessionState(backend, { state: 'signedOut' }, null, () => undefined);
  const at = (credits: number | null) =>
    ({ state: 'ready', account: { ...ACCOUNT, credits } }) as const;
  backend.useSandbox.mockImplementation(async () => {
    session.reported(at(10_000));
    return at(null);
  });
  expect(await session.useSandbox()).toBeNull();
  expect(session.account?.credits).toBe(10_000);
});

it('an answer counts where nothing was told meanwhile', async () => {
  const { backend } = stub();
  const session = new SessionState(backend, { state: 'signedOut' }, null, () => undefined);
  session.reported({ state: 'signedOut' });
  await session.signIn('afk_x', 'keychain');
  expect(session.account?.credits).toBe(1240);
});
