// What the views show, read in one step so that it fits together.

import { isPlayed } from './results.js';

/** All tournaments, the newest first, each with its venue and how many take part. */
export function readTournaments(store) {
  return store.transaction(async (tx) => {
    const rows = [];
    for (const tournament of await tx.tournaments.listAll()) {
      const registrations = await tx.registrations.listAll({ tournament_id: tournament.id });
      rows.unshift({
        tournament,
        venue: await tx.venues.get(tournament.venue_id),
        players: registrations.filter(({ status }) => status !== 'dropped').length,
      });
    }
    return rows;
  }, { readOnly: true });
}

/** A tournament with all that belongs to it. */
export function readEvent(store, id) {
  return store.transaction(async (tx) => {
    const tournament = await tx.tournaments.get(id);
    const registrations = await tx.registrations.listAll({ tournament_id: id });
    const components = await tx.components.listAll({ tournament_id: id });
    const swiss = components.find(({ type }) => type === 'swiss') ?? null;
    const rounds = swiss ? await tx.rounds.listAll({ component_id: swiss.id }) : [];
    const matches = swiss ? await tx.matches.listAll({ component_id: swiss.id }) : [];
    return {
      tournament,
      format: await tx.formats.get(tournament.format_id),
      venue: await tx.venues.get(tournament.venue_id),
      registrations,
      swiss,
      rounds,
      matches,
      standings: await tx.standings(id),
      names: await readNames(tx, registrations, matches),
    };
  }, { readOnly: true });
}

async function readNames(tx, registrations, matches) {
  const ids = new Set(registrations.map((row) => row.player_id));
  for (const { player1_id: first, player2_id: second } of matches) {
    ids.add(first).add(second);
  }
  ids.delete(null);
  const names = new Map();
  for (const id of ids) {
    names.set(id, (await tx.players.get(id)).name);
  }
  return names;
}

export const matchesOf = (event, round) => event.matches.filter(({ round_id: id }) => id === round.id);

/** Who is to be paired. */
export const takingPart = (event) => event.registrations.filter(({ status }) => status !== 'dropped');

/** How many matches of the round have no result yet. */
export const openMatches = (event, round) =>
  matchesOf(event, round).filter((match) => !isPlayed(match)).length;

export const isOver = ({ tournament }) => ['completed', 'cancelled'].includes(tournament.status);

/** Whether nothing has been paired yet. */
export const isComing = (event) => event.rounds.length === 0 && !isOver(event);

/** How many rounds leave one player at most with no loss. */
export const usualRounds = (players) => Math.max(1, Math.ceil(Math.log2(Math.max(2, players))));
