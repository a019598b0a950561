/**
 * Imitates the program in the browser, so that the page can be developed and viewed without it.
 * Generations go through their states, events arrive, and a scene in the address chooses what is
 * shown. Not part of what is shipped.
 */
import type { Backend, FileDrag, Listeners, MediaKind } from '..';
import type {
  Account,
  Boot,
  Connection,
  Folder,
  Frame,
  GalleryFilter,
  Generation,
  Keep,
  Message,
  NoticeKind,
  Preferences,
  Price,
  Session,
  Settings,
  SpendingLimits,
  Theme,
  Violation,
} from '../bindings';
import { FakeAccount } from './account';
import { film } from './film';
import { Jobs, wait } from './jobs';
import { Ledger } from './ledger';
import { picture } from './pictures';
import { problem } from './problem';
import { costOf, failures, library, runningOnes, SCENES, settingsOf, type Scene } from './scenes';

export class FakeBackend implements Backend {
  readonly #jobs = new Jobs();
  readonly #ledger = new Ledger(this.#jobs);
  readonly #remote: FakeAccount;
  #session: Session = { state: 'opening' };
  #frames = new Map<string, Frame>();
  #posters = new Map<string, string>();
  #film: string | null = null;
  #credits = 1240;
  #made = 0;
  #preferences: Preferences;

