/**
 * Who is signed in, as the program reports it. The key itself is never kept here: it goes from the
 * text box into one call.
 */
import { asProblem } from '../backend';
import type { Account, Backend, Keep, Problem, Profile, Session } from '../backend';

export class SessionState {
  current = $state.raw<Session>({ state: 'opening' });
  busy = $state(false);
  account = $derived<Account | null>(this.current.state === 'ready' ? this.current.account : null);
  sandbox = $derived(this.account?.profile === 'sandbox');
  /** What is left to spend, if Apiframe reported it and nothing has gone wrong since. */
  spendable = $derived(this.account?.connection.state === 'online' ? this.account.credits : null);
  /** The profile whose library is shown. */
  profile: Profile | null;
  /** How often the program has reported the session on its own. */
  #reports = 0;

  constructor(
    private backend: Backend,
    session: Session,
    profile: Profile | null,
    /** The other profile has another library: everything shown has to be read again. */
    private onProfile: () => void,
  ) {
    this.current = session;
    this.profile = profile;
  }

  /** The program reports every change, so its reports are never older than an answer. */
  reported(session: Session) {
    this.#reports++;
    this.take(session);
  }

  take(session: Session) {
    this.current = session;
    if (session.state === 'opening') return;
    const profile = session.state === 'ready' ? session.account.profile : 'apiframe';
    const changed = this.profile !== profile;
    this.profile = profile;
    if (changed) this.onProfile();
  }

  /** Resolves to the problem to show, or to null when it went well. */
  async #ask(call: () => Promise<Session>): Promise<Problem | null> {
    this.busy = true;
    const reports = this.#reports;
    try {
      const session = await call();
      if (reports === this.#reports) this.take(session);
      return null;
    } catch (error) {
      return asProblem(error);
    } finally {
      this.busy = false;
    }
  }

  open = () => this.#ask(() => this.backend.openSession());
  signIn = (key: string, keep: Keep) => this.#ask(() => this.backend.signIn(key, keep));
  retryVault = () => this.#ask(() => this.backend.retryVault());
  signOut = () => this.#ask(() => this.backend.signOut());
  useSandbox = () => this.#ask(() => this.backend.useSandbox());
  leaveSandbox = () => this.#ask(() => this.backend.leaveSandbox());
  refresh = () => this.#ask(() => this.backend.refreshAccount());
}
