import { expect, it, vi } from 'vitest';
import { PromptWalk } from './promptWalk';

it('goes back through earlier prompts and returns to what was being written', async () => {
  const walk = new PromptWalk(async () => ['Newest', 'Middle', 'Oldest']);
  expect(await walk.step(1, 'Unfinished')).toBe('Newest');
  expect(await walk.step(1, 'Newest')).toBe('Middle');
  expect(await walk.step(-1, 'Middle')).toBe('Newest');
  expect(await walk.step(-1, 'Newest')).toBe('Unfinished');
  expect(await walk.step(-1, 'Unfinished')).toBe(null);
});

it('stops at the oldest, and begins again from what was typed since', async () => {
  const walk = new PromptWalk(async () => ['One', 'Two']);
  await walk.step(1, '');
  await walk.step(1, 'One');
  expect(await walk.step(1, 'Two')).toBe(null);
  expect(await walk.step(1, 'Two changed')).toBe('One');
  expect(await walk.step(-1, 'One')).toBe('Two changed');
});

it('does nothing while the prompts can not be read', async () => {
  const read = vi.fn(() => Promise.reject(new Error('busy')));
  expect(await new PromptWalk(read).step(1, 'Kept')).toBe(null);
});
