import type { Access } from './access.js';
import { invalid } from './errors.js';
import { entityKinds, type Entities, type EntityKind, type Filters, type Id, type Inputs } from './generated/types.js';
import { optionsJson, rowJson, rowsJson, valueJson, wholeRowJson } from './json.js';

/** Which part of a list to give: the beginning, unless `offset` or `after` says otherwise. */
export interface Page {
  /** How many rows at most, from 1 to 1,000; 100 unless given. */
  limit?: number;
  /** How many rows to leave out. Sound only while nothing is written; `after` always is. */
  offset?: number;
  /** The `next` of the page before this one. */
  after?: string | null;
}

/** A page of a list. */
export interface Listing<T> {
  /** The rows, in order. */
  items: T[];
  /** Where the next page begins; `null` at the end of the list. Opaque text that can be kept. */
  next: string | null;
}

/**
 * The rows of one kind. Every call is atomic: it is done whole or not at all. Rows that are given and rows
 * that are returned are the caller's own; changing one changes nothing that is stored.
 */
export class Repository<K extends EntityKind> {
  /** @internal */
  readonly kind: K;
  /** @internal */
  protected readonly access: Access;
  readonly #number: number;

  /** @internal */
  constructor(kind: K, access: Access) {
    this.kind = kind;
    this.access = access;
    this.#number = entityKinds.indexOf(kind);
  }

  /** Stores a new row, at version 1, and gives what is stored. */
  create(row: Inputs[K]): Promise<Entities[K]> {
    return this.access.write((session) => session.create(this.#number, rowJson(this.kind, row)));
  }

  /** Stores new rows, all of them or none, and gives what is stored, in the same order. */
  createMany(rows: readonly Inputs[K][]): Promise<Entities[K][]> {
    return this.access.write((session) => session.createMany(this.#number, rowsJson(this.kind, rows)));
  }

  /** The row with this id. Rejects with `not_found` where there is none. */
  get(id: Id): Promise<Entities[K]> {
    return this.access.read((session) => session.get(this.#number, text(this.kind, 'id', id)));
  }

  /**
   * Replaces the row that was read as this version, and gives what is stored, one version on. The row must have
   * every field, or what is missing would be taken for its default. Rejects with
   * `conflict` where the row has moved on since: read it again and decide anew.
   */
  update(row: Entities[K]): Promise<Entities[K]> {
    return this.access.write((session) => session.update(this.#number, wholeRowJson(this.kind, row)));
  }

  /** Deletes the row, if it is at the version given; without one, whatever its version. */
  delete(id: Id, version?: number | null): Promise<void> {
    return this.access.write((session) =>
      session.delete(this.#number, text(this.kind, 'id', id), valueJson(this.kind, 'version', version ?? null)),
    );
  }

  /** A page of the rows that the filter lets through, in order. */
  list(filter?: Filters[K], page?: Page): Promise<Listing<Entities[K]>> {
    return this.access.read((session) =>
      session.list(this.#number, optionsJson(this.kind, filter), optionsJson(this.kind, page)),
    );
  }

  /** All rows that the filter lets through, in order. */
  listAll(filter?: Filters[K]): Promise<Entities[K][]> {
    return this.access.read((session) => session.listAll(this.#number, optionsJson(this.kind, filter)));
  }

  /** How many rows the filter lets through. */
  count(filter?: Filters[K]): Promise<number> {
    return this.access.read((session) => session.count(this.#number, optionsJson(this.kind, filter)));
  }
}

/** Text that is passed on as it is. */
export function text(entity: EntityKind, field: string, value: unknown): string {
  if (typeof value !== 'string') throw invalid({ entity }, field, `must be text, not ${typeof value}`);
  return value;
}
