/** What the fake starts with: a scene named in the address, `?scene=busy` and the like. */
import type { Clip, Failure, Generation, Phase, Settings } from '../bindings';

export const SCENES = [
  'empty',
  'busy',
  'failed',
  'full',
  'locked',
  'absent',
  'welcome',
  'viewer',
  'recovery',
  'sandbox',
  'offline',
  'refused',
  'limited',
] as const;
export type Scene = (typeof SCENES)[number];

const PROMPTS = [
  'A vintage car drives through a rainy neon city at night, reflections sliding over wet asphalt',
  'Time-lapse of clouds rolling over a mountain range in warm golden light',
  'Morph the sketch into the finished building',
  'Drone shot flying over a tropical coastline at sunrise, smooth cinematic motion',
  'Slow push in, steam rising from the cup',
  'The car turns the corner and the lights come on',
  'Clouds part over the valley, sun rays sweep the forest',
  'Waves fold over the reef in slow motion',
  'The lantern drifts out across the lake and the others follow it into the dark',
  'Snow begins to fall on the empty square',
  'A paper boat becomes a sailing ship',
  'The desert blooms after the rain, hour by hour',
];

export function settingsOf(seed: number, over: Partial<Settings> = {}): Settings {
  return {
    model: 'kling-3.0',
    prompt: PROMPTS[seed % PROMPTS.length] ?? '',
    start: `p${seed % 40}`,
    end: seed % 3 === 0 ? `p${(seed + 7) % 40}` : null,
    shots: [],
    references: [],
    mode: seed % 5 === 4 ? '4k' : seed % 3 === 1 ? 'standard' : 'pro',
    length: [5, 10, 5, 15, 3][seed % 5] ?? 5,
    shape: '16:9',
    sound: seed % 4 === 0,
    avoid: seed % 2 === 0 ? 'blur, text, watermark' : '',
    others: {},
    ...over,
  };
}

export function costOf(settings: Settings): number {
  const rate = settings.mode === 'standard' ? 3 : settings.mode === 'pro' ? 5 : 14;
  return (rate + (settings.sound ? 2 : 0)) * settings.length;
}

export function clipOf(generation: Generation, over: Partial<Clip> = {}): Clip {
  const durationMs = generation.settings.length * 1000;
  const day = new Date(generation.created).toISOString().slice(0, 10);
  const name = `${day} ${generation.settings.prompt.slice(0, 32).trim()}.mp4`;
  return {
    file: `/home/ada/Videos/Inbetween/${name}`,
    name,
    bytes: 4_200_000 + generation.settings.length * 910_000,
    width: 1920,
    height: 1080,
    durationMs,
    lastFrameMs: durationMs - 1000 / 24,
    hasPoster: true,
    missing: false,
    ...over,
  };
}

export function generationOf(
  seed: number,
  created: number,
  phase: Phase,
  over: Partial<Generation> = {},
): Generation {
  return {
    id: `g${seed}`,
    revision: 0,
    created,
    settings: settingsOf(seed),
    phase,
    waiting: null,
    credits: null,
    jobId: `job${seed}`,
    renderedInMs: null,
    finished: null,
    canCancel: false,
    broughtIn: null,
    whole: true,
    ...over,
  };
}

export function readyOf(seed: number, created: number, over: Partial<Clip> = {}): Generation {
  const generation = generationOf(seed, created, { state: 'recorded' });
  generation.credits = costOf(generation.settings);
  generation.renderedInMs = 144_000;
  generation.finished = created + 146_000;
  generation.phase = { state: 'ready', clip: clipOf(generation, over) };
  return generation;
}

function failure(over: Partial<Failure>): Phase {
  return {
    state: 'failed',
    failure: { message: { code: 'jobFailed' }, field: null, charged: false, mends: [], ...over },
  };
}

export function failures(now: number): Generation[] {
  const at = (minutes: number) => now - minutes * 60_000;
  return [
    generationOf(
      901,
      at(3),
      failure({
        message: {
          code: 'pictureRefused',
          field: 'end',
          said: 'The end frame is smaller than 300 pixels on its shorter side.',
        },
        field: 'end',
        mends: ['fixSettings'],
      }),
      { settings: settingsOf(2, { end: 'p9' }) },
    ),
    generationOf(
      902,
      at(9),
      failure({
        message: { code: 'noCredits', needed: 210, left: 35 },
        mends: ['addCredits', 'tryAgain'],
      }),
    ),
    generationOf(
      903,
      at(16),
      failure({
        message: { code: 'jobFailed' },
        mends: ['tryAgain', 'fixSettings'],
      }),
    ),
    generationOf(
      904,
      at(24),
      failure({
        message: { code: 'clipNotThere' },
        charged: true,
        mends: ['downloadAgain'],
      }),
      { credits: 50 },
    ),
    generationOf(
      905,
      at(31),
      failure({
        message: { code: 'keyRefused' },
        mends: ['replaceKey', 'tryAgain'],
      }),
    ),
    generationOf(906, at(44), {
      state: 'uncertain',
      message: { code: 'fateUnknown' },
    }),
  ];
}

export function runningOnes(now: number): Generation[] {
  const rendering = (since: number, due: number, over: object = {}): Phase => ({
    state: 'rendering',
    queued: false,
    progress: null,
    since,
    due,
    ...over,
  });
  return [
    generationOf(801, now - 4_000, { state: 'uploading' }, { canCancel: true }),
    generationOf(800, now - 102_000, rendering(now - 98_000, now + 48_000)),
    generationOf(805, now - 120_000, rendering(now - 10_000, now + 140_000, { queued: true })),
    generationOf(803, now - 190_000, rendering(now - 188_000, now - 46_000, { progress: 91 })),
    generationOf(
      804,
      now - 200_000,
      { state: 'downloading', received: 3_100_000, total: 9_800_000 },
      { settings: settingsOf(6, { start: null, end: null }) },
    ),
    generationOf(806, now - 260_000, rendering(now - 250_000, now + 9_000), {
      waiting: { code: 'offline' },
    }),
  ];
}

/** The gallery of a user who has used the program for a month. */
export function library(now: number, many: number): Generation[] {
  let at = now - 20 * 60_000;
  return Array.from({ length: many }, (_, index) => {
    at -= (18 + ((index * 37) % 61)) * 60_000 + (index % 9 === 8 ? 7 * 3_600_000 : 0);
    return readyOf(index, at, {
      hasPoster: index % 11 !== 5,
      missing: index === 6,
    });
  });
}
