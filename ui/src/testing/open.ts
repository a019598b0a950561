/** The whole page on a stubbed program, as a user would find it after startup. */
import { render } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { tick } from 'svelte';
import App from '../App.svelte';
import type { Boot } from '../backend';
import { Studio } from '../state/studio.svelte';
import { stub } from './stub';

export async function open(
  over: Partial<Boot> = {},
  prepare: (backend: ReturnType<typeof stub>['backend']) => void = () => undefined,
) {
  const { backend, boot } = stub(over);
  prepare(backend);
  const studio = new Studio(backend, boot);
  studio.painted = true;
  const view = render(App, { studio });
  const user = userEvent.setup();
  await tick();
  return { ...view, backend, studio, user };
}
