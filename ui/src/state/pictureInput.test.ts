import { beforeEach, describe, expect, it, vi } from 'vitest';
import { frame, problem, SETTINGS, stub, said } from '../testing/stub';
import { PictureInput } from './pictureInput.svelte';
import { ComposerState } from './composer.svelte';
import type { SlotName } from './slot.svelte';
import { Announcer } from './announcer.svelte';

let under: SlotName | null = null;

function setUp() {
  const { backend } = stub();
  const composer = new ComposerState(backend, () => undefined);
  const announcer = new Announcer();
  const pictureInput = new PictureInput(
    composer,
    announcer,
    () => true,
    () => under,
  );
  return { backend, composer, announcer, pictureInput };
}

beforeEach(() => {
  under = null;
});

describe('while files are dragged over the window', () => {
  it('the slot under the pointer lights up, and goes out when they leave', () => {
    const { pictureInput } = setUp();
    under = 'end';
    pictureInput.drag({ type: 'over', x: 1, y: 1 });
    expect(pictureInput.over).toBe('end');
    pictureInput.drag({ type: 'leave' });
    expect(pictureInput.over).toBeNull();
  });
  it('elsewhere the first empty slot shows where they would go', () => {
    const { pictureInput, composer } = setUp();
    composer.start.put({ hash: 'a', frame: frame('a') });
    pictureInput.drag({ type: 'over', x: 1, y: 1 });
    expect(pictureInput.over).toBe('end');
  });
});

describe('a drop', () => {
  it('on a slot replaces what stands there', async () => {
    const { pictureInput, composer } = setUp();
    composer.start.put({ hash: 'old', frame: frame('old') });
    await pictureInput.drop(['/new.png'], 'start');
    expect(composer.start.hash).toBe('/new.png');
  });
  it('elsewhere goes to the first empty slot', async () => {
    const { pictureInput, composer } = setUp();
    await pictureInput.drop(['/one.png'], null);
    await pictureInput.drop(['/two.png'], null);
    expect([composer.start.hash, composer.end.hash]).toEqual(['/one.png', '/two.png']);
  });
  it('of two files fills both', async () => {
    const { pictureInput, composer } = setUp();
    await pictureInput.drop(['/one.png', '/two.png'], null);
    expect([composer.start.hash, composer.end.hash]).toEqual(['/one.png', '/two.png']);
  });
  it('elsewhere, with both taken, changes nothing and says what to do', async () => {
    const { pictureInput, composer, announcer } = setUp();
    await pictureInput.drop(['/one.png', '/two.png'], null);
    await pictureInput.drop(['/three.png'], null);
    expect(composer.start.hash).toBe('/one.png');
    expect(announcer.note?.text).toMatch(/Both frames are taken/);
  });
  it('of something that is no picture says so at that slot and keeps what stood there', async () => {
    const { pictureInput, composer, backend } = setUp();
    await pictureInput.drop(['/one.png'], 'end');
    backend.importFrame.mockRejectedValueOnce(problem(said('That is not a picture.')));
    await pictureInput.drop(['/text.txt'], 'end');
    expect(composer.end.problem).toBe('That is not a picture.');
    expect(composer.end.hash).toBe('/one.png');
  });
  it('of a link, which brings no file, says what to do instead', async () => {
    const { pictureInput, composer } = setUp();
    await pictureInput.drop([], 'end');
    expect(composer.end.problem).toMatch(/Save the picture/);
  });
});

describe('a paste', () => {
  it('goes to the first empty slot', async () => {
    const { pictureInput, composer } = setUp();
    await pictureInput.paste(null);
    expect(composer.start.hash).toBe('pasted');
  });
  it('into a text field takes words before a picture of them, and a picture before its address', async () => {
    const { pictureInput, backend, composer } = setUp();
    const insert = vi.fn();
    backend.clipboardText.mockResolvedValueOnce('Fog rolls in');
    await pictureInput.pasteIntoText('', insert);
    expect(insert).toHaveBeenCalledExactlyOnceWith('Fog rolls in');
    expect(backend.pasteFrame).not.toHaveBeenCalled();
    await pictureInput.pasteIntoText('https://example.org/a.png', insert);
    expect(composer.start.hash).toBe('pasted');
    backend.pasteFrame.mockResolvedValueOnce(null);
    await pictureInput.pasteIntoText('https://example.org/', insert);
    expect(insert).toHaveBeenLastCalledWith('https://example.org/');
  });
  it('without a picture is a text’s, or says that there is none', async () => {
    const { pictureInput, backend, announcer } = setUp();
    backend.pasteFrame.mockResolvedValue(null);
    const text = vi.fn();
    await pictureInput.paste(null, text);
    expect(text).toHaveBeenCalledOnce();
    expect(announcer.note).toBeNull();
    await pictureInput.paste(null);
    expect(announcer.note?.text).toBe('There is no picture on the clipboard.');
  });
});

it('a frame that is not in this library is taken out with a word about it', async () => {
  const { composer, backend } = setUp();
  backend.frame.mockResolvedValue(null);
  composer.load({ ...SETTINGS, start: 'gone' });
  expect(composer.start.hash).toBe('gone');
  await Promise.resolve();
  await Promise.resolve();
  expect(composer.start.hash).toBeNull();
  expect(composer.start.problem).toMatch(/not in this library/);
});
