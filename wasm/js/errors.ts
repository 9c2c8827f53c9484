import { errorCodes, type EntityKind, type ErrorCode, type Id, type Problem } from './generated/types.js';

/** An error as the engine writes it down. */
interface WrittenError {
  code: ErrorCode;
  message: string;
  entity?: EntityKind;
  id?: Id;
  field?: string;
  problems?: Problem[];
  expected?: number;
  found?: number;
  max_players?: number;
  outcome_unknown?: boolean;
}

/** What a call rejects with. `code` tells what happened, and what to do about it; the rest tells to what. */
export class TournamentError extends Error {
  override readonly name = 'TournamentError';
  /** What happened: see {@link ErrorCode}. */
  readonly code: ErrorCode;
  /** The kind of row that it is about, if it is about one. */
  readonly entity: EntityKind | null;
  /** The id of the row that it is about, if it is about one that has an id. */
  readonly id: Id | null;
  /** The one field that it is about, or the first of several. */
  readonly field: string | null;
  /** The fields that it is about, such as all that validation refuses. */
  readonly fields: readonly string[];
  /** Each field that validation refuses, with what is wrong with it. */
  readonly problems: readonly Problem[];
  /** Of `conflict`: the version that was given. */
  readonly expected: number | null;
  /** Of `conflict`: the version that is stored. */
  readonly found: number | null;
  /** Of `full`: how many players the tournament takes. */
  readonly maxPlayers: number | null;
  /** Of `unavailable`: whether the change may have been stored all the same. */
  readonly outcomeUnknown: boolean;

  constructor(error: WrittenError, options?: ErrorOptions) {
    super(error.message, options);
    const problems = error.problems ?? [];
    this.code = error.code;
    this.entity = error.entity ?? null;
    this.id = error.id ?? null;
    this.fields = error.field === undefined ? problems.map((problem) => problem.field) : [error.field];
    this.field = this.fields[0] ?? null;
    this.problems = problems;
    this.expected = error.expected ?? null;
    this.found = error.found ?? null;
    this.maxPlayers = error.max_players ?? null;
    this.outcomeUnknown = error.outcome_unknown ?? false;
  }

  /** Whether the same call may succeed when it is made again as it is. */
  get retryable(): boolean {
    return this.code === 'busy' || (this.code === 'unavailable' && !this.outcomeUnknown);
  }
}

/**
 * Whether a caught value is an error of this package, of this code if one is given. It knows those of another
 * copy of the package too, as `instanceof` does not.
 */
export function isTournamentError(value: unknown, code?: ErrorCode): value is TournamentError {
  if (!(value instanceof Error) || value.name !== 'TournamentError' || !('code' in value)) return false;
  return code === undefined ? (errorCodes as readonly unknown[]).includes(value.code) : value.code === code;
}

/** The error for one refused field of a row, which has a place where several were given. */
export function invalid(
  row: Pick<Problem, 'entity' | 'index'>,
  field: string,
  message: string,
  options?: ErrorOptions,
): TournamentError {
  // A name that a caller made up may be any length.
  const problem = { ...row, field: field.slice(0, 100), message };
  const { entity, index } = row;
  const where = index === undefined ? entity : `${entity}[${index}]`;
  const error = { code: 'validation', message: `${where}: ${problem.field} ${message}` } as const;
  return new TournamentError({ ...error, entity, problems: [problem] }, options);
}

/** The error for a store that cannot be used. */
export function unavailable(reason: string, options?: ErrorOptions): TournamentError {
  return new TournamentError({ code: 'unavailable', message: `the store is unavailable: ${reason}` }, options);
}

/** The error for a store that somebody else has. */
export function busy(reason: string, options?: ErrorOptions): TournamentError {
  return new TournamentError({ code: 'busy', message: `the store is busy: ${reason}` }, options);
}
