// What the package exports besides its functions, which each entry makes for where it runs.

export type { Admission, Played, RegistrationAttempt } from './domain.js';
export { TournamentError, isTournamentError } from './errors.js';
export type * from './generated/types.js';
export {
  baseFormats,
  componentTypes,
  entityKinds,
  errorCodes,
  gameSystems,
  progresses,
  registrationRefusals,
  registrationStatuses,
  rowFields,
  tieBreaks,
  tournamentStatuses,
  visibilities,
} from './generated/types.js';
export type { Persistence, PersistentOptions, PersistentStore } from './persistent/store.js';
export type {
  ComponentRepository,
  FormatRepository,
  MatchRepository,
  PlayerRepository,
  RegistrationRepository,
  Repositories,
  RoundRepository,
  TournamentRepository,
  VenueRepository,
} from './repositories.js';
export type { Listing, Page, Repository } from './repository.js';
export type { Store, Transaction, TransactionOptions } from './store.js';
