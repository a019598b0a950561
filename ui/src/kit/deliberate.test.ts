import { afterEach, beforeEach, expect, it, vi, type Mock } from 'vitest';
import { deliberate, moment, moved } from './deliberate';

let now = 0;
let done: Mock<() => void>;
let button: HTMLButtonElement;
let card: HTMLElement;

beforeEach(() => {
  moment.ms = 500;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  now += 10_000;
  card = document.createElement('article');
  button = document.createElement('button');
  card.append(button);
  document.body.append(card);
  deliberate(button);
  done = vi.fn<() => void>();
  card.addEventListener('click', done);
});
afterEach(() => {
  card.remove();
  moment.ms = 0;
});

function press(after: number, x = 100) {
  now += after;
  const at = { bubbles: true, clientX: x, clientY: 100 };
  button.dispatchEvent(new PointerEvent('pointerdown', at));
  button.dispatchEvent(new MouseEvent('click', { ...at, detail: 1 }));
}

it('takes a press on what has been there for a moment', () => {
  press(600);
  expect(done).toHaveBeenCalledTimes(1);
});

it('ignores a press on what has just appeared', () => {
  press(300);
  expect(done).not.toHaveBeenCalled();
});

it('ignores a press on what has just moved, with whatever it lies in', () => {
  now += 5000;
  moved(card);
  press(300);
  expect(done).not.toHaveBeenCalled();
  press(600);
  expect(done).toHaveBeenCalledTimes(1);
});

it('counts a double click once, but two presses at two places twice', () => {
  press(600);
  press(200);
  expect(done).toHaveBeenCalledTimes(1);
  press(200, 300);
  expect(done).toHaveBeenCalledTimes(2);
});

it('takes a key at once, and a key that is held down once', () => {
  button.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 0 }));
  expect(done).toHaveBeenCalledTimes(1);
  const held = { key: 'Enter', repeat: true, bubbles: true, cancelable: true };
  expect(button.dispatchEvent(new KeyboardEvent('keydown', held))).toBe(false);
});
