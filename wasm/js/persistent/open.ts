import type { Engine, Engines } from '../engine.js';
import { TournamentError, invalid, isTournamentError } from '../errors.js';
import type { Journal } from '../generated/glue.js';
import { Database, deleteDatabase, isForLackOfRoom, type Kept } from './database.js';
import { Mark } from './evicted.js';
import { takeLock } from './lock.js';
import { KeptAccess, PersistentStore, type PersistentOptions } from './store.js';
import { Writer } from './writer.js';

/** What the names of databases, locks and marks begin with. */
const PREFIX = 'tournament-director/';

export async function openPersistent(engines: Engines, options: PersistentOptions): Promise<PersistentStore> {
  const { name, durability = 'strict', wait = false, signal, recover = false } = options ?? {};
  const own = ownName(name);
  if (durability !== 'strict' && durability !== 'relaxed') {
    throw invalid({ entity: 'tournament' }, 'durability', 'must be `strict` or `relaxed`');
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw invalid({ entity: 'tournament' }, 'signal', 'must be an AbortSignal');
  }
  const engine = await engines.start();
  const letGo = await takeLock(own, { wait, signal });
  let database: Database | null = null;
  try {
    database = await Database.open(own, durability);
    const mark = new Mark(own);
    const evicted = database.isNew && mark.isSet;
    await database.claim().catch((error) => {
      // What is full can be read all the same, where a lock keeps others out.
      if (letGo === null || !isForLackOfRoom(error)) throw error;
    });
    const kept = await database.read();
    const journal = engine.call(() => new engine.instance.Journal());
    const recovered = await load(engine, journal, kept, recover ? database : null);
    mark.set();
    const bytes = {
      journal: kept.records.reduce((sum, { record }) => sum + record.byteLength, 0),
      snapshot: kept.snapshot?.byteLength ?? 0,
    };
    const writer = new Writer(engine, journal, database, durability === 'strict', bytes);
    const persistence = { name, durability, persisted: null, evicted, recovered };
    const access = new KeptAccess({ engine, journal, database, writer, letGo, persistence });
    await askToKeep(access);
    return new PersistentStore(access);
  } catch (error) {
    database?.close();
    letGo?.();
    throw error;
  }
}

export async function deletePersistent(name: string): Promise<void> {
  const own = ownName(name);
  const letGo = await takeLock(own, { wait: false, signal: undefined });
  try {
    await deleteDatabase(own);
    new Mark(own).remove();
  } finally {
    letGo?.();
  }
}

function ownName(name: string): string {
  if (typeof name !== 'string' || name === '') throw invalid({ entity: 'tournament' }, 'name', 'must be text that is not empty');
  return PREFIX + name;
}

/**
 * Takes in all that was kept, and gives how many records were put aside. Where one is damaged, those after it
 * rest on what it held, so none of them can be taken in.
 */
async function load(engine: Engine, journal: Journal, kept: Kept, recoverIn: Database | null): Promise<number> {
  const { snapshot, records } = kept;
  if (snapshot) loadSnapshot(engine, journal, snapshot);
  for (const [place, { number, record }] of records.entries()) {
    try {
      engine.call(() => journal.load(record));
    } catch (error) {
      if (!isTournamentError(error, 'corrupt')) throw error;
      const lost = records.length - place;
      if (!recoverIn) throw damaged(error, lost);
      await recoverIn.putAsideFrom(number);
      return lost;
    }
  }
  return 0;
}

function loadSnapshot(engine: Engine, journal: Journal, snapshot: Uint8Array): void {
  try {
    engine.call(() => journal.load(snapshot));
  } catch (cause) {
    if (!isTournamentError(cause, 'corrupt')) throw cause;
    const message =
      `${cause.message}, which everything else rests on. Delete the store with deletePersistent, and upload ` +
      'what was downloaded last';
    throw new TournamentError({ code: 'corrupt', message }, { cause });
  }
}

function damaged(cause: TournamentError, lost: number): TournamentError {
  const message =
    `${cause.message}; all before it is whole, and ${lost === 1 ? 'the last change is' : `the last ${lost} changes are`} ` +
    'lost with it. Open the store with `recover` to go on from there';
  return new TournamentError({ code: 'corrupt', message }, { cause });
}

/** For how long the browser's answer is waited for, in milliseconds. Some ask the person at it first. */
const ANSWER = 100;

/** Asks the browser not to delete the store when it runs out of room. */
async function askToKeep(access: KeptAccess): Promise<void> {
  const answered = (async () => {
    const answer = await globalThis.navigator?.storage?.persist?.();
    if (answer !== undefined) access.persisted = answer;
  })().catch(() => {});
  await Promise.race([answered, new Promise<void>((resolve) => setTimeout(resolve, ANSWER))]);
}
