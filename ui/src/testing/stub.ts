/** A program for tests: answers at once, records what it was asked, and fails when told to. */
import { isRunning } from '../state/countdown';
import { vi } from 'vitest';
import type {
  Account,
  Backend,
  Books,
  Boot,
  Clip,
  FileDrag,
  Frame,
  GalleryPage,
  Generation,
  Listeners,
  Message,
  Phase,
  Preferences,
  Price,
  Problem,
  Session,
  Settings,
  Violation,
} from '../backend';

export const SETTINGS: Settings = {
  model: 'kling-3.0',
  prompt: 'A lighthouse at dusk',
  start: null,
  end: null,
  shots: [],
  references: [],
  mode: 'pro',
  length: 5,
  shape: '16:9',
  sound: false,
  avoid: '',
  others: {},
};

export const PREFERENCES: Preferences = {
  theme: 'dark',
  clipsFolder: '/home/ada/Videos/Inbetween',
  sandboxClipsFolder: '/home/ada/Videos/Inbetween/Sandbox',
  clipsFolderIsDefault: true,
  dataFolder: '/data',
  logFolder: '/log',
  version: '1.2.3',
};

export const ACCOUNT: Account = {
  profile: 'apiframe',
  key: { last4: 'x7Qd', source: 'keychain' },
  credits: 1240,
  plan: 'Pro',
  team: 'Ada',
  connection: { state: 'online' },
};

export const SIGNED_IN: Session = { state: 'ready', account: ACCOUNT };
export const IN_SANDBOX: Session = {
  state: 'ready',
  account: { ...ACCOUNT, profile: 'sandbox', key: null },
};
export const EMPTY_PAGE: GalleryPage = {
  generations: [],
  next: null,
  counts: { all: 0, running: 0, failed: 0, revision: 0 },
  notices: { list: [], revision: 0 },
};

/** The books of a user who has spent nothing yet. */
export const NO_BOOKS: Books = {
  today: {
    sum: { span: '2026-11-22', charged: 0, returned: 0, unknown: 0 },
    used: 0,
    setAside: 0,
    limit: null,
  },
  month: {
    sum: { span: '2026-11', charged: 0, returned: 0, unknown: 0 },
    used: 0,
    setAside: 0,
    limit: null,
  },
  months: [],
  entries: 0,
};

/** A message from a program that knew no codes: for tests that are about something else. */
export function said(text: string): Message {
  return { code: 'said', text };
}

export function problem(message: Message, over: Partial<Problem> = {}): Problem {
  return { message, field: null, violations: [], ...over };
}

let revision = 0;

export function generation(id: string, phase: Phase, over: Partial<Generation> = {}): Generation {
  return {
    id,
    revision: ++revision,
    created: Date.now(),
    settings: SETTINGS,
    phase,
    waiting: null,
    credits: null,
    jobId: null,
    renderedInMs: null,
    finished: null,
    canCancel: false,
    imported: null,
    whole: true,
    ...over,
  };
}

export function clip(over: Partial<Clip> = {}): Clip {
  return {
    file: '/home/ada/Videos/Inbetween/lighthouse.mp4',
    name: 'lighthouse.mp4',
    bytes: 5_000_000,
    width: 1920,
    height: 1080,
    durationMs: 5000,
    lastFrameMs: 5000 - 1000 / 24,
    hasPoster: true,
    missing: false,
    ...over,
  };
}

export function page(generations: Generation[], next: string | null = null): GalleryPage {
  const running = generations.filter((one) => isRunning(one.phase)).length;
  const failed = generations.filter((one) => one.phase.state === 'failed').length;
  const counts = { all: generations.length, running, failed, revision: ++revision };
  return { generations, next, counts, notices: { list: [], revision: 0 } };
}

export function frame(hash: string, over: Partial<Frame> = {}): Frame {
  return { hash, width: 1600, height: 900, bytes: 1, name: `${hash}.png`, changes: [], ...over };
}

