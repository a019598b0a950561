/**
 * The page's state in one place: what is open, and how the parts connect. Each part owns its own
 * state; this only passes on what one part reports to the others.
 */
import { createContext } from 'svelte';
import { asProblem } from '../backend';
import type { Backend, Boot, Generation, Listeners, Preferences, Theme } from '../backend';
import { FrameBatch } from '../kit/frameBatch';
import { MissingFiles } from '../recovery/missingFiles';
import { PictureInput } from './pictureInput.svelte';
import { Clock } from './clock.svelte';
import { ComposerState } from './composer.svelte';
import { LedgerState } from '../ledger/ledger.svelte';
import { belongs, GalleryState } from './gallery.svelte';
import { PosterMaker } from './posters';
import { SessionState } from './session.svelte';
import { Announcer } from './announcer.svelte';
import { inShort } from './format';
import { sentence, t } from '../catalogue';

export type Sheet = 'settings' | 'keys' | 'credits' | 'import';

export function applyTheme(theme: Theme) {
  if (theme === 'system') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.dataset['theme'] = theme;
}

export class Studio {
  readonly clock = new Clock();
  readonly announcer = new Announcer();
  readonly gallery: GalleryState;
  readonly composer: ComposerState;
  readonly session: SessionState;
  readonly pictureInput: PictureInput;
  readonly posters: PosterMaker;
  readonly ledger: LedgerState;
  readonly missingFiles: MissingFiles;

  preferences = $state.raw<Preferences>() as Preferences;
  sheet = $state<Sheet | null>(null);
  /** What Settings was opened for; that part gets the keyboard focus. */
  sought = $state<'key' | 'limits' | null>(null);
  /** The generation that is open. */
  viewing = $state<string | null>(null);
  /** Without a key, the user can still look at their library. */
  looking = $state(false);
  /** Set after the first paint: before that nothing is fetched or made. */
  painted = $state(false);

  /** The screen shown below the viewer and the sheets. */
  room = $derived.by<'opening' | 'welcome' | 'vault' | 'main'>(() => {
    const state = this.session.current.state;
    if (state === 'ready' || this.looking) return 'main';
    if (state === 'signedOut') return 'welcome';
    if (state === 'vaultProblem') return 'vault';
    return this.hasLibrary ? 'main' : 'opening';
  });
  hasLibrary = $state(false);
  /** Uncertain generations that the user asked to check again. */
  #checking = new Set<string>();

