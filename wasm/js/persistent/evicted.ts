/**
 * A mark that a store has been kept here, in another storage than the store itself: browsers that run out of
 * room delete databases, and leave this.
 */
export class Mark {
  readonly #key: string;

  constructor(name: string) {
    this.#key = name;
  }

  get isSet(): boolean {
    return storage()?.getItem(this.#key) != null;
  }

  set(): void {
    try {
      storage()?.setItem(this.#key, new Date().toISOString());
    } catch {
      // It is full, or forbidden: eviction goes unnoticed, as in workers, which have no such storage.
    }
  }

  remove(): void {
    storage()?.removeItem(this.#key);
  }
}

function storage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
