import { TournamentError, invalid } from './errors.js';
import { rowFields, type EntityKind, type Problem } from './generated/types.js';

/** How deep what a caller gives may be nested; far beyond what the engine takes, and short of what a stack holds. */
const MAX_DEPTH = 200;

/** The JSON text of a row. */
export function rowJson(entity: EntityKind, row: unknown): string {
  return text(() => checkRow({ entity }, row), row, entity);
}

/** The JSON text of a row that must have every field: one left out would be given its default. */
export function wholeRowJson(entity: EntityKind, row: unknown): string {
  const check = () => {
    checkRow({ entity }, row);
    const missing = rowFields[entity].find((field) => (row as Record<string, unknown>)[field] === undefined);
    if (missing !== undefined) throw invalid({ entity }, missing, 'is missing; the whole row is needed here');
  };
  return text(check, row, entity);
}

/** The JSON text of a list of rows. */
export function rowsJson(entity: EntityKind, rows: unknown): string {
  return text(() => checkRows(entity, rows), rows, entity);
}

/** The JSON text of lists of rows, by their names, of which some hold something else. */
export function listsJson(lists: Readonly<Record<string, EntityKind>>, value: unknown): string {
  const check = () => {
    checkObject({ entity: 'tournament' }, 'value', value);
    for (const [name, part] of Object.entries(value as object)) {
      const entity = Object.hasOwn(lists, name) ? lists[name] : undefined;
      if (entity && Array.isArray(part)) checkRows(entity, part);
      else checkValue({ entity: 'tournament' }, name, part, 1);
    }
  };
  return text(check, value, 'tournament');
}

/** The JSON text of a filter, a page or options, which may be left out. */
export function optionsJson(entity: EntityKind, options: unknown): string {
  return options === undefined ? '{}' : rowJson(entity, options);
}

/** The JSON text of the value of one field. */
export function valueJson(entity: EntityKind, field: string, value: unknown): string {
  return text(() => checkValue({ entity }, field, value, 0), value, entity);
}

/** Where a row is: its kind, and its place where several were given. */
type Place = Pick<Problem, 'entity' | 'index'>;

/** The text of a value that was found to have one. */
function text(check: () => void, value: unknown, entity: EntityKind): string {
  let json: unknown;
  try {
    check();
    json = JSON.stringify(value);
  } catch (cause) {
    if (cause instanceof TournamentError) throw cause;
    // A getter of the caller's threw.
    throw invalid({ entity }, 'value', 'cannot be read', { cause });
  }
  if (typeof json !== 'string') throw invalid({ entity }, 'value', 'must be a value that JSON has');
  return json;
}

function checkRows(entity: EntityKind, rows: unknown): void {
  if (!Array.isArray(rows)) throw invalid({ entity }, 'value', `must be an array, not ${named(rows)}`);
  for (let index = 0; index < rows.length; index++) checkRow({ entity, index }, rows[index]);
}

function checkRow(place: Place, row: unknown): void {
  checkObject(place, 'value', row);
  for (const field of Object.keys(row as object)) {
    const value = (row as Record<string, unknown>)[field];
    // Most fields hold text, or nothing.
    if (typeof value !== 'string' && value !== null && value !== undefined) checkValue(place, field, value, 1);
  }
}

function checkObject(place: Place, field: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(place, field, value === undefined ? 'is missing' : `must be an object, not ${named(value)}`);
  }
  checkKind(place, field, value);
}

/**
 * Refuses what JSON has no word for: `JSON.stringify` would leave it out or make something else of it, and so
 * change silently what is stored.
 */
function checkValue(place: Place, field: string, value: unknown, depth: number): void {
  switch (typeof value) {
    case 'number':
      if (!Number.isFinite(value)) throw invalid(place, field, `must be a number that JSON has, not ${value}`);
      return;
    case 'object':
      if (value !== null) checkParts(place, field, value, depth);
      return;
    case 'undefined':
      throw invalid(place, field, 'is missing');
    case 'bigint':
    case 'function':
    case 'symbol':
      throw invalid(place, field, `must be a value that JSON has, not a ${typeof value}`);
    default:
      return;
  }
}

function checkParts(place: Place, field: string, value: object, depth: number): void {
  if (depth > MAX_DEPTH) throw invalid(place, field, 'is nested too deep, or within itself');
  checkKind(place, field, value);
  if (Array.isArray(value)) {
    for (let item = 0; item < value.length; item++) {
      if (value[item] === undefined) throw invalid(place, field, 'must not hold undefined');
      checkValue(place, field, value[item], depth + 1);
    }
    return;
  }
  for (const key of Object.keys(value)) {
    const part = (value as Record<string, unknown>)[key];
    if (part !== undefined) checkValue(place, depth < 2 ? `${field}.${key}` : field, part, depth + 1);
  }
}

/** Objects that JSON makes `{}` of, or something else that they are not. */
function checkKind(place: Place, field: string, value: object): void {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw invalid(place, field, 'must be a valid date');
    return;
  }
  // What else writes itself could write anything.
  const writesItself = 'toJSON' in value && typeof value.toJSON === 'function';
  if (Array.isArray(value) && !writesItself) return;
  const kind = writesItself ? 'an object with `toJSON`' : Object.prototype.toString.call(value).slice(8, -1);
  if (kind !== 'Object') throw invalid(place, field, `must be a value that JSON has, not ${kind}`);
}

function named(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : typeof value;
}