export function stub(over: Partial<Boot> = {}) {
  const boot: Boot = {
    profile: 'apiframe',
    preferences: PREFERENCES,
    mediaBase: '',
    draft: null,
    gallery: EMPTY_PAGE,
    session: SIGNED_IN,
    ...over,
  };
  let made = 0;
  const heard: { listeners?: Listeners; drag?: (drag: FileDrag) => void } = {};
  const answers = {
    boot: vi.fn(async () => boot),
    reveal: vi.fn(async () => undefined),
    openSession: vi.fn(async () => boot.session),
    signIn: vi.fn<Backend['signIn']>(async () => SIGNED_IN),
    retryVault: vi.fn(async () => SIGNED_IN),
    signOut: vi.fn<Backend['signOut']>(async () => ({ state: 'signedOut' })),
    useSandbox: vi.fn(async () => IN_SANDBOX),
    leaveSandbox: vi.fn<Backend['leaveSandbox']>(async () => ({ state: 'signedOut' })),
    refreshAccount: vi.fn(async () => SIGNED_IN),
    importFrame: vi.fn<Backend['importFrame']>(async (path) => frame(path)),
    pickFrame: vi.fn<Backend['pickFrame']>(async () => frame('picked')),
    pasteFrame: vi.fn<Backend['pasteFrame']>(async () => frame('pasted')),
    clipboardText: vi.fn<Backend['clipboardText']>(async () => null),
    cropFrame: vi.fn<Backend['cropFrame']>(async (hash, like) => frame(`${hash}-like-${like}`)),
    frame: vi.fn<Backend['frame']>(async (hash) => frame(hash)),
    check: vi.fn<Backend['check']>(async () => [] as Violation[]),
    price: vi.fn<Backend['price']>(async () => ({ kind: 'exact', credits: 25 }) as Price),
    saveDraft: vi.fn<Backend['saveDraft']>(async () => undefined),
    generate: vi.fn<Backend['generate']>(async (settings) =>
      generation(`made${++made}`, { state: 'recorded' }, { settings }),
    ),
    gallery: vi.fn<Backend['gallery']>(async () => EMPTY_PAGE),
    generation: vi.fn<Backend['generation']>(async () =>
      Promise.reject(problem({ code: 'notThere' })),
    ),
    retry: vi.fn<Backend['retry']>(async (id) => generation(`${id}-again`, { state: 'recorded' })),
    resume: vi.fn<Backend['resume']>(async (id) =>
      generation(id, { state: 'downloading', received: 0, total: null }),
    ),
    submitAgain: vi.fn<Backend['submitAgain']>(async (id) =>
      generation(id, { state: 'submitting' }),
    ),
    cancel: vi.fn<Backend['cancel']>(async (id) => generation(id, { state: 'submitting' })),
    askNow: vi.fn<Backend['askNow']>(async () => undefined),
    remove: vi.fn<Backend['remove']>(async () => undefined),
    savePoster: vi.fn<Backend['savePoster']>(async () => undefined),
    dismissNotice: vi.fn<Backend['dismissNotice']>(async () => undefined),
    showInFolder: vi.fn<Backend['showInFolder']>(async () => undefined),
    saveCopy: vi.fn<Backend['saveCopy']>(async () => '/home/ada/copy.mp4'),
    books: vi.fn<Backend['books']>(async () => NO_BOOKS),
    ledger: vi.fn<Backend['ledger']>(async () => ({ entries: [], days: [], next: null })),
    setLimits: vi.fn<Backend['setLimits']>(async ({ day, month }) => ({
      ...NO_BOOKS,
      today: { ...NO_BOOKS.today, limit: day },
      month: { ...NO_BOOKS.month, limit: month },
    })),
    exportLedger: vi.fn<Backend['exportLedger']>(async () => '/home/ada/credits.csv'),
    remoteJobs: vi.fn<Backend['remoteJobs']>(async () => ({ jobs: [], next: null })),
    remoteJob: vi.fn<Backend['remoteJob']>(async () => null),
    importJob: vi.fn<Backend['importJob']>(async (job) => ({
      generation: generation(`in-${job}`, { state: 'recorded' }, { jobId: job }),
      wasHere: false,
    })),
    importAll: vi.fn<Backend['importAll']>(async () => ({
      imported: 0,
      expired: 0,
      trouble: null,
    })),
    lookForClips: vi.fn<Backend['lookForClips']>(async () =>
      (boot.gallery?.generations ?? [])
        .filter(({ phase }) => phase.state === 'ready' && phase.clip.missing)
        .map(({ id }) => id),
    ),
    findClip: vi.fn<Backend['findClip']>(async () => null),
    fetchAgain: vi.fn<Backend['fetchAgain']>(async (id) =>
      generation(id, { state: 'downloading', received: 0, total: null }),
    ),
    copyReport: vi.fn<Backend['copyReport']>(async () => 'Inbetween report'),
    setTheme: vi.fn<Backend['setTheme']>(async (theme) => ({ ...PREFERENCES, theme })),
    pickClipsFolder: vi.fn<Backend['pickClipsFolder']>(async () => null),
    openFolder: vi.fn<Backend['openFolder']>(async () => undefined),
    openLink: vi.fn<Backend['openLink']>(async () => undefined),
    media: (kind: string, id: string) => `http://127.0.0.1:1/t/${kind}/${id}`,
    listen: vi.fn(async (listeners: Listeners) => {
      heard.listeners = listeners;
    }),
    onFileDrag: vi.fn(async (handler: (drag: FileDrag) => void) => {
      heard.drag = handler;
    }),
  } satisfies Partial<Backend>;
  type Answers = typeof answers;
  // A command that is not listed answers with nothing.
  const backend = new Proxy(answers, {
    get: (known, name) =>
      name in known || typeof name === 'symbol' || name === 'then'
        ? Reflect.get(known, name)
        : vi.fn(async () => null),
  }) as Answers & Omit<Backend, keyof Answers>;
  return { backend, boot, heard };
}
