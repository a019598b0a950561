/**
 * The page's one door to the program. Everything else in the page speaks to `Backend` and so
 * also runs in a plain browser, on the fake. Nothing here decides anything: methods carry a
 * call over and hand back what came, and reject with a `Problem` whose message can be shown.
 */
import type {
  Books,
  Boot,
  BroughtJob,
  Counts,
  FoundClip,
  Frame,
  GalleryFilter,
  GalleryPage,
  Generation,
  Harvest,
  Keep,
  LedgerPage,
  Link,
  Notice,
  NoticeKind,
  Preferences,
  Price,
  Problem,
  RemoteJob,
  RemotePage,
  Session,
  Settings,
  SpendingLimits,
  Theme,
  Violation,
} from './bindings';
import { t } from '../words';

export type * from './bindings';

export type MediaKind = 'clip' | 'poster' | 'frame' | 'thumb';
export type FolderName = 'clips' | 'data' | 'log';

/** What the program says by itself, without being asked. */
export interface Listeners {
  generationChanged(generation: Generation): void;
  generationRemoved(id: string): void;
  countsChanged(counts: Counts): void;
  noticesChanged(notices: Notice[]): void;
  sessionChanged(session: Session): void;
  /** Another library is shown, or events were missed: what is shown must be asked for anew. */
  galleryStale(): void;
}

/** Files dragged over the window from another program; x and y in CSS pixels. */
export type FileDrag =
  | { type: 'over'; x: number; y: number }
  | { type: 'drop'; x: number; y: number; paths: string[] }
  | { type: 'leave' };

export interface Backend {
  boot(): Promise<Boot>;
  reveal(): Promise<void>;
  openSession(): Promise<Session>;
  signIn(key: string, keep: Keep): Promise<Session>;
  retryVault(): Promise<Session>;
  signOut(): Promise<Session>;
  useSandbox(): Promise<Session>;
  leaveSandbox(): Promise<Session>;
  refreshAccount(): Promise<Session>;

  importFrame(path: string): Promise<Frame>;
  pickFrame(title: string): Promise<Frame | null>;
  pasteFrame(): Promise<Frame | null>;
  /** Null where the clipboard holds no text. */
  clipboardText(): Promise<string | null>;
  /** The middle of a frame in the shape of another. */
  cropFrame(hash: string, like: string): Promise<Frame>;
  frame(hash: string): Promise<Frame | null>;
  check(settings: Settings): Promise<Violation[]>;
  price(settings: Settings): Promise<Price>;
  saveDraft(settings: Settings): Promise<void>;
  generate(settings: Settings): Promise<Generation>;

  gallery(filter: GalleryFilter, cursor: string | null): Promise<GalleryPage>;
  generation(id: string): Promise<Generation | null>;
  retry(id: string): Promise<Generation>;
  resume(id: string): Promise<Generation>;
  submitAgain(id: string): Promise<Generation>;
  cancel(id: string): Promise<Generation>;
  remove(id: string): Promise<void>;
  savePoster(id: string, jpeg: Uint8Array): Promise<void>;
  dismissNotice(kind: NoticeKind): Promise<void>;
  showInFolder(id: string): Promise<void>;
  saveCopy(id: string): Promise<string | null>;

  books(): Promise<Books>;
  ledger(cursor: string | null): Promise<LedgerPage>;
  setLimits(limits: SpendingLimits): Promise<Books>;
  /** Where it was saved; null when the dialog was closed. */
  exportLedger(): Promise<string | null>;
  /** A page of what the account holds and the library has not. */
  remoteJobs(cursor: string | null): Promise<RemotePage>;
  remoteJob(job: string): Promise<RemoteJob | null>;
  bringIn(job: string): Promise<BroughtJob>;
  bringInAll(): Promise<Harvest>;
  /** The ids of the clips whose files are missing. */
  lookForClips(): Promise<string[]>;
  /** Null when the person closes the dialog. */
  findClip(id: string): Promise<FoundClip | null>;
  fetchAgain(id: string): Promise<Generation>;
  copyReport(plays: string): Promise<string>;

  setTheme(theme: Theme): Promise<Preferences>;
  pickClipsFolder(): Promise<Preferences | null>;
  openFolder(which: FolderName): Promise<void>;
  openLink(link: Link): Promise<void>;

  /** Where a clip, its poster, a frame or its small picture can be fetched. Valid after `boot`. */
  media(kind: MediaKind, id: string): string;
  /** Resolves once nothing the program says from now on can be missed. */
  listen(listeners: Listeners): Promise<void>;
  onFileDrag(handler: (drag: FileDrag) => void): Promise<void>;
}

function isProblem(error: unknown): error is Problem {
  return (
    typeof error === 'object' &&
    error !== null &&
    typeof (error as Partial<Problem>).message?.code === 'string'
  );
}

/** Whatever a call was rejected with, as something that can be shown. */
export function asProblem(error: unknown): Problem {
  if (isProblem(error)) {
    return { ...error, field: error.field ?? null, violations: error.violations ?? [] };
  }
  console.error(error);
  return {
    message: { code: 'brokeOff' },
    field: null,
    violations: [],
  };
}

/** The program's own window has Tauri in it; a browser, while the page is worked on, has not. */
export async function connect(): Promise<Backend> {
  if ('__TAURI_INTERNALS__' in window) {
    const { TauriBackend } = await import('./tauri');
    return new TauriBackend();
  }
  if (import.meta.env.MODE !== 'production') {
    const { FakeBackend } = await import('./fake/fake');
    return FakeBackend.fromAddress(location.search);
  }
  const problem: Problem = {
    message: { code: 'said', text: t('page-own-window') },
    field: null,
    violations: [],
  };
  throw problem;
}
