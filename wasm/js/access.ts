import type { Engine } from './engine.js';
import type { Session } from './generated/glue.js';

/**
 * How repositories reach the rows: a store's, a unit of work's, or those of a store that is kept somewhere.
 * The answers are JSON text, or nothing.
 */
export interface Access {
  read<T>(call: (session: Session) => string): Promise<T>;
  write<T>(call: (session: Session) => string | void): Promise<T>;
}

/** The rows of one session, at once. */
export class Direct implements Access {
  readonly #engine: Engine;
  readonly #session: Session;

  constructor(engine: Engine, session: Session) {
    this.#engine = engine;
    this.#session = session;
  }

  async read<T>(call: (session: Session) => string): Promise<T> {
    return answer(this.#engine.call(() => call(this.#session)));
  }

  async write<T>(call: (session: Session) => string | void): Promise<T> {
    return answer(this.#engine.call(() => call(this.#session)));
  }
}

/** What the engine's JSON text means. */
export function answer<T>(text: string | void): T {
  return (text === undefined ? undefined : JSON.parse(text)) as T;
}
