import { domain, type Domain } from './domain.js';
import { Engines, type Load } from './engine.js';
import { memoryStore } from './memory.js';
import { deletePersistent, openPersistent } from './persistent/open.js';
import type { PersistentOptions, PersistentStore } from './persistent/store.js';
import type { Store } from './store.js';

/** The functions of the package. */
export interface Package extends Domain {
  /** A new and empty store in memory. It needs no network once it is open. */
  openMemory(): Promise<Store>;
  /**
   * The store of this name that the browser keeps, in IndexedDB; a new and empty one if there is none.
   *
   * Rejects with `busy` while another tab has it open, `unavailable` where the browser keeps nothing,
   * `corrupt` where what it kept is damaged, `schema_too_new` where a newer version of this package kept it.
   */
  openPersistent(options: PersistentOptions): Promise<PersistentStore>;
  /**
   * Deletes the store of this name, with all that it holds. Rejects with `busy` while it is open, where the browser
   * has locks; elsewhere whoever has it open is told.
   */
  deletePersistent(name: string): Promise<void>;
}

/** The package's functions, over a way to load the module. */
export function packageOver(load: Load): Package {
  const engines = new Engines(load);
  return {
    openMemory: async () => memoryStore(await engines.start()),
    openPersistent: (options) => openPersistent(engines, options),
    deletePersistent,
    ...domain(engines),
  };
}
