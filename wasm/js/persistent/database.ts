import { TournamentError, busy, unavailable } from '../errors.js';

/** The layout of the database that this version reads and writes. */
const LAYOUT = 1;

/** Since when the database is there, and who may write to it. */
const META = 'meta';
/** The latest snapshot. */
const SNAPSHOT = 'snapshot';
/** The records since the snapshot, by their numbers. */
const JOURNAL = 'journal';
/** What was damaged and put aside, by when. */
const DAMAGED = 'damaged';

const CREATED = 'created';
const OWNER = 'owner';
const LATEST = 'latest';

export type Durability = 'strict' | 'relaxed';

/** All that is kept of a store. */
export interface Kept {
  snapshot: Uint8Array | undefined;
  /** The records since the snapshot, with their numbers. */
  records: { number: number; record: Uint8Array }[];
}

/** Where a store is kept in IndexedDB. */
export class Database {
  readonly #connection: IDBDatabase;
  readonly #durability: Durability;
  /** Who this is, once it has claimed the database. Whoever did so last writes to it, and no other. */
  #owner: string | null = null;
  /** Whether it was made anew when it was opened. */
  readonly isNew: boolean;
  /** Called once it can be written to no more, with the reason. */
  onLost: (reason: string) => void = () => {};
  #lost: string | null = null;
  #isClosed = false;

  private constructor(connection: IDBDatabase, durability: Durability, isNew: boolean) {
    this.#connection = connection;
    this.#durability = durability;
    this.isNew = isNew;
    // The browser, or the person at it, took the storage away.
    connection.onclose = () => this.#lose('the browser has deleted what it kept');
    // Whoever deletes or upgrades the database waits until it is let go of.
    connection.onversionchange = ({ newVersion }) =>
      this.#lose(newVersion === null ? 'what it kept is being deleted' : 'a newer version of this package has opened it');
  }

  static async open(name: string, durability: Durability): Promise<Database> {
    let isNew = false;
    try {
      const request = factory().open(name, LAYOUT);
      request.onupgradeneeded = () => {
        isNew = true;
        for (const store of [META, SNAPSHOT, JOURNAL, DAMAGED]) request.result.createObjectStore(store);
        request.transaction?.objectStore(META).put(new Date().toISOString(), CREATED);
      };
      return new Database(await unblocked(request), durability, isNew);
    } catch (cause) {
      throw unopened(cause);
    }
  }

  /** Why it can be written to no more, or `null`. */
  get lost(): string | null {
    return this.#lost;
  }

  /** All that is kept. It asks for no room, so that what is full can be read. */
  async read(): Promise<Kept> {
    try {
      const stores = this.#connection.transaction([SNAPSHOT, JOURNAL]);
      const journal = stores.objectStore(JOURNAL);
      const [snapshot, numbers, records] = await Promise.all([
        outcome<Uint8Array | undefined>(stores.objectStore(SNAPSHOT).get(LATEST)),
        outcome(journal.getAllKeys()),
        outcome<Uint8Array[]>(journal.getAll()),
        done(stores),
      ]);
      const pairs = numbers.map((number, place) => ({
        number: Number(number),
        record: records[place] ?? new Uint8Array(),
      }));
      return { snapshot, records: pairs };
    } catch (cause) {
      throw unopened(cause);
    }
  }

  /** Makes this the one who writes. Not all browsers have locks that see to that. */
  async claim(): Promise<void> {
    // `randomUUID` is only there on pages that are served securely.
    const owner = crypto.getRandomValues(new Uint32Array(4)).join('-');
    try {
      const stores = this.#connection.transaction([META], 'readwrite');
      stores.objectStore(META).put(owner, OWNER);
      await done(stores);
    } catch (cause) {
      throw unstored(cause);
    }
    this.#owner = owner;
  }

  /** Adds a record to the journal. Done, it is stored. */
  append(number: number, record: Uint8Array): Promise<void> {
    return this.#change([JOURNAL], (stores) => stores.objectStore(JOURNAL).add(record, number));
  }

