/**
 * The frame of a crop: a rectangle in a picture, in whole pixels of that picture. Pure functions;
 * every one returns a rectangle that is inside the picture and not smaller than a frame may be.
 */
export interface Size {
  width: number;
  height: number;
}

export interface Rect extends Size {
  x: number;
  y: number;
}

/** Which side or corner is dragged: -1 is left or top, 1 is right or bottom, 0 stays. */
export interface Handle {
  x: -1 | 0 | 1;
  y: -1 | 0 | 1;
}

/** The least pixels of a side that the model takes. */
export const LEAST_SIDE = 300;

const clamp = (value: number, least: number, most: number) =>
  Math.min(Math.max(value, least), Math.max(least, most));

/** A ratio like `16:9` as a number; `null` for anything else. */
export function ratioOf(shape: string): number | null {
  const match = /^(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)$/.exec(shape);
  if (!match) return null;
  const ratio = Number(match[1]) / Number(match[2]);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : null;
}

/** The largest rectangle of a ratio in the middle of a picture; the whole picture without one. */
export function largest(picture: Size, ratio: number | null): Rect {
  if (ratio === null) return { x: 0, y: 0, ...picture };
  const width = Math.min(picture.width, Math.round(picture.height * ratio));
  const height = Math.min(picture.height, Math.round(width / ratio));
  return {
    x: Math.round((picture.width - width) / 2),
    y: Math.round((picture.height - height) / 2),
    width,
    height,
  };
}

/** Moves it, as far as the picture goes. */
export function moved(rect: Rect, dx: number, dy: number, picture: Size): Rect {
  return {
    ...rect,
    x: clamp(Math.round(rect.x + dx), 0, picture.width - rect.width),
    y: clamp(Math.round(rect.y + dy), 0, picture.height - rect.height),
  };
}

/**
 * Drags a side or a corner by so many pixels. The opposite side or corner stays where it is. With a
 * ratio the other direction follows; from a side, it grows to both of its ends.
 */
export function resized(
  rect: Rect,
  handle: Handle,
  dx: number,
  dy: number,
  picture: Size,
  ratio: number | null,
): Rect {
  const right = rect.x + rect.width;
  const bottom = rect.y + rect.height;
  // The room from the side that stays.
  const room = {
    width: handle.x < 0 ? right : handle.x > 0 ? picture.width - rect.x : picture.width,
    height: handle.y < 0 ? bottom : handle.y > 0 ? picture.height - rect.y : picture.height,
  };
  let width = clamp(rect.width + handle.x * dx, LEAST_SIDE, room.width);
  let height = clamp(rect.height + handle.y * dy, LEAST_SIDE, room.height);
  if (ratio !== null) {
    const byWidth = handle.x !== 0 && (handle.y === 0 || width / ratio >= height);
    if (!byWidth) width = height * ratio;
    // Both sides within the room and not below the least, whichever of them is tighter.
    const least = Math.max(LEAST_SIDE, LEAST_SIDE * ratio);
    const most = Math.min(room.width, room.height * ratio);
    width = clamp(width, least, most);
    height = width / ratio;
  }
  width = Math.min(Math.round(width), picture.width);
  height = Math.min(Math.round(height), picture.height);
  const x =
    handle.x < 0 ? right - width : handle.x > 0 ? rect.x : rect.x + (rect.width - width) / 2;
  const y =
    handle.y < 0 ? bottom - height : handle.y > 0 ? rect.y : rect.y + (rect.height - height) / 2;
  return moved({ x, y, width, height }, 0, 0, picture);
}

/** The frame with another ratio, about the same middle and as large as it was. */
export function reshaped(rect: Rect, ratio: number | null, picture: Size): Rect {
  if (ratio === null) return rect;
  const area = rect.width * rect.height;
  const most = Math.min(picture.width, picture.height * ratio);
  const least = Math.min(most, Math.max(LEAST_SIDE, LEAST_SIDE * ratio));
  const width = Math.round(clamp(Math.sqrt(area * ratio), least, most));
  const height = Math.min(picture.height, Math.round(width / ratio));
  const x = rect.x + (rect.width - width) / 2;
  const y = rect.y + (rect.height - height) / 2;
  return moved({ x, y, width, height }, 0, 0, picture);
}
