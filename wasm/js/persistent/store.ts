import { answer } from '../access.js';
import type { Engine } from '../engine.js';
import { busy, unavailable } from '../errors.js';
import type { Journal, Session } from '../generated/glue.js';
import type { Health } from '../generated/types.js';
import { Store, type StoreAccess } from '../store.js';
import { Unit } from '../unit.js';
import type { Database, Durability } from './database.js';
import type { Writer } from './writer.js';

export interface PersistentOptions {
  /** The store's name, among those of pages of the same origin. */
  name: string;
  /**
   * When a write's promise resolves. `strict`, unless given: when the change is on the disk, and it is undone
   * if it cannot be stored. `relaxed`: at once; `flush` waits until it has been handed to the disk.
   */
  durability?: Durability;
  /** Whether to wait while the store is open elsewhere, instead of rejecting with `busy`. */
  wait?: boolean;
  /** Ends such a wait, with `busy`. */
  signal?: AbortSignal;
  /**
   * Whether to go back to the last whole change where what was kept is damaged, instead of rejecting with
   * `corrupt`. What comes after it is put aside, and counted in `persistence.recovered`.
   */
  recover?: boolean;
}

/** How a store is kept. */
export interface Persistence {
  readonly name: string;
  readonly durability: Durability;
  /**
   * Whether the browser promised not to delete the store when it runs out of room; `null` while it has not
   * answered, or where it cannot be asked.
   */
  readonly persisted: boolean | null;
  /** Whether a store of this name was kept here once, and the browser has deleted it since. */
  readonly evicted: boolean;
  /** How many changes had to be put aside, with `recover`, because what was kept was damaged. */
  readonly recovered: number;
  /** Why what was written last is not stored, or `null`. */
  readonly problem: string | null;
}

/** A store that the browser keeps. */
export class PersistentStore extends Store {
  readonly #kept: KeptAccess;

  /** @internal */
  constructor(kept: KeptAccess) {
    super(kept);
    this.#kept = kept;
  }

  /** How the store is kept, as of now. */
  get persistence(): Persistence {
    return this.#kept.persistence();
  }

  /** Resolves when all that has been written so far is stored, and rejects where it could not be. */
  flush(): Promise<void> {
    return this.#kept.flush();
  }

  /**
   * Calls a function once the store can be written to no more, because what is kept was taken away or another
   * tab has it now, with the reason; at once if that has happened already.
   */
  onLost(listener: (reason: string) => void): void {
    this.#kept.onLost(listener);
  }

  /**
   * Stores what has been written, and lets go of the store. Under `relaxed` it rejects where something could not be
   * stored, and the store stays open; `discard` gives that up.
   */
  override close(options?: { discard?: boolean }): Promise<void> {
    return this.#kept.close(options);
  }

  override async health(): Promise<Health> {
    const health = await super.health();
    const problem = health.problem ?? this.persistence.problem;
    return { ...health, backend: 'indexeddb', healthy: problem === null, problem };
  }
}

/**
 * What is known of a store when it is opened, and what its owner holds.
 *
 * @internal
 */
export interface Opened {
  engine: Engine;
  journal: Journal;
  database: Database;
  writer: Writer;
  letGo: (() => void) | null;
  persistence: Omit<Persistence, 'problem'>;
}

/**
 * The rows of a store that is kept: what is written is stored before it is answered, or soon after.
 *
 * @internal
 */
export class KeptAccess implements StoreAccess {
  readonly engine: Engine;
  /** What readers read: under `strict`, only what is stored. */
  readonly readable: Session;
  readonly #opened: Opened;
  readonly #head: Session;
  readonly #strict: boolean;
  readonly #listeners: ((reason: string) => void)[] = [];
  #persisted: boolean | null;
  #closing: Promise<void> | null = null;

