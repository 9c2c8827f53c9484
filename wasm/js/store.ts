import { answer, type Access } from './access.js';
import type { Engine } from './engine.js';
import { invalid, isTournamentError } from './errors.js';
import { downloadText, readJson } from './files.js';
import type { Session } from './generated/glue.js';
import type { Dataset, DatasetInput, Health } from './generated/types.js';
import { listsJson } from './json.js';
import { Line } from './line.js';
import { DATASET, Repositories } from './repositories.js';
import type { Unit } from './unit.js';

/** How often a transaction is run at most. */
const MAX_ATTEMPTS = 5;

export interface TransactionOptions {
  /** Whether it only reads. It then sees one snapshot, whatever others write meanwhile. */
  readOnly?: boolean;
}

/** What a transaction's function is given: the repositories, whose writes count once it is done. */
export type Transaction = Repositories;

/** What a store needs beyond its rows. */
export interface StoreAccess extends Access {
  readonly engine: Engine;
  /** Begins a unit of work. */
  begin(readOnly: boolean): Unit;
  /** The session that tells how the store is. */
  readonly readable: Session;
  close(): Promise<void>;
}

/** A place where tournaments are kept. Any number of callers may use one at once. */
export class Store extends Repositories {
  readonly #access: StoreAccess;
  readonly #line = new Line();

  /** @internal */
  constructor(access: StoreAccess) {
    super(access);
    this.#access = access;
  }

  /**
   * Runs a function in a transaction: all that it writes through `tx` is stored when it is done, or none of
   * it if it throws, whatever it throws. It sees its own writes; others see them afterwards.
   *
   * Where another was in the way (`busy`) the function is run again, five times at most, so it should do
   * nothing that must not be done twice. After any error but `not_found` and `validation` a transaction is
   * over: it cannot be passed over by catching it.
   */
  async transaction<T>(run: (tx: Transaction) => Promise<T> | T, options?: TransactionOptions): Promise<T> {
    if (typeof run !== 'function') throw invalid({ entity: 'tournament' }, 'run', 'must be a function');
    const readOnly = options?.readOnly ?? false;
    const attempt = () => this.#attempt(run, readOnly);
    if (readOnly) return attempt();
    for (let attempts = 1; ; attempts++) {
      try {
        return await (attempts > 1 || this.#line.isFormed ? this.#line.inTurn(attempt) : attempt());
      } catch (error) {
        if (!isTournamentError(error, 'busy') || attempts === MAX_ATTEMPTS) throw error;
      }
    }
  }

  async #attempt<T>(run: (tx: Transaction) => Promise<T> | T, readOnly: boolean): Promise<T> {
    const unit = this.#access.begin(readOnly);
    try {
      const result = await run(new Repositories(unit));
      await unit.commit();
      return result;
    } catch (error) {
      await unit.failed();
      throw error;
    } finally {
      unit.end();
    }
  }

  /** All that is stored, each list in the order of ids. */
  export(): Promise<Dataset> {
    return this.access.read((session) => session.export());
  }

  /** Puts a dataset in the place of all that is stored, in one step. */
  replace(dataset: DatasetInput): Promise<void> {
    return this.access.write((session) => session.replace(listsJson(DATASET, dataset)));
  }

  /** Deletes every row, in one step. */
  clear(): Promise<void> {
    return this.access.write((session) => session.clear());
  }

  /** How the store is. Never rejects: what is wrong is in the answer. */
  async health(): Promise<Health> {
    try {
      return answer(this.#access.engine.call(() => this.#access.readable.health()));
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return {
        healthy: false,
        backend: 'memory',
        server_version: null,
        schema_version: null,
        round_trip_ms: 0,
        problem,
      };
    }
  }

  /** Lets the person at the page save all that is stored as a file, which `upload` and `td import` take. */
  async download(fileName = 'tournaments.json'): Promise<void> {
    downloadText(fileName, JSON.stringify(await this.export()));
  }

  /**
   * Stores every row of a file that `download` made, or puts them in the place of all that is stored, in one
   * step, and gives what was in the file.
   */
  async upload(file: Blob, options?: { replace?: boolean }): Promise<DatasetInput> {
    const dataset = (await readJson(file)) as DatasetInput;
    await (options?.replace ? this.replace(dataset) : this.import(dataset));
    return dataset;
  }

  /** Lets go of all that the store holds. Every later call rejects with `unavailable`. */
  close(): Promise<void> {
    return this.#access.close();
  }
}