  constructor(
    readonly backend: Backend,
    boot: Boot,
  ) {
    this.preferences = boot.preferences;
    this.gallery = new GalleryState(backend);
    this.composer = new ComposerState(
      backend,
      (generation) => this.began(generation),
      (canUndo) => this.#replaced(canUndo),
      { credits: () => this.session.spendable, refresh: () => this.session.refresh() },
    );
    this.session = new SessionState(backend, boot.session, boot.profile, () => this.#moved());
    this.pictureInput = new PictureInput(
      this.composer,
      this.announcer,
      () => this.room === 'main' && this.viewing === null && this.sheet === null,
    );
    this.posters = new PosterMaker(backend);
    this.ledger = new LedgerState(backend);
    this.missingFiles = new MissingFiles(backend, this.gallery);
    if (boot.gallery) {
      this.gallery.start(boot.gallery);
      this.hasLibrary = true;
    } else if (boot.profile !== null) {
      // The library is still being opened.
      void this.gallery.reload().then(() => (this.hasLibrary = true));
    }
    if (boot.draft) this.composer.load(boot.draft);
  }

  readonly listeners: Listeners = {
    generationChanged: (generation) => this.#news.add(() => this.changed(generation)),
    generationRemoved: (id) => this.#news.add(() => this.removed(id)),
    countsChanged: (counts) => this.#news.add(() => this.gallery.count(counts)),
    noticesChanged: (notices) => this.#news.add(() => this.gallery.notice(notices)),
    sessionChanged: (session) => this.session.reported(session),
    // Another library is shown, or events were missed.
    profileChanged: (profile) =>
      void (profile === this.session.profile ? this.gallery.refresh() : this.gallery.reload()),
  };
  /** What the program says is taken in once a frame, in its order, however much it is. */
  readonly #news = new FrameBatch();

  /** Handles a generation from an event or an answer: there is no other way in. */
  changed(generation: Generation) {
    const { id } = generation;
    const before = this.gallery.find(id);
    // What is open stays open, even if it no longer belongs to what the gallery shows.
    if (this.viewing === id && !belongs(generation, this.gallery.filter)) {
      this.gallery.filter = 'all';
      void this.gallery.refresh(generation);
    }
    if (!this.gallery.put(generation)) return;
    this.composer.heard(generation);
    const { phase } = generation;
    const moved = before?.phase.state !== phase.state;
    const priced = before?.credits !== generation.credits;
    if (moved || priced) this.ledger.stale();
    // What it cost is what the next similar clip will cost.
    if (priced) void this.composer.reprice();
    if (!moved) return;
    const prompt = inShort(generation.settings.prompt);
    if (phase.state === 'ready') {
      this.announcer.say(t('page-ready', { prompt }));
    } else if (phase.state === 'failed') {
      this.announcer.say(t('page-failed', { prompt, reason: sentence(phase.failure.message) }));
    } else if (phase.state === 'uncertain') {
      this.announcer.say(t('page-uncertain', { prompt, reason: sentence(phase.message) }));
    }
    this.#answer(generation);
  }

  /** A generation was removed. The viewer continues with the clip next to it. */
  removed(id: string) {
    const next = this.gallery.neighbour(id, 1) ?? this.gallery.neighbour(id, -1);
    this.gallery.drop(id);
    this.ledger.stale();
    if (this.viewing !== id) return;
    if (next) this.open(next.id);
    else this.viewing = null;
  }

  /** Removes a generation without a clip from the gallery. */
  dismiss(id: string) {
    return this.attempt(async () => {
      await this.backend.remove(id);
      this.removed(id);
    });
  }

  /** Searches the account's list again for what became of a request. */
  async check(id: string) {
    this.#checking.add(id);
    const asked = await this.attempt(async () => this.changed(await this.backend.resume(id)));
    if (!asked) this.#checking.delete(id);
  }

  /** Reports the result of a check that the user asked for. */
  #answer({ id, phase }: Generation) {
    if (phase.state === 'submitting' || !this.#checking.delete(id)) return;
    if (phase.state === 'uncertain') {
      this.announcer.tell(t('page-checked-unknown'));
    } else if (phase.state !== 'failed') {
      this.announcer.tell(t('page-checked-arrived'));
    }
  }

  /** Handles the answer to a call that starts a generation. */
  began(generation: Generation) {
    this.changed(generation);
    this.announcer.say(t('page-started', { prompt: inShort(generation.settings.prompt) }));
  }

  #moved() {
    this.hasLibrary = true;
    this.viewing = null;
    this.gallery.filter = 'all';
    void this.gallery.reload().then(() => this.missingFiles.look());
    this.ledger.forget();
    this.composer.moved();
    void this.composer.reprice();
  }

  /** Settings from the gallery are now in the composer. */
  #replaced(canUndo: boolean) {
    this.viewing = null;
    if (!canUndo) return;
    this.announcer.tell(t('composer-replaced'), false, {
      label: t('page-undo'),
      run: () => this.composer.replaced.undo(),
    });
  }

  async setTheme(theme: Theme) {
    applyTheme(theme);
    this.preferences = { ...this.preferences, theme };
    await this.attempt(async () => {
      this.preferences = await this.backend.setTheme(theme);
    });
  }

  /** Runs what a button asked for, and shows a message if it fails. */
  async attempt(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      this.announcer.tell(sentence(asProblem(error).message), true);
      return false;
    }
  }

  openSettings(sought: 'key' | 'limits' | null = null) {
    this.sought = sought;
    this.sheet = 'settings';
  }

  open(id: string) {
    this.announcer.hush();
    this.gallery.current = id;
    this.viewing = id;
    void this.missingFiles.lookAt(id);
  }
}

export const [useStudio, provideStudio] = createContext<Studio>();
