/**
 * The page's state in one place: what is open, and how the parts meet. Each part owns its own
 * state; this only passes on what one says to the others.
 */
import { createContext } from 'svelte';
import { asProblem } from '../backend';
import type { Backend, Boot, Generation, Listeners, Preferences, Theme } from '../backend';
import { Presence } from '../recovery/presence';
import { Arrivals } from './arrivals.svelte';
import { FrameBatch } from '../kit/frameBatch';
import { Clock } from './clock.svelte';
import { ComposerState } from './composer.svelte';
import { LedgerState } from '../ledger/ledger.svelte';
import { GalleryState } from './gallery.svelte';
import { PosterMaker } from './posters';
import { SessionState } from './session.svelte';
import { Voice } from './voice.svelte';
import { inShort } from './words';
import { sentence, t } from '../words';

export type Sheet = 'settings' | 'keys' | 'credits' | 'bringIn';

export function wearTheme(theme: Theme) {
  if (theme === 'system') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.dataset['theme'] = theme;
}

export class Studio {
  readonly clock = new Clock();
  readonly voice = new Voice();
  readonly gallery: GalleryState;
  readonly composer: ComposerState;
  readonly session: SessionState;
  readonly arrivals: Arrivals;
  readonly posters: PosterMaker;
  readonly ledger: LedgerState;
  readonly presence: Presence;

  preferences = $state.raw<Preferences>() as Preferences;
  sheet = $state<Sheet | null>(null);
  /** What Settings was opened for; it brings the keyboard there. */
  sought = $state<'key' | 'limits' | null>(null);
  /** The clip in the viewer. */
  viewing = $state<string | null>(null);
  /** Without a key one can still look at what one has. */
  looking = $state(false);
  /** Set once the first paint is over: before that nothing is fetched or made. */
  painted = $state(false);

  /** The room shown beneath the viewer and the sheets. */
  room = $derived.by<'opening' | 'welcome' | 'vault' | 'main'>(() => {
    const state = this.session.current.state;
    if (state === 'ready' || this.looking) return 'main';
    if (state === 'signedOut') return 'welcome';
    if (state === 'vaultTrouble') return 'vault';
    return this.hasLibrary ? 'main' : 'opening';
  });
  hasLibrary = $state(false);
  /** Uncertain ones that the person had looked for once more. */
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
    this.arrivals = new Arrivals(
      this.composer,
      this.voice,
      () => this.room === 'main' && this.viewing === null && this.sheet === null,
    );
    this.posters = new PosterMaker(backend);
    this.ledger = new LedgerState(backend);
    this.presence = new Presence(backend, this.gallery);
    if (boot.gallery) {
      this.gallery.start(boot.gallery);
      this.hasLibrary = true;
    }
    if (boot.draft) this.composer.load(boot.draft);
  }

  readonly listeners: Listeners = {
    generationChanged: (generation) => this.#news.add(() => this.changed(generation)),
    generationRemoved: (id) => this.#news.add(() => this.removed(id)),
    countsChanged: (counts) => this.#news.add(() => (this.gallery.counts = counts)),
    noticesChanged: (notices) => this.#news.add(() => (this.gallery.notices = notices)),
    sessionChanged: (session) => this.session.told(session),
    galleryStale: () => void this.gallery.refresh(),
  };
  /** What the program says is taken in once a frame, in its order, however much it is. */
  readonly #news = new FrameBatch();

  /** Takes in a generation, from an event or an answer: there is no other way in. */
  changed(generation: Generation) {
    const before = this.gallery.find(generation.id);
    if (!this.gallery.put(generation)) return;
    this.composer.heard(generation);
    const { phase } = generation;
    const moved = before?.phase.state !== phase.state;
    const priced = before?.credits !== generation.credits;
    if (moved || priced) this.ledger.stale();
    // What it cost is what the next one like it will cost.
    if (priced) void this.composer.reprice();
    if (!moved) return;
    const prompt = inShort(generation.settings.prompt);
    if (phase.state === 'ready') {
      this.voice.say(t('page-ready', { prompt }));
    } else if (phase.state === 'failed') {
      this.voice.say(t('page-failed', { prompt, reason: sentence(phase.failure.message) }));
    } else if (phase.state === 'uncertain') {
      this.voice.say(t('page-uncertain', { prompt, reason: sentence(phase.message) }));
    }
    this.#answer(generation);
  }

  /** A generation is gone. The viewer goes on with the clip next to it. */
  removed(id: string) {
    const next = this.gallery.neighbour(id, 1) ?? this.gallery.neighbour(id, -1);
    this.gallery.drop(id);
    this.ledger.stale();
    if (this.viewing !== id) return;
    if (next) this.open(next.id);
    else this.viewing = null;
  }

  /** Takes a generation without a clip out of the gallery. */
  dismiss(id: string) {
    return this.attempt(async () => {
      await this.backend.remove(id);
      this.removed(id);
    });
  }

  /** Looks in the account's list once more for what became of a request. */
  async check(id: string) {
    this.#checking.add(id);
    const asked = await this.attempt(async () => this.changed(await this.backend.resume(id)));
    if (!asked) this.#checking.delete(id);
  }

  /** What the person's own look came to. */
  #answer({ id, phase }: Generation) {
    if (phase.state === 'submitting' || !this.#checking.delete(id)) return;
    if (phase.state === 'uncertain') {
      this.voice.tell(t('page-checked-unknown'));
    } else if (phase.state !== 'failed') {
      this.voice.tell(t('page-checked-arrived'));
    }
  }

  /** The answer to a call that begins a generation. */
  began(generation: Generation) {
    this.changed(generation);
    this.voice.say(t('page-started', { prompt: inShort(generation.settings.prompt) }));
  }

  #moved() {
    this.hasLibrary = true;
    this.viewing = null;
    this.gallery.filter = 'all';
    void this.gallery.reload().then(() => this.presence.look());
    this.ledger.forget();
    this.composer.moved();
    void this.composer.reprice();
  }

  /** Settings from the gallery stand in the composer now. */
  #replaced(canUndo: boolean) {
    this.viewing = null;
    if (!canUndo) return;
    this.voice.tell(t('composer-replaced'), false, {
      words: t('page-undo'),
      run: () => this.composer.replaced.undo(),
    });
  }

  async setTheme(theme: Theme) {
    wearTheme(theme);
    this.preferences = { ...this.preferences, theme };
    await this.attempt(async () => {
      this.preferences = await this.backend.setTheme(theme);
    });
  }

  /** Runs what a button asked for; what goes wrong is told in words. */
  async attempt(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      this.voice.tell(sentence(asProblem(error).message), true);
      return false;
    }
  }

  openSettings(sought: 'key' | 'limits' | null = null) {
    this.sought = sought;
    this.sheet = 'settings';
  }

  open(id: string) {
    this.voice.hush();
    this.gallery.current = id;
    this.viewing = id;
    void this.presence.lookAt(id);
  }
}

export const [useStudio, provideStudio] = createContext<Studio>();
