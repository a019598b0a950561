import { beforeEach, describe, expect, it } from 'vitest';
import { frame, SETTINGS, stub } from '../testing/stub';
import { ComposerState } from './composer.svelte';

const OTHER = { ...SETTINGS, prompt: 'From the gallery', mode: '4k' } as const;
let composer: ComposerState;
let offered: boolean[];

beforeEach(() => {
  offered = [];
  composer = new ComposerState(
    stub().backend,
    () => undefined,
    (canUndo) => offered.push(canUndo),
  );
  composer.load({ ...SETTINGS, prompt: 'My draft', sound: true });
  composer.start.put({ hash: 'a', frame: frame('a') });
});

const isMine = () => {
  expect(composer.settings).toMatchObject({ prompt: 'My draft', start: 'a', sound: true });
  expect(composer.start.frame?.name).toBe('a.png');
};

describe('a draft that was replaced', () => {
  it('comes back whole, and goes again', () => {
    composer.reuse(OTHER);
    expect(composer.settings).toMatchObject({ prompt: 'From the gallery', start: null });
    expect(composer.replaced.undo()).toBe(true);
    isMine();
    expect(composer.replaced.undo()).toBe(false);
    expect(composer.replaced.redo()).toBe(true);
    expect(composer.prompt).toBe('From the gallery');
    expect(composer.replaced.undo()).toBe(true);
    isMine();
  });

  it('comes back also after one looked at several clips’ settings, and after it came back once', () => {
    composer.reuse(OTHER);
    composer.reuse({ ...OTHER, prompt: 'Another' });
    composer.replaced.undo();
    isMine();
    composer.reuse(OTHER);
    composer.replaced.undo();
    isMine();
    expect(offered).toEqual([true, true, true]);
  });

  it('that was empty is not offered', () => {
    composer.load(SETTINGS);
    composer.prompt = ' ';
    composer.reuse(OTHER);
    expect(offered).toEqual([false]);
  });

  it('is told apart from words that were changed since', () => {
    composer.reuse(OTHER);
    expect(composer.replaced.untouched).toBe(true);
    composer.prompt += '!';
    expect(composer.replaced.untouched).toBe(false);
    composer.replaced.undo();
    isMine();
  });
});
