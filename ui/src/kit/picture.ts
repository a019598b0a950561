/** What is on a canvas: a web view draws black where a video has no picture yet. */

/** More than this, as the sum of red, green and blue, is not black: encoded black is not 0. */
const DARK = 24;

/** Whether a picture shows nothing, like one that was drawn before it was decoded. */
export function isBlack(rgba: Uint8ClampedArray): boolean {
  for (let at = 0; at < rgba.length; at += 4) {
    if ((rgba[at] ?? 0) + (rgba[at + 1] ?? 0) + (rgba[at + 2] ?? 0) > DARK) return false;
  }
  return true;
}

/** The picture that a video shows now, at this size; `null` if there is none or it is black. */
export function pictureOf(
  video: HTMLVideoElement,
  width: number,
  height: number,
): HTMLCanvasElement | null {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const brush = canvas.getContext('2d', { willReadFrequently: true });
  if (!brush || width === 0 || height === 0) return null;
  brush.drawImage(video, 0, 0, width, height);
  return isBlack(brush.getImageData(0, 0, width, height).data) ? null : canvas;
}