  /** Puts a snapshot in the place of every record up to this number. */
  replaceUpTo(number: number, snapshot: Uint8Array): Promise<void> {
    return this.#change([SNAPSHOT, JOURNAL], (stores) => {
      stores.objectStore(SNAPSHOT).put(snapshot, LATEST);
      stores.objectStore(JOURNAL).delete(IDBKeyRange.upperBound(number));
    });
  }

  /** Puts every record from this number on aside: the journal ends before it. */
  putAsideFrom(number: number): Promise<void> {
    return this.#change([JOURNAL, DAMAGED], (stores) => {
      const range = IDBKeyRange.lowerBound(number);
      const damaged = stores.objectStore(JOURNAL).getAll(range);
      damaged.onsuccess = () => stores.objectStore(DAMAGED).put(damaged.result, new Date().toISOString());
      stores.objectStore(JOURNAL).delete(range);
    });
  }

  /** Deletes the snapshot and every record, which needs no room. */
  empty(): Promise<void> {
    return this.#change([SNAPSHOT, JOURNAL], (stores) => {
      stores.objectStore(SNAPSHOT).clear();
      stores.objectStore(JOURNAL).clear();
    });
  }

  /** Deletes everything, whoever has claimed it. */
  async wipe(): Promise<void> {
    try {
      const names = [META, SNAPSHOT, JOURNAL, DAMAGED];
      const stores = this.#connection.transaction(names, 'readwrite', { durability: 'strict' });
      for (const name of names) stores.objectStore(name).clear();
      await done(stores);
    } catch (cause) {
      throw unstored(cause);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#connection.close();
  }

  /** Changes something, if this is still the one who writes. */
  async #change(stores: string[], change: (stores: IDBTransaction) => void): Promise<void> {
    if (this.#lost !== null) throw unavailable(this.#lost);
    if (this.#isClosed) throw unavailable('it is closed');
    let isOwn = true;
    try {
      const options = { durability: this.#durability };
      const transaction = this.#connection.transaction([META, ...stores], 'readwrite', options);
      if (this.#owner === null) change(transaction);
      else {
        const request = transaction.objectStore(META).get(OWNER);
        request.onsuccess = () => {
          isOwn = request.result === this.#owner;
          if (isOwn) change(transaction);
          else transaction.abort();
        };
      }
      await done(transaction);
    } catch (cause) {
      if (isOwn) throw unstored(cause);
      const reason = 'another tab has opened it since';
      this.#lose(reason);
      throw unavailable(`${reason}; reload to go on here`, { cause });
    }
  }

  #lose(reason: string): void {
    if (this.#lost !== null || this.#isClosed) return;
    this.#lost = reason;
    this.#connection.close();
    this.onLost(reason);
  }
}

/**
 * Deletes what is kept under this name. All of it is emptied first, in one step: somebody who has the database
 * open by other means can delay that it is deleted, but not that what it held is gone.
 */
export async function deleteDatabase(name: string): Promise<void> {
  try {
    const database = await Database.open(name, 'strict');
    await database.wipe();
    database.close();
  } catch (error) {
    // What a newer version made is not for this one to empty.
    if (!(error instanceof TournamentError && error.code === 'schema_too_new')) throw error;
  }
  const request = factory().deleteDatabase(name);
  await new Promise<void>((resolve, reject) => {
    request.onsuccess = () => resolve();
    request.onblocked = () => resolve();
    request.onerror = () => reject(unstored(request.error));
  });
}

function factory(): IDBFactory {
  try {
    if (typeof indexedDB !== 'undefined') return indexedDB;
  } catch (cause) {
    // Some browsers throw when storage is forbidden to a page.
    throw unopened(cause);
  }
  throw unavailable('there is no IndexedDB here; openMemory needs none');
}

/** What a request to open comes to; `busy` where somebody else does not let go of the database. */
function unblocked(request: IDBOpenDBRequest): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    let isGivenUp = false;
    request.onblocked = () => {
      isGivenUp = true;
      reject(busy('another tab has it open and does not let go; close that tab'));
    };
    request.onsuccess = () => {
      // Nobody waits for a database that is opened after all.
      if (isGivenUp) request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
}

/** What a request comes to. */
function outcome<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Whether a change was refused because there is no room for it. */
export function isForLackOfRoom(error: unknown): boolean {
  return error instanceof TournamentError && isNamed(error.cause, 'QuotaExceededError');
}

/** Resolves when all of a transaction is stored. */
function done(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('the transaction was ended'));
  });
}

function unopened(cause: unknown): TournamentError {
  if (cause instanceof TournamentError) return cause;
  if (isNamed(cause, 'VersionError')) {
    const message = 'what the browser keeps was written by a newer version of this package: use that version';
    return new TournamentError({ code: 'schema_too_new', message }, { cause });
  }
  return unavailable(`the browser does not let this page keep anything (${named(cause)})`, { cause });
}

function unstored(cause: unknown): TournamentError {
  if (cause instanceof TournamentError) return cause;
  if (isNamed(cause, 'QuotaExceededError')) {
    return unavailable('the browser has no room left for it; nothing of this change was stored', { cause });
  }
  return unavailable(`the browser could not store the change (${named(cause)})`, { cause });
}

function isNamed(cause: unknown, name: string): boolean {
  return cause instanceof DOMException && cause.name === name;
}

function named(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}
