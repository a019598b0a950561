import { expect, it } from 'vitest';
import { mayBePicture } from './paste';

it('takes no text, an address or a path for what may come with a picture', () => {
  for (const text of [
    '',
    ' \n',
    'https://example.org/a%20cat.png',
    '/home/ada/Pictures/first light.png',
    'file:///home/ada/one.png\nfile:///home/ada/two.png\n',
  ]) {
    expect(mayBePicture(text), text).toBe(true);
  }
});

it('takes words for words', () => {
  for (const text of [
    'Fog',
    'Fog rolls in\nhttps://example.org',
    'a: b',
    '16:9',
    'see http://x.org',
  ]) {
    expect(mayBePicture(text), text).toBe(false);
  }
});
