/** Paints pictures for the fake: skies, hills and lights. A number always gives the same one. */

function dice(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const SKIES: [string, string, string][] = [
  ['#0b1030', '#5b2a86', '#ff7e5f'],
  ['#12263f', '#2d6a8e', '#f7c59f'],
  ['#1a1a2e', '#16425b', '#81c3d7'],
  ['#2b0f2e', '#8e2a5b', '#ffb36b'],
  ['#0f2027', '#2c5364', '#9fd3c7'],
  ['#30343f', '#5f7a8c', '#fafaff'],
  ['#24130a', '#8a4b20', '#ffd08a'],
  ['#081c15', '#2d6a4f', '#b7e4c7'],
  ['#10002b', '#5a189a', '#e0aaff'],
  ['#1d2d44', '#748cab', '#f0ebd8'],
];

export function paint(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  width: number,
  height: number,
  seed: number,
  drift = 0,
) {
  const roll = dice(seed + 1);
  const sky = SKIES[seed % SKIES.length] ?? SKIES[0];
  if (!sky) return;
  const ground = context.createLinearGradient(0, 0, 0, height);
  ground.addColorStop(0, sky[0]);
  ground.addColorStop(0.55, sky[1]);
  ground.addColorStop(1, sky[2]);
  context.fillStyle = ground;
  context.fillRect(0, 0, width, height);

  const sunX = width * (0.2 + 0.6 * roll() + 0.12 * drift);
  const sunY = height * (0.35 + 0.25 * roll() - 0.1 * drift);
  const glow = context.createRadialGradient(sunX, sunY, 0, sunX, sunY, height * 0.55);
  glow.addColorStop(0, `${sky[2]}ee`);
  glow.addColorStop(0.12, `${sky[2]}99`);
  glow.addColorStop(1, `${sky[2]}00`);
  context.fillStyle = glow;
  context.fillRect(0, 0, width, height);

  for (let ridge = 0; ridge < 4; ridge++) {
    const base = height * (0.52 + ridge * 0.13);
    const swing = height * (0.14 - ridge * 0.02);
    const phase = roll() * 9 + drift * (0.5 + ridge * 0.4);
    const pitch = 1.6 + roll() * 2.2;
    context.beginPath();
    context.moveTo(0, height);
    for (let x = 0; x <= width; x += width / 60) {
      const t = (x / width) * pitch * Math.PI + phase;
      context.lineTo(x, base - swing * (0.6 * Math.sin(t) + 0.4 * Math.sin(t * 2.3 + ridge)));
    }
    context.lineTo(width, height);
    context.fillStyle = sky[0];
    context.globalAlpha = 0.28 + ridge * 0.2;
    context.fill();
  }
  context.globalAlpha = 1;
}

const made = new Map<string, string>();

export function picture(seed: number, width: number, height: number): string {
  const name = `${seed % 40}-${width}x${height}`;
  const known = made.get(name);
  if (known) return known;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (context) paint(context, width, height, seed % 40);
  const address = canvas.toDataURL('image/jpeg', 0.85);
  made.set(name, address);
  return address;
}
