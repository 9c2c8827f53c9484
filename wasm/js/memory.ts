import { Direct } from './access.js';
import type { Engine } from './engine.js';
import type { Session } from './generated/glue.js';
import { Store, type StoreAccess } from './store.js';
import { Unit } from './unit.js';

/** A store in the memory of an engine of its own. */
export function memoryStore(engine: Engine): Store {
  return new Store(new Memory(engine));
}

class Memory extends Direct implements StoreAccess {
  readonly engine: Engine;
  readonly readable: Session;

  constructor(engine: Engine, session = engine.call(() => new engine.instance.Session())) {
    super(engine, session);
    this.engine = engine;
    this.readable = session;
  }

  begin(readOnly: boolean): Unit {
    return new Unit(this.engine, this.readable, readOnly);
  }

  async close(): Promise<void> {
    // Of a broken engine there is nothing to let go of.
    if (!this.engine.isBroken) this.engine.call(() => this.readable.close());
  }
}
