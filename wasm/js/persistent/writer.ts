import type { Engine } from '../engine.js';
import { unavailable } from '../errors.js';
import type { Journal } from '../generated/glue.js';
import { isForLackOfRoom, type Database } from './database.js';

/** A journal smaller than this, in bytes, is never worth a new snapshot. */
const SMALL = 1 << 20;

/** The longest pause between attempts to store what could not be stored, in milliseconds. */
const LONGEST_PAUSE = 60_000;

/**
 * Stores what has changed, a record at a time: while one is being stored, what changes meanwhile gathers for
 * the next. Every so often a snapshot takes the place of the records, when they have become as large as the
 * last snapshot, so that what is written in all is at most about twice what changed.
 */
export class Writer {
  readonly #engine: Engine;
  readonly #journal: Journal;
  readonly #database: Database;
  /** Whether what could not be stored is undone. */
  readonly #strict: boolean;
  /** Resolves when all that was begun has been done; rejects where it could not be stored. */
  #tail: Promise<void> = Promise.resolve();
  /** The record that has not been begun, if somebody waits for it. */
  #next: Promise<void> | null = null;
  #journalBytes: number;
  #snapshotBytes: number;
  /** How often what was not stored has been undone. */
  reverts = 0;
  #problem: unknown = null;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    engine: Engine,
    journal: Journal,
    database: Database,
    strict: boolean,
    bytes: { journal: number; snapshot: number },
  ) {
    this.#engine = engine;
    this.#journal = journal;
    this.#database = database;
    this.#strict = strict;
    this.#journalBytes = bytes.journal;
    this.#snapshotBytes = bytes.snapshot;
  }

  /** Why what is written last is not stored, or can be stored no more, or `null`. */
  get problem(): string | null {
    if (this.#problem === null) return this.#database.lost;
    return this.#problem instanceof Error ? this.#problem.message : String(this.#problem);
  }

  /** Resolves when all that has been written so far is stored. */
  stored(): Promise<void> {
    if (this.#next) return this.#next;
    // What is built on a record that fails fails with it, unless that is kept for the next.
    const before = this.#strict ? this.#tail : this.#tail.catch(() => {});
    const next = before.then(() => {
      this.#next = null;
      return this.#storeRecord();
    });
    this.#next = next;
    this.#tail = next.then(() => this.#storeSnapshot());
    // Whoever waits is told; the tail itself has nobody.
    this.#tail.catch(() => {});
    return next;
  }

  async #storeRecord(): Promise<void> {
    try {
      const { lost } = this.#database;
      if (lost !== null) throw unavailable(lost);
      const record = this.#engine.call(() => this.#journal.changes());
      if (record === undefined) return this.#succeed();
      await this.#database.append(this.#journal.sequence + 1, record);
      this.#engine.call(() => this.#journal.accept());
      this.#journalBytes += record.byteLength;
    } catch (error) {
      if (!(await this.#hasEmptied(error))) throw this.#fail(error);
    }
    this.#succeed();
  }

  #succeed(): void {
    this.#problem = null;
    this.#failures = 0;
    clearTimeout(this.#timer);
  }

  /** Where there is no room, but nothing is left in the store, all that is kept is deleted instead. */
  async #hasEmptied(error: unknown): Promise<boolean> {
    if (!isForLackOfRoom(error) || !this.#engine.call(() => this.#journal.isEmptied())) return false;
    try {
      await this.#database.empty();
    } catch {
      return false;
    }
    this.#engine.call(() => this.#journal.restart());
    this.#journalBytes = 0;
    this.#snapshotBytes = 0;
    return true;
  }

  /** What waits for the next record is built on this one, and fails with it; what comes later does not. */
  #fail(error: unknown): unknown {
    this.#problem = error;
    if (this.#engine.isBroken) return error;
    if (this.#strict) {
      this.#next = null;
      this.#tail = Promise.resolve();
      this.reverts += 1;
      this.#engine.call(() => this.#journal.revert());
    } else {
      this.#engine.call(() => this.#journal.retain());
      if (this.#database.lost === null) this.#tryAgainLater();
    }
    return error;
  }

  #tryAgainLater(): void {
    clearTimeout(this.#timer);
    const pause = Math.min(1_000 * 2 ** this.#failures, LONGEST_PAUSE);
    this.#failures += 1;
    this.#timer = setTimeout(() => void this.stored().catch(() => {}), pause);
  }

  /** Ends what goes on by itself. */
  close(): void {
    clearTimeout(this.#timer);
  }

  async #storeSnapshot(): Promise<void> {
    if (this.#journalBytes < Math.max(SMALL, this.#snapshotBytes)) return;
    const snapshot = this.#engine.call(() => this.#journal.snapshot());
    this.#snapshotBytes = snapshot.byteLength;
    this.#journalBytes = 0;
    // Without a snapshot the records go on being enough; the next is tried when as much has been added.
    await this.#database.replaceUpTo(this.#journal.sequence, snapshot).catch(() => {});
  }
}
