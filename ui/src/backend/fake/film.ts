/** A short film for the fake's viewer: painted frames, encoded here and wrapped in a WebM file. */
import { paint } from './pictures';

const FPS = 24;

type Bytes = Uint8Array<ArrayBuffer>;

function join(parts: Bytes[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const hex = (text: string): Bytes =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

function size(length: number): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, (1n << 56n) | BigInt(length));
  return bytes;
}

/** One element of the container: its id, its length and its content. */
function element(id: string, ...content: Bytes[]): Bytes {
  const body = join(content);
  return join([hex(id), size(body.length), body]);
}

function number(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function real(value: number): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}

const text = (value: string): Bytes => new TextEncoder().encode(value) as Bytes;

interface Chunk {
  key: boolean;
  ms: number;
  data: Bytes;
}

function webm(chunks: Chunk[], width: number, height: number): Blob {
  const head = element(
    '1a45dfa3',
    element('4282', text('webm')),
    element('4287', number(2)),
    element('4285', number(2)),
  );
  const info = element(
    '1549a966',
    element('2ad7b1', number(1_000_000)),
    element('4489', real((chunks.length * 1000) / FPS)),
    element('4d80', text('inbetween')),
    element('5741', text('inbetween')),
  );
  const track = element(
    '1654ae6b',
    element(
      'ae',
      element('d7', number(1)),
      element('73c5', number(1)),
      element('83', number(1)),
      element('86', text('V_VP8')),
      element('e0', element('b0', number(width)), element('ba', number(height))),
    ),
  );
  const clusters = [];
  const cues = [];
  let offset = info.length + track.length;
  for (let from = 0; from < chunks.length; from += FPS) {
    const group = chunks.slice(from, from + FPS);
    const start = group[0]?.ms ?? 0;
    const blocks = group.map(({ key, ms, data }) => {
      const relative = ms - start;
      const prefix = Uint8Array.of(0x81, relative >> 8, relative & 255, key ? 0x80 : 0);
      return element('a3', prefix, data);
    });
    const cluster = element('1f43b675', element('e7', number(start)), ...blocks);
    cues.push(
      element(
        'bb',
        element('b3', number(start)),
        element('b7', element('f7', number(1)), element('f1', number(offset))),
      ),
    );
    offset += cluster.length;
    clusters.push(cluster);
  }
  const segment = element('18538067', info, track, ...clusters, element('1c53bb6b', ...cues));
  return new Blob([head, segment], { type: 'video/webm' });
}

/** The address of a film that can be played, or null where this browser cannot encode one. */
export async function film(
  seed: number,
  seconds: number,
  width: number,
  height: number,
): Promise<string | null> {
  // WebKitGTK has the encoder too, but its process dies when the encoder is used.
  if (!('VideoEncoder' in window) || !('chrome' in window)) return null;
  const chunks: Chunk[] = [];
  const encoder = new VideoEncoder({
    output: (chunk) => {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      chunks.push({ key: chunk.type === 'key', ms: Math.round(chunk.timestamp / 1000), data });
    },
    error: (error) => console.warn(error),
  });
  encoder.configure({ codec: 'vp8', width, height, bitrate: 900_000, framerate: FPS });
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) return null;
  const frames = seconds * FPS;
  for (let index = 0; index < frames; index++) {
    paint(context, width, height, seed, index / frames);
    context.fillStyle = '#fff';
    context.font = '600 18px sans-serif';
    context.fillText(`${index + 1}`, 16, height - 16);
    const frame = new VideoFrame(canvas, { timestamp: Math.round((index * 1e6) / FPS) });
    encoder.encode(frame, { keyFrame: index % FPS === 0 });
    frame.close();
  }
  await encoder.flush();
  encoder.close();
  return URL.createObjectURL(webm(chunks, width, height));
}
