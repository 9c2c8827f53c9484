import { answer } from './access.js';
import type { Engines } from './engine.js';
import {
  entityKinds,
  type ComponentInput,
  type Entities,
  type EntityKind,
  type Inputs,
  type MatchInput,
  type RegistrationRefusal,
  type RegistrationStatus,
  type ScoringRules,
  type Standing,
  type Tournament,
  type TournamentRegistrationInput,
  type TournamentStatus,
} from './generated/types.js';
import { invalid } from './errors.js';
import { listsJson, optionsJson, rowJson, valueJson, wholeRowJson } from './json.js';
import { DATASET } from './repositories.js';

/** The rows that standings are made of, and the rules, which are the Magic Tournament Rules' unless given. */
export interface Played {
  components: readonly ComponentInput[];
  registrations: readonly TournamentRegistrationInput[];
  matches: readonly MatchInput[];
  rules?: ScoringRules;
}

/** What somebody who wants to register brings along. */
export interface RegistrationAttempt {
  /** The password that they gave, of whichever kind. */
  password?: string | null;
  /** When they ask; now unless given. */
  at?: string | Date | null;
}

/** As what somebody may register, or why they may not. */
export type Admission =
  | { status: RegistrationStatus; refusal?: never }
  | { refusal: RegistrationRefusal; status?: never };

/** What can be asked without a store. */
export interface Domain {
  /**
   * A row as a store would keep it: with its defaults, and times and JSON normalised. Rejects with
   * `validation` and every field that no store would take. Nothing is stored.
   */
  validate<K extends EntityKind>(kind: K, row: Inputs[K]): Promise<Entities[K]>;
  /** The standings that these rows make, whether or not they are stored: those of Swiss components. */
  standings(played: Played): Promise<Standing[]>;
  /**
   * The tournament moved on to another status; it is for the caller to store it. Rejects with `validation`
   * where the life of a tournament does not go that way.
   */
  moveTo(tournament: Tournament, status: TournamentStatus): Promise<Tournament>;
  /**
   * Whether somebody may register for this tournament. Capacity is for `register` to check, since only the
   * store can count and register in one step.
   */
  admit(tournament: Tournament, attempt?: RegistrationAttempt): Promise<Admission>;
}

/** The domain, by an engine that all its callers share. */
export function domain(engines: Engines): Domain {
  return {
    async validate(kind, row) {
      const number = entityKinds.indexOf(kind);
      if (number < 0) {
        const given = typeof kind === 'string' ? (kind as string).slice(0, 100) : typeof kind;
        throw invalid({ entity: 'tournament' }, 'kind', `must be one of ${entityKinds.join(', ')}, not ${given}`);
      }
      const engine = await engines.shared();
      return answer(engine.call(() => engine.instance.validate(number, rowJson(kind, row))));
    },
    async standings(played) {
      const engine = await engines.shared();
      return answer(engine.call(() => engine.instance.standings(listsJson(DATASET, played))));
    },
    async moveTo(tournament, status) {
      const engine = await engines.shared();
      const [row, next] = [wholeRowJson('tournament', tournament), valueJson('tournament', 'status', status)];
      return answer(engine.call(() => engine.instance.moveTo(row, next)));
    },
    async admit(tournament, attempt) {
      const engine = await engines.shared();
      const [row, given] = [wholeRowJson('tournament', tournament), optionsJson('tournament', attempt)];
      return answer(engine.call(() => engine.instance.admit(row, given)));
    },
  };
}
