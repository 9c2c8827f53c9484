import { answer, type Access } from './access.js';
import type { Engine } from './engine.js';
import { TournamentError } from './errors.js';
import type { Session } from './generated/glue.js';

/** The rows of a unit of work, as long as it goes on. */
export class Unit implements Access {
  readonly #engine: Engine;
  #session: Session | null;

  constructor(engine: Engine, store: Session, readOnly: boolean) {
    this.#engine = engine;
    this.#session = engine.call(() => store.begin(readOnly));
  }

  async read<T>(call: (session: Session) => string): Promise<T> {
    return answer(this.#within(call));
  }

  async write<T>(call: (session: Session) => string | void): Promise<T> {
    return answer(this.#within(call));
  }

  /** Stores all that it wrote. */
  async commit(): Promise<void> {
    this.#within((session) => session.commit());
  }

  /** Called before an error is passed on. */
  async failed(): Promise<void> {}

  /** Forgets what was not committed, and gives its memory back. Every later call rejects with `aborted`. */
  end(): void {
    const session = this.#session;
    this.#session = null;
    if (session && !this.#engine.isBroken) this.#engine.call(() => session.free());
  }

  #within<T>(call: (session: Session) => T): T {
    const session = this.#session;
    if (session === null) {
      throw new TournamentError({ code: 'aborted', message: 'the transaction is over; begin another' });
    }
    return this.#engine.call(() => call(session));
  }
}
