import type { Access } from './access.js';
import type {
  Component,
  DatasetInput,
  EntityKind,
  Format,
  GameSystem,
  Id,
  Player,
  RegisterOptions,
  Round,
  ScoringRules,
  Standing,
  TournamentRegistration,
  Venue,
} from './generated/types.js';
import { listsJson, optionsJson, valueJson } from './json.js';
import { Repository, text } from './repository.js';

/** The lists of a dataset, and what they hold. */
export const DATASET: Readonly<Record<string, EntityKind>> = {
  players: 'player',
  venues: 'venue',
  formats: 'format',
  tournaments: 'tournament',
  registrations: 'registration',
  components: 'component',
  rounds: 'round',
  matches: 'match',
};

/** Players, in the order of their names. */
export class PlayerRepository extends Repository<'player'> {
  /** All players of this name, by id. */
  findByName(name: string): Promise<Player[]> {
    return this.access.read((session) => session.findPlayersByName(valueJson('player', 'name', name)));
  }

  /** The player with this discord id. */
  findByDiscordId(discordId: string): Promise<Player | null> {
    return this.access.read((session) => session.findPlayerByDiscordId(valueJson('player', 'discord_id', discordId)));
  }
}

/** Venues, in the order of their names. */
export class VenueRepository extends Repository<'venue'> {
  /** All venues of this name, by id. */
  findByName(name: string): Promise<Venue[]> {
    return this.access.read((session) => session.findVenuesByName(valueJson('venue', 'name', name)));
  }
}

/** Formats, in the order of game system and name. */
export class FormatRepository extends Repository<'format'> {
  /** The format of this name in this game. */
  findByName(gameSystem: GameSystem, name: string): Promise<Format | null> {
    return this.access.read((session) =>
      session.findFormatByName(valueJson('format', 'game_system', gameSystem), valueJson('format', 'name', name)),
    );
  }
}

/** Tournaments, in the order of their creation. */
export class TournamentRepository extends Repository<'tournament'> {}

/** Registrations: within a tournament in the order of their numbers, else of their ids. */
export class RegistrationRepository extends Repository<'registration'> {
  /**
   * Registers a player under the tournament's next number, which was never given before. It checks
   * references, uniqueness and capacity (`full`); who may register is for `admit` to say, before.
   */
  register(tournamentId: Id, playerId: Id, options?: RegisterOptions): Promise<TournamentRegistration> {
    return this.access.write((session) =>
      session.register(
        text('registration', 'tournament_id', tournamentId),
        text('registration', 'player_id', playerId),
        optionsJson('registration', options),
      ),
    );
  }

  /** This player's registration in this tournament. */
  findByPlayer(tournamentId: Id, playerId: Id): Promise<TournamentRegistration | null> {
    return this.access.read((session) =>
      session.findRegistrationByPlayer(
        text('registration', 'tournament_id', tournamentId),
        text('registration', 'player_id', playerId),
      ),
    );
  }

  /** The registration with this number in this tournament. */
  findBySequenceId(tournamentId: Id, sequenceId: number): Promise<TournamentRegistration | null> {
    return this.access.read((session) =>
      session.findRegistrationBySequenceId(
        text('registration', 'tournament_id', tournamentId),
        valueJson('registration', 'sequence_id', sequenceId),
      ),
    );
  }
}

/** Components: within a tournament in the order in which they are played, else of their ids. */
export class ComponentRepository extends Repository<'component'> {
  /** The component at this place in this tournament. */
  findBySequenceOrder(tournamentId: Id, sequenceOrder: number): Promise<Component | null> {
    return this.access.read((session) =>
      session.findComponentBySequenceOrder(
        text('component', 'tournament_id', tournamentId),
        valueJson('component', 'sequence_order', sequenceOrder),
      ),
    );
  }
}

/** Rounds: within a tournament or component in the order in which they are played, else of their ids. */
export class RoundRepository extends Repository<'round'> {
  /** The round of this number in this component. */
  findByNumber(componentId: Id, roundNumber: number): Promise<Round | null> {
    return this.access.read((session) =>
      session.findRoundByNumber(
        text('round', 'component_id', componentId),
        valueJson('round', 'round_number', roundNumber),
      ),
    );
  }
}

/** Matches: within a tournament, component or round by round and table, else in the order of their ids. */
export class MatchRepository extends Repository<'match'> {}

/** The eight repositories, of a store or of a transaction. */
export class Repositories {
  /** @internal */
  protected readonly access: Access;

  readonly players: PlayerRepository;
  readonly venues: VenueRepository;
  readonly formats: FormatRepository;
  readonly tournaments: TournamentRepository;
  readonly registrations: RegistrationRepository;
  readonly components: ComponentRepository;
  readonly rounds: RoundRepository;
  readonly matches: MatchRepository;

  /** @internal */
  constructor(access: Access) {
    this.access = access;
    this.players = new PlayerRepository('player', access);
    this.venues = new VenueRepository('venue', access);
    this.formats = new FormatRepository('format', access);
    this.tournaments = new TournamentRepository('tournament', access);
    this.registrations = new RegistrationRepository('registration', access);
    this.components = new ComponentRepository('component', access);
    this.rounds = new RoundRepository('round', access);
    this.matches = new MatchRepository('match', access);
  }

  /**
   * Stores every row of the dataset as it is, versions included, all of them or none. It may refer to rows
   * that are already stored.
   */
  import(dataset: DatasetInput): Promise<void> {
    return this.access.write((session) => session.import(listsJson(DATASET, dataset)));
  }

  /**
   * The standings of a tournament after its Swiss rounds, by the Magic Tournament Rules, appendix C, unless
   * `rules` say otherwise. Matches that are not completed do not count.
   */
  standings(tournamentId: Id, rules?: ScoringRules): Promise<Standing[]> {
    return this.access.read((session) =>
      session.standings(text('tournament', 'id', tournamentId), optionsJson('tournament', rules)),
    );
  }
}
