import { waitFor } from '@testing-library/svelte';
import { expect, it, vi } from 'vitest';
import { clip, generation, stub } from '../testing/stub';
import { PosterMaker } from './posters';

const bare = (id: string) => generation(id, { state: 'ready', clip: clip({ hasPoster: false }) });
const jpeg = new Uint8Array([255, 216]);

it('makes the missing posters one at a time, each once', async () => {
  const { backend } = stub();
  let open = 0;
  let most = 0;
  const maker = new PosterMaker(backend, async () => {
    most = Math.max(most, ++open);
    await Promise.resolve();
    open--;
    return jpeg;
  });
  for (const id of ['a', 'b', 'c', 'a', 'b', 'c']) maker.need(bare(id));
  await waitFor(() => expect(backend.savePoster).toHaveBeenCalledTimes(3));
  expect(backend.savePoster).toHaveBeenCalledWith('b', jpeg);
  expect(most).toBe(1);
});

it('opens nothing for a clip that has a poster, is missing, or is not there yet', () => {
  const { backend } = stub();
  const grab = vi.fn(async () => jpeg);
  const maker = new PosterMaker(backend, grab);
  maker.need(generation('has', { state: 'ready', clip: clip() }));
  const missing = clip({ hasPoster: false, missing: true });
  maker.need(generation('missing', { state: 'ready', clip: missing }));
  maker.need(generation('soon', { state: 'recorded' }));
  expect(grab).not.toHaveBeenCalled();
});

it('goes on after a clip that cannot be pictured', async () => {
  const { backend } = stub();
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const maker = new PosterMaker(backend, async (address) => {
    if (address.endsWith('/a')) throw new Error('cannot be decoded');
    return jpeg;
  });
  for (const id of ['a', 'b']) maker.need(bare(id));
  await waitFor(() => expect(backend.savePoster).toHaveBeenCalledWith('b', jpeg));
  expect(backend.savePoster).toHaveBeenCalledTimes(1);
});

it('tries a clip again that could not be pictured, and then leaves it alone', async () => {
  const { backend } = stub();
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const grab = vi.fn(async (address: string) => {
    const sick = address.endsWith('/never') || grab.mock.calls.length < 4;
    if (sick) throw new Error('no loadeddata');
    return jpeg;
  });
  const maker = new PosterMaker(backend, grab);
  for (const id of ['later', 'never']) maker.need(bare(id));
  await waitFor(() => expect(backend.savePoster).toHaveBeenCalledWith('later', jpeg));
  await waitFor(() => expect(grab).toHaveBeenCalledTimes(6));
  for (const id of ['later', 'never']) maker.need(bare(id));
  expect(grab).toHaveBeenCalledTimes(6);
  expect(backend.savePoster).toHaveBeenCalledTimes(1);
});