  constructor(
    readonly scene: Scene,
    theme: Theme = 'system',
    /** A film supplied by the developer, `?film=clip.mp4`, if the browser can't make one. */
    private own: string | null = null,
  ) {
    this.#preferences = {
      theme,
      clipsFolder: '/home/ada/Videos/Inbetween',
      sandboxClipsFolder: '/home/ada/Videos/Inbetween/Sandbox',
      clipsFolderIsDefault: true,
      dataFolder: '/home/ada/.local/share/inbetween',
      logFolder: '/home/ada/.local/state/inbetween',
      version: '0.1.0',
    };
    const now = Date.now();
    this.#remote = new FakeAccount(this.#jobs, scene === 'empty' ? 0 : 14, now);
    switch (scene) {
      case 'busy':
      case 'sandbox':
      case 'offline':
      case 'refused':
        this.#jobs.list = [...runningOnes(now), ...failures(now).slice(0, 1), ...library(now, 24)];
        break;
      case 'failed':
        this.#jobs.list = [...failures(now), ...library(now, 3)];
        break;
      case 'full':
        this.#jobs.list = [...runningOnes(now).slice(0, 2), ...library(now, 1300)];
        break;
      case 'limited':
        this.#jobs.list = [...runningOnes(now).slice(0, 2), ...library(now, 9)];
        this.#ledger.limits = { day: 60, month: 2000 };
        break;
      case 'viewer':
      case 'recovery':
        this.#jobs.list = library(now, 40);
        break;
    }
  }

  static fromAddress(search: string): FakeBackend {
    const query = new URLSearchParams(search);
    const scene = SCENES.find((one) => one === query.get('scene')) ?? 'busy';
    const theme = (['dark', 'light'] as const).find((one) => one === query.get('theme'));
    return new FakeBackend(scene, theme, query.get('film'));
  }

  #account(connection: Connection = { state: 'online' }): Account {
    const sandbox = this.scene === 'sandbox' || this.#sandboxed;
    return {
      profile: sandbox ? 'sandbox' : 'apiframe',
      key: sandbox ? null : { last4: 'x7Qd', source: 'keychain' },
      credits: this.#credits,
      plan: sandbox ? null : 'Pro',
      team: sandbox ? null : 'Ada’s studio',
      connection,
    };
  }
  #sandboxed = false;

  #sessionOf(): Session {
    switch (this.scene) {
      case 'welcome':
        return { state: 'signedOut' };
      case 'locked':
        return {
          state: 'vaultTrouble',
          trouble: 'locked',
          message: { code: 'keychainLocked' },
        };
      case 'absent':
        return {
          state: 'vaultTrouble',
          trouble: 'absent',
          message: { code: 'keychainAbsent' },
        };
      case 'offline':
        return {
          state: 'ready',
          account: this.#account({
            state: 'offline',
            message: { code: 'offline' },
          }),
        };
      case 'refused':
        return {
          state: 'ready',
          account: this.#account({
            state: 'refused',
            message: { code: 'keyStopped' },
          }),
        };
      default:
        return { state: 'ready', account: this.#account() };
    }
  }

  async boot(): Promise<Boot> {
    this.#film = this.own ?? (await film(3, 5, 640, 360));
    const fresh = this.scene === 'welcome' || this.scene === 'locked' || this.scene === 'absent';
    const composed = settingsOf(0, { end: null, length: 10, sound: true, avoid: '' });
    return {
      profile: this.scene === 'welcome' ? null : this.scene === 'sandbox' ? 'sandbox' : 'apiframe',
      preferences: this.#preferences,
      mediaBase: '',
      draft: fresh || this.scene === 'empty' ? null : composed,
      gallery: this.scene === 'welcome' ? null : this.#jobs.page('all', null),
      session: { state: 'opening' },
    };
  }
  async reveal() {
    document.documentElement.dataset['revealed'] = 'true';
  }
  async openSession() {
    await wait(60);
    if (this.scene === 'busy' || this.scene === 'sandbox') this.#jobs.live();
    return this.#become(this.#sessionOf());
  }

  #become(session: Session): Session {
    this.#session = session;
    this.#jobs.listeners?.sessionChanged(session);
    return session;
  }

  async signIn(key: string, keep: Keep) {
    await wait(500);
    if (key === '') throw problem({ code: 'keyEmpty' });
    if (!key.startsWith('afk_')) throw problem({ code: 'keyOfAnother' });
    if (key === 'afk_wrong') throw problem({ code: 'keyNotRecognised' });
    if (key === 'afk_locked' && keep === 'keychain') throw problem({ code: 'keychainLocked' });
    this.#sandboxed = false;
    return this.#become({ state: 'ready', account: this.#account() });
  }
  async retryVault() {
    await wait(400);
    return this.#become(this.#sessionOf());
  }
  async signOut() {
    return this.#become({ state: 'signedOut' });
  }
  async useSandbox() {
    await wait(250);
    this.#sandboxed = true;
    this.#jobs.list = [];
    return this.#become({ state: 'ready', account: this.#account() });
  }
  async leaveSandbox() {
    this.#sandboxed = false;
    this.#jobs.list = [];
    return this.#become({ state: 'signedOut' });
  }
  async refreshAccount() {
    await wait(300);
    return this.#become(this.#session);
  }

  #frame(seed: number, name: string, changes: Message[] = []): Frame {
    const frame = { hash: `p${seed}`, width: 1600, height: 900, bytes: 412_000, name, changes };
    this.#frames.set(frame.hash, frame);
    return frame;
  }
  async importFrame(path: string) {
    await wait(350);
    if (!/\.(png|jpe?g|webp|gif)$/i.test(path)) {
      throw problem({ code: 'pictureIsOther', kind: 'other' });
    }
    const name = path.split('/').at(-1) ?? path;
    const changes = path.endsWith('.webp')
      ? [{ code: 'converted' as const, from: 'WebP', to: 'PNG' }]
      : [];
    return this.#frame(10 + (++this.#made % 20), name, changes);
  }
  async pickFrame() {
    await wait(200);
    return this.#frame(10 + (++this.#made % 20), 'harbour at dusk.jpg', [
      { code: 'turnedUpright' },
    ]);
  }
  async pasteFrame() {
    await wait(150);
    return this.#frame(10 + (++this.#made % 20), 'From the clipboard');
  }
  async clipboardText() {
    return null;
  }
  async cropFrame(hash: string, like: string) {
    const frame = await this.frame(hash);
    const shape = await this.frame(like);
    const height = Math.round((frame.width * shape.height) / shape.width);
    const change: Message = { code: 'cropped', width: frame.width, height };
    return { ...frame, height, changes: [...frame.changes, change] };
  }
  async frame(hash: string) {
    return this.#frames.get(hash) ?? this.#frame(Number(hash.slice(1)), 'first frame.png');
  }
  async check(settings: Settings): Promise<Violation[]> {
    const found: Violation[] = [];
    const length = [...settings.prompt].length;
    if (settings.prompt.trim() === '') {
      found.push({ field: 'prompt', message: { code: 'promptMissing' } });
    } else if (length > 2500) {
      found.push({
        field: 'prompt',
        message: { code: 'promptTooLong', over: length - 2500, most: 2500 },
      });
    }
    if (settings.end !== null && settings.start === null) {
      found.push({ field: 'end', message: { code: 'endWithoutStart' } });
    }
    return found;
  }
  async price(settings: Settings): Promise<Price> {
    if (this.scene === 'empty') return { kind: 'range', min: 15, max: 35 };
    return { kind: 'exact', credits: costOf(settings) };
  }
  async saveDraft() {
    await wait(1);
  }

  async generate(settings: Settings) {
    const violations = await this.check(settings);
    const first = violations[0];
    if (first) throw problem(first.message, { violations });
    if (this.#session.state !== 'ready') throw problem({ code: 'signedOut' });
    const refused = this.#ledger.refuses(settings);
    if (refused) throw problem(refused);
    return this.#jobs.begin(settings);
  }

  async gallery(filter: GalleryFilter, cursor: string | null) {
    await wait(30);
    return this.#jobs.page(filter, cursor);
  }
  async generation(id: string) {
    return this.#find(id);
  }
  #find(id: string): Generation {
    const found = this.#jobs.find(id);
    if (!found) throw problem({ code: 'notThere' });
    return found;
  }
  retry = async (id: string) => this.generate(this.#find(id).settings);
  submitAgain = async (id: string) => this.generate(this.#find(id).settings);
  resume = async (id: string) => this.#jobs.again(this.#find(id));
  async cancel(id: string) {
    const generation: Generation = {
      ...this.#find(id),
      canCancel: false,
      phase: {
        state: 'failed',
        failure: {
          message: { code: 'cancelled' },
          field: null,
          charged: false,
          mends: ['tryAgain'],
        },
      },
    };
    this.#jobs.put(generation);
    return generation;
  }
  async remove(id: string) {
    await wait(120);
    this.#ledger.keep(id);
    this.#jobs.drop(id);
  }
  async savePoster(id: string, jpeg: Uint8Array) {
    this.#posters.set(id, URL.createObjectURL(new Blob([new Uint8Array(jpeg)])));
    const now = this.#jobs.find(id);
    if (now?.phase.state !== 'ready') return;
    this.#jobs.put({
      ...now,
      phase: { state: 'ready', clip: { ...now.phase.clip, hasPoster: true } },
    });
  }
  async dismissNotice(kind: NoticeKind) {
    this.#jobs.notices = this.#jobs.notices.filter((one) => one.kind !== kind);
    this.#jobs.listeners?.noticesChanged(this.#jobs.notices);
  }
  async showInFolder() {
    throw problem({ code: 'noFileManager', path: '/home/ada/Videos/Inbetween' });
  }
  async saveCopy() {
    return '/home/ada/Desktop/clip.mp4';
  }

  async books() {
    await wait(30);
    return this.#ledger.books();
  }
  async ledger(cursor: string | null) {
    await wait(30);
    return this.#ledger.page(cursor);
  }
  async setLimits(limits: SpendingLimits) {
    this.#ledger.limits = limits;
    return this.#ledger.books();
  }
  async exportLedger() {
    return '/home/ada/Documents/Inbetween credits.csv';
  }

  remoteJobs = (cursor: string | null) => {
    if (this.scene === 'offline') throw problem({ code: 'importOffline' });
    return this.#remote.page(cursor);
  };
  remoteJob = (job: string) => this.#remote.one(job);
  importJob = (job: string) => this.#remote.importJob(job.trim());
  importAll = () => this.#remote.importAll();
  async lookForClips() {
    await wait(20);
    return this.#jobs.list
      .filter(({ phase }) => phase.state === 'ready' && phase.clip.missing)
      .map(({ id }) => id);
  }
  async findClip(id: string) {
    await wait(300);
    const now = this.#find(id);
    if (now.phase.state !== 'ready') return null;
    const clip = { ...now.phase.clip, file: `/media/ada/Films/${now.phase.clip.name}` };
    const generation = { ...now, phase: { ...now.phase, clip: { ...clip, missing: false } } };
    this.#jobs.put(generation);
    return { generation, others: 0 };
  }
  async fetchAgain(): Promise<Generation> {
    await wait(500);
    throw problem({ code: 'importExpired' });
  }
  async copyReport(plays: string) {
    await wait(300);
    return `Inbetween report\nPlays ${plays}\n`;
  }

  async setTheme(theme: Theme) {
    this.#preferences = { ...this.#preferences, theme };
    return this.#preferences;
  }
  async pickClipsFolder() {
    this.#preferences = { ...this.#preferences, clipsFolder: '/media/ada/Films/Inbetween' };
    return this.#preferences;
  }
  async openFolder(which: Folder) {
    console.info(`open ${which}`);
  }
  async openLink(link: string) {
    console.info(`open ${link}`);
  }

  media(kind: MediaKind, id: string) {
    if (kind === 'clip') return `${this.#film ?? 'none:'}#${id}`;
    const poster = kind === 'poster' ? this.#posters.get(id) : undefined;
    if (poster) return poster;
    const seed = Number(id.replace(/\D/g, ''));
    return picture(seed, kind === 'frame' ? 1280 : 480, kind === 'frame' ? 720 : 270);
  }
  async listen(listeners: Listeners) {
    this.#jobs.listeners = listeners;
  }
  async onFileDrag(handler: (drag: FileDrag) => void) {
    document.addEventListener('dragover', (event) => {
      event.preventDefault();
      handler({ type: 'over', x: event.clientX, y: event.clientY });
    });
    document.addEventListener('dragleave', (event) => {
      if (event.relatedTarget === null) handler({ type: 'leave' });
    });
    document.addEventListener('drop', (event) => {
      event.preventDefault();
      const paths = [...(event.dataTransfer?.files ?? [])].map((file) => `/${file.name}`);
      handler({ type: 'drop', x: event.clientX, y: event.clientY, paths });
    });
  }
}
