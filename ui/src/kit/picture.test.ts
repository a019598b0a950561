import { expect, it } from 'vitest';
import { isBlack } from './picture';

it('knows a picture that was drawn before it was decoded', () => {
  const black = new Uint8ClampedArray(16);
  expect(isBlack(black)).toBe(true);
  const night = Uint8ClampedArray.from(black, (_, at) => (at === 8 ? 40 : 0));
  expect(isBlack(night)).toBe(false);
});
