// Creating and deleting a tournament.

import { isTournamentError, validate } from '../../../dist/browser.js';

// Stands for a row that is not known yet while the tournament is looked through.
const SOME_ID = '00000000-0000-4000-8000-000000000001';

/**
 * What is wrong with what was entered, in all four kinds of row at once:
 * `{ entity, field, message }` each.
 */
export async function problemsOf(wish) {
  const looked = await Promise.allSettled([
    validate('tournament', tournamentOf(wish, SOME_ID, SOME_ID, SOME_ID)),
    validate('venue', { name: wish.venue }),
    validate('player', { name: wish.organiser }),
    validate('format', formatOf(wish)),
  ]);
  return looked.flatMap(({ reason }) => {
    if (reason && !isTournamentError(reason, 'validation')) {
      throw reason;
    }
    return reason?.problems ?? [];
  });
}

/** Creates it with its venue, organiser and format, each of which is taken over if it is there. */
export function createTournament(store, wish) {
  return store.transaction(async (tx) => {
    const [venue = await tx.venues.create({ name: wish.venue })] =
      await tx.venues.findByName(wish.venue);
    const [organiser = await tx.players.create({ name: wish.organiser })] =
      await tx.players.findByName(wish.organiser);
    const format = await tx.formats.findByName(wish.gameSystem, wish.format)
      ?? await tx.formats.create(formatOf(wish));
    return tx.tournaments.create(tournamentOf(wish, format.id, venue.id, organiser.id));
  });
}

/** The format of this name, if it is kept with other settings than those entered. */
export async function otherFormat(store, wish) {
  const kept = await store.formats.findByName(wish.gameSystem, wish.format);
  const differs = kept
    && (kept.base_format !== wish.baseFormat || kept.match_structure !== wish.matchStructure);
  return differs ? kept : null;
}

/** Deletes it with its rounds and registrations. Players, venue and format stay for the next one. */
export function deleteTournament(store, tournament) {
  const mine = { tournament_id: tournament.id };
  return store.transaction(async (tx) => {
    for (const rows of [tx.matches, tx.rounds, tx.components, tx.registrations]) {
      for (const row of await rows.listAll(mine)) {
        await rows.delete(row.id, row.version);
      }
    }
    await tx.tournaments.delete(tournament.id, tournament.version);
  });
}

const formatOf = (wish) => ({
  name: wish.format,
  game_system: wish.gameSystem,
  base_format: wish.baseFormat,
  card_pool: wish.format,
  match_structure: wish.matchStructure,
});

const tournamentOf = (wish, formatId, venueId, organiserId) => ({
  name: wish.name,
  status: 'registration_open',
  registration: { max_players: wish.maxPlayers },
  format_id: formatId,
  venue_id: venueId,
  created_by: organiserId,
});
