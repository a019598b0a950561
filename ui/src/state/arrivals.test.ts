import { beforeEach, describe, expect, it, vi } from 'vitest';
import { frame, problem, SETTINGS, stub, said } from '../testing/stub';
import { Arrivals } from './arrivals.svelte';
import { ComposerState } from './composer.svelte';
import type { SlotName } from './slot.svelte';
import { Voice } from './voice.svelte';

let under: SlotName | null = null;

function setUp() {
  const { backend } = stub();
  const composer = new ComposerState(backend, () => undefined);
  const voice = new Voice();
  const arrivals = new Arrivals(
    composer,
    voice,
    () => true,
    () => under,
  );
  return { backend, composer, voice, arrivals };
}

beforeEach(() => {
  under = null;
});

describe('while files are dragged over the window', () => {
  it('the slot under the pointer lights up, and goes out when they leave', () => {
    const { arrivals } = setUp();
    under = 'end';
    arrivals.drag({ type: 'over', x: 1, y: 1 });
    expect(arrivals.over).toBe('end');
    arrivals.drag({ type: 'leave' });
    expect(arrivals.over).toBeNull();
  });
  it('elsewhere the first empty slot shows where they would go', () => {
    const { arrivals, composer } = setUp();
    composer.start.put({ hash: 'a', frame: frame('a') });
    arrivals.drag({ type: 'over', x: 1, y: 1 });
    expect(arrivals.over).toBe('end');
  });
});

describe('a drop', () => {
  it('on a slot replaces what stands there', async () => {
    const { arrivals, composer } = setUp();
    composer.start.put({ hash: 'old', frame: frame('old') });
    await arrivals.drop(['/new.png'], 'start');
    expect(composer.start.hash).toBe('/new.png');
  });
  it('elsewhere goes to the first empty slot', async () => {
    const { arrivals, composer } = setUp();
    await arrivals.drop(['/one.png'], null);
    await arrivals.drop(['/two.png'], null);
    expect([composer.start.hash, composer.end.hash]).toEqual(['/one.png', '/two.png']);
  });
  it('of two files fills both', async () => {
    const { arrivals, composer } = setUp();
    await arrivals.drop(['/one.png', '/two.png'], null);
    expect([composer.start.hash, composer.end.hash]).toEqual(['/one.png', '/two.png']);
  });
  it('elsewhere, with both taken, changes nothing and says what to do', async () => {
    const { arrivals, composer, voice } = setUp();
    await arrivals.drop(['/one.png', '/two.png'], null);
    await arrivals.drop(['/three.png'], null);
    expect(composer.start.hash).toBe('/one.png');
    expect(voice.note?.text).toMatch(/Both frames are taken/);
  });
  it('of something that is no picture says so at that slot and keeps what stood there', async () => {
    const { arrivals, composer, backend } = setUp();
    await arrivals.drop(['/one.png'], 'end');
    backend.importFrame.mockRejectedValueOnce(problem(said('That is not a picture.')));
    await arrivals.drop(['/text.txt'], 'end');
    expect(composer.end.problem).toBe('That is not a picture.');
    expect(composer.end.hash).toBe('/one.png');
  });
  it('of a link, which brings no file, says what to do instead', async () => {
    const { arrivals, composer } = setUp();
    await arrivals.drop([], 'end');
    expect(composer.end.problem).toMatch(/Save the picture/);
  });
});

describe('a paste', () => {
  it('goes to the first empty slot', async () => {
    const { arrivals, composer } = setUp();
    await arrivals.paste(null);
    expect(composer.start.hash).toBe('pasted');
  });
  it('into a text field takes words before a picture of them, and a picture before its address', async () => {
    const { arrivals, backend, composer } = setUp();
    const insert = vi.fn();
    backend.clipboardText.mockResolvedValueOnce('Fog rolls in');
    await arrivals.pasteIntoText('', insert);
    expect(insert).toHaveBeenCalledExactlyOnceWith('Fog rolls in');
    expect(backend.pasteFrame).not.toHaveBeenCalled();
    await arrivals.pasteIntoText('https://example.org/a.png', insert);
    expect(composer.start.hash).toBe('pasted');
    backend.pasteFrame.mockResolvedValueOnce(null);
    await arrivals.pasteIntoText('https://example.org/', insert);
    expect(insert).toHaveBeenLastCalledWith('https://example.org/');
  });
  it('without a picture is a text’s, or says that there is none', async () => {
    const { arrivals, backend, voice } = setUp();
    backend.pasteFrame.mockResolvedValue(null);
    const text = vi.fn();
    await arrivals.paste(null, text);
    expect(text).toHaveBeenCalledOnce();
    expect(voice.note).toBeNull();
    await arrivals.paste(null);
    expect(voice.note?.text).toBe('There is no picture on the clipboard.');
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