  constructor(opened: Opened) {
    this.engine = opened.engine;
    this.#opened = opened;
    this.#strict = opened.persistence.durability === 'strict';
    this.#persisted = opened.persistence.persisted;
    this.#head = this.engine.call(() => opened.journal.head());
    this.readable = this.#strict ? this.engine.call(() => opened.journal.stored()) : this.#head;
    opened.database.onLost = (reason) => {
      opened.letGo?.();
      for (const listener of this.#listeners) tell(listener, reason);
    };
  }

  async read<T>(call: (session: Session) => string): Promise<T> {
    return answer(this.engine.call(() => call(this.readable)));
  }

  async write<T>(call: (session: Session) => string | void): Promise<T> {
    this.checkWritable();
    let text: string | void;
    try {
      text = this.engine.call(() => call(this.#head));
    } catch (error) {
      await this.failed();
      throw error;
    }
    await this.committed();
    return answer(text);
  }

  /** Refuses what could be stored no more. */
  checkWritable(): void {
    const reason = this.#closing ? 'it is closed, or about to be' : this.#opened.database.lost;
    if (reason !== null) throw unavailable(reason);
  }

  begin(readOnly: boolean): Unit {
    if (readOnly) return new Unit(this.engine, this.readable, true);
    return new KeptUnit(this, this.#head, this.#opened.writer);
  }

  /** Resolves when what was written is stored; at once, if that need not be waited for. */
  async committed(): Promise<void> {
    const stored = this.flush();
    if (this.#strict) return stored;
    stored.catch(() => {});
  }

  /** Before an error is passed on: it may rest on what another wrote and is not stored yet. */
  async failed(): Promise<void> {
    if (this.#strict && !this.engine.isBroken) await this.flush();
  }

  flush(): Promise<void> {
    return this.#opened.writer.stored();
  }

  persistence(): Persistence {
    return { ...this.#opened.persistence, persisted: this.#persisted, problem: this.#opened.writer.problem };
  }

  /** The browser's answer to whether it will keep the store. */
  set persisted(answer: boolean) {
    this.#persisted = answer;
  }

  onLost(listener: (reason: string) => void): void {
    this.#listeners.push(listener);
    const { lost } = this.#opened.database;
    if (lost !== null) tell(listener, lost);
  }

  /** Ends all of it, once what was written is stored; where that fails under `relaxed`, it goes on. */
  close({ discard = false }: { discard?: boolean } = {}): Promise<void> {
    if (this.#closing) return this.#closing;
    const closing = this.#close(discard);
    this.#closing = closing;
    closing.catch(() => (this.#closing = null));
    return closing;
  }

  async #close(discard: boolean): Promise<void> {
    const { database, writer, letGo } = this.#opened;
    if (!this.engine.isBroken && database.lost === null) {
      // Writers have been told what became of strict ones; relaxed ones rely on being stored.
      const flushed = this.flush();
      await (this.#strict || discard ? flushed.catch(() => {}) : flushed);
    }
    if (!this.engine.isBroken) {
      this.engine.call(() => {
        this.#head.close();
        this.readable.close();
      });
    }
    writer.close();
    database.close();
    letGo?.();
  }
}

/** A unit of work whose commit is stored, and which rests on nothing that was undone. */
class KeptUnit extends Unit {
  readonly #access: KeptAccess;
  readonly #writer: Writer;
  readonly #reverts: number;
  #isCommitted = false;

  constructor(access: KeptAccess, head: Session, writer: Writer) {
    super(access.engine, head, false);
    this.#access = access;
    this.#writer = writer;
    this.#reverts = writer.reverts;
  }

  override async commit(): Promise<void> {
    this.#checkSeen();
    this.#access.checkWritable();
    await super.commit();
    this.#isCommitted = true;
    await this.#access.committed();
  }

  override async failed(): Promise<void> {
    if (this.#isCommitted) return;
    // Whoever waits for what failed is told of that; this one is to look again.
    await this.#access.failed().catch(() => {});
    this.#checkSeen();
  }

  #checkSeen(): void {
    if (this.#writer.reverts !== this.#reverts) throw busy('what this transaction had seen could not be stored');
  }
}

/** A listener's own errors are its own. */
function tell(listener: (reason: string) => void, reason: string): void {
  queueMicrotask(() => listener(reason));
}
