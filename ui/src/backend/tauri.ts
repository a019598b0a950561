/** The real program, over Tauri's calls and events. */
import { invoke } from '@tauri-apps/api/core';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import type { Backend, FileDrag, FolderName, Listeners, MediaKind } from '.';
import { commands as bound, events } from './bindings';
import type {
  GalleryFilter,
  Keep,
  Link,
  NoticeKind,
  Settings,
  SpendingLimits,
  Theme,
} from './bindings';

const nothing = () => undefined;

/**
 * The typed calls, with half a character in a text made into a whole one. A text cut in the
 * middle of an emoji holds such a half; as JSON it can't be read, and the call would fail.
 */
const commands = new Proxy(bound, {
  get(target, name: keyof typeof bound) {
    const call = target[name] as (...given: unknown[]) => unknown;
    return (...given: unknown[]) => call(...given.map(wellFormed));
  },
});

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\p{Surrogate}/gu, '\uFFFD');
  if (Array.isArray(value)) return value.map(wellFormed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, wellFormed(one)]));
}

export class TauriBackend implements Backend {
  #mediaBase = '';

  async boot() {
    const boot = await commands.boot();
    this.#mediaBase = boot.mediaBase;
    return boot;
  }
  reveal = () => commands.reveal().then(nothing);
  openSession = () => commands.openSession();
  signIn = (key: string, keep: Keep) => commands.signIn(key, keep);
  retryVault = () => commands.retryVault();
  signOut = () => commands.signOut();
  useSandbox = () => commands.useSandbox();
  leaveSandbox = () => commands.leaveSandbox();
  refreshAccount = () => commands.refreshAccount();

  importFrame = (path: string) => commands.importFrame(path);
  pickFrame = (title: string) => commands.pickFrame(title);
  pasteFrame = () => commands.pasteFrame();
  clipboardText = () => commands.clipboardText();
  cropFrame = (hash: string, like: string) => commands.cropFrame(hash, like);
  frame = (hash: string) => commands.frame(hash);
  check = (settings: Settings) => commands.check(settings);
  price = (settings: Settings) => commands.price(settings);
  saveDraft = (settings: Settings) => commands.saveDraft(settings).then(nothing);
  generate = (settings: Settings) => commands.generate(settings);

  gallery = (filter: GalleryFilter, cursor: string | null) => commands.gallery(filter, cursor);
  generation = (id: string) => commands.generation(id);
  retry = (id: string) => commands.retry(id);
  resume = (id: string) => commands.resume(id);
  submitAgain = (id: string) => commands.submitAgain(id);
  cancel = (id: string) => commands.cancel(id);
  remove = (id: string) => commands.remove(id).then(nothing);
  dismissNotice = (kind: NoticeKind) => commands.dismissNotice(kind).then(nothing);
  showInFolder = (id: string) => commands.showInFolder(id).then(nothing);
  saveCopy = (id: string) => commands.saveCopy(id);

  books = () => commands.books();
  ledger = (cursor: string | null) => commands.ledger(cursor);
  setLimits = (limits: SpendingLimits) => commands.setLimits(limits);
  exportLedger = () => commands.exportLedger();
  remoteJobs = (cursor: string | null) => commands.remoteJobs(cursor);
  remoteJob = (job: string) => commands.remoteJob(job);
  bringIn = (job: string) => commands.bringIn(job);
  bringInAll = () => commands.bringInAll();
  lookForClips = () => commands.lookForClips();
  findClip = (id: string) => commands.findClip(id);
  fetchAgain = (id: string) => commands.fetchAgain(id);
  copyReport = (plays: string) => commands.copyReport(plays);

  setTheme = (theme: Theme) => commands.setTheme(theme);
  pickClipsFolder = () => commands.pickClipsFolder();
  openFolder = (which: FolderName) => commands.openFolder(which).then(nothing);
  openLink = (link: Link) => commands.openLink(link).then(nothing);

  /** Raw bytes do not fit a typed command: the body is the picture, the id rides in a header. */
  async savePoster(id: string, jpeg: Uint8Array) {
    await invoke('save_poster', jpeg, { headers: { 'x-generation': id } });
  }

  media(kind: MediaKind, id: string) {
    return `${this.#mediaBase}/${kind}/${encodeURIComponent(id)}`;
  }

  async listen(to: Listeners) {
    await Promise.all([
      events.generationChanged.listen((event) => to.generationChanged(event.payload)),
      events.generationRemoved.listen((event) => to.generationRemoved(event.payload)),
      events.countsChanged.listen((event) => to.countsChanged(event.payload)),
      events.noticesChanged.listen((event) => to.noticesChanged(event.payload)),
      events.sessionChanged.listen((event) => to.sessionChanged(event.payload)),
      events.profileChanged.listen(() => to.galleryStale()),
    ]);
  }

  async onFileDrag(handler: (drag: FileDrag) => void) {
    // Only Windows reports physical pixels here; the type says so for all three.
    const scale = navigator.userAgent.includes('Windows') ? window.devicePixelRatio : 1;
    await getCurrentWebview().onDragDropEvent(({ payload }) => {
      if (payload.type === 'leave') {
        handler({ type: 'leave' });
        return;
      }
      const x = payload.position.x / scale;
      const y = payload.position.y / scale;
      if (payload.type === 'drop') handler({ type: 'drop', x, y, paths: payload.paths });
      else handler({ type: 'over', x, y });
    });
  }
}
