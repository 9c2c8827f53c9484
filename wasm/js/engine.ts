import { TournamentError, unavailable } from './errors.js';
import { instantiate, type Instance, type Module } from './generated/glue.js';

/** Compiles the module; how depends on where this runs. */
export type Load = () => Promise<Module>;

const BROKEN =
  'the WebAssembly instance of this store broke down and cannot be trusted any more: close the store and open it ' +
  'again. What openPersistent keeps is not lost; what is only in memory is';

/**
 * An instance of the engine, with a memory of its own. An instance that has trapped, for lack of memory or for
 * a defect, is never used again: whatever it would answer could be wrong.
 */
export class Engine {
  readonly instance: Instance;
  /** Called once it has broken down. */
  onBroken: () => void = () => {};
  #trap: unknown = null;

  constructor(instance: Instance) {
    this.instance = instance;
  }

  get isBroken(): boolean {
    return this.#trap !== null;
  }

  /** Calls the engine, and makes an error of what it throws. */
  call<T>(run: () => T): T {
    if (this.#trap !== null) throw broken(this.#trap);
    try {
      return run();
    } catch (thrown) {
      // The engine throws text; anything else came out of a trap.
      if (typeof thrown === 'string') throw new TournamentError(JSON.parse(thrown));
      if (thrown instanceof TournamentError) throw thrown;
      this.#trap = thrown ?? BROKEN;
      this.instance.retire();
      this.onBroken();
      throw broken(thrown);
    }
  }
}

function broken(cause: unknown): TournamentError {
  return new TournamentError({ code: 'broken', message: BROKEN }, { cause });
}

/** Starts engines of one module, which is compiled once. */
export class Engines {
  readonly #load: Load;
  #module: Promise<Module> | null = null;
  #shared: Promise<Engine> | null = null;

  constructor(load: Load) {
    this.#load = load;
  }

  /** An engine of its own. */
  async start(): Promise<Engine> {
    try {
      return new Engine(await instantiate(await this.#compiled()));
    } catch (cause) {
      if (cause instanceof TournamentError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw unavailable(`the engine cannot be started: ${reason}`, { cause });
    }
  }

  /** The engine for calls that need no store: one for all of them, until it breaks down. */
  shared(): Promise<Engine> {
    this.#shared ??= this.#startShared();
    return this.#shared;
  }

  async #startShared(): Promise<Engine> {
    try {
      const engine = await this.start();
      engine.onBroken = () => (this.#shared = null);
      return engine;
    } catch (error) {
      this.#shared = null;
      throw error;
    }
  }

  #compiled(): Promise<Module> {
    this.#module ??= this.#load();
    // What could not be loaded now, with no connection, may be loaded later.
    this.#module.catch(() => (this.#module = null));
    return this.#module;
  }
}
