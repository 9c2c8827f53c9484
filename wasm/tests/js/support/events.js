// The rows that a published event becomes.
//
// - `Round 7` and `7` are Swiss rounds; a round of any other name is a playoff round.
// - A pairing with `-`, `Bye` or nobody, on either side, is a bye: won 2–0.
// - A match that a round lists twice, once from each side, is one match.

import { randomUUID } from 'node:crypto';

/**
 * An event as a dataset, without the players, the venue and the format that `known` finds by their names.
 */
export async function rowsOf(event, known) {
  const rows = {
    players: [],
    venues: [],
    formats: [],
    tournaments: [],
    registrations: [],
    components: [],
    rounds: [],
    matches: [],
  };
  const created_at = instant(event.Tournament.Date);
  /** The row of this name, of those that are known or else a new one of this event. */
  const row = async (list, find, name, others = {}) => {
    const found = await find(name);
    if (found) return found;
    const made = { id: randomUUID(), name, ...others };
    rows[list].push(made);
    return made;
  };

  const players = new Map();
  const player = async (name) => {
    if (!players.has(name)) players.set(name, await row('players', known.player, name, { created_at }));
    return players.get(name);
  };

  const format = event.Tournament.Formats?.trim() || 'Unknown';
  const game = { game_system: 'magic_the_gathering', base_format: 'constructed', card_pool: format };
  const tournament = {
    id: randomUUID(),
    name: event.Tournament.Name.trim(),
    status: 'completed',
    format_id: (await row('formats', known.format, format, game)).id,
    venue_id: (await row('venues', known.venue, event.Source.trim())).id,
    created_by: (await row('players', known.player, 'The organiser', { created_at })).id,
    created_at,
  };
  rows.tournaments.push(tournament);

  const over = { tournament_id: tournament.id, status: 'completed' };
  const component = (type, name, sequence_order) => {
    const made = { id: randomUUID(), type, name, sequence_order, created_at, ...over };
    rows.components.push(made);
    return made;
  };
  const swiss = component('swiss', 'Swiss rounds', 1);
  let playoffs;
  let playoffRounds = 0;

  for (const { RoundName, Matches } of event.Rounds) {
    const number = swissNumber(RoundName);
    if (!number) playoffs ??= component('single_elimination', 'Playoffs', 2);
    const round = {
      id: randomUUID(),
      component_id: number ? swiss.id : playoffs.id,
      round_number: number ?? ++playoffRounds,
      ...over,
    };
    rows.rounds.push(round);
    for (const [place, { first, second, games }] of played(Matches).entries()) {
      rows.matches.push({
        ...over,
        component_id: round.component_id,
        round_id: round.id,
        round_number: round.round_number,
        table_number: place + 1,
        player1_id: (await player(first)).id,
        player2_id: second === null ? null : (await player(second)).id,
        player1_wins: games[0],
        player2_wins: games[1],
        draws: games[2],
      });
    }
  }

  for (const { Player } of event.Standings ?? []) {
    const name = present(Player);
    if (name) await player(name);
  }
  [...players.values()].forEach(({ id }, place) => {
    rows.registrations.push({
      tournament_id: tournament.id,
      player_id: id,
      sequence_id: place + 1,
      registration_time: created_at,
    });
  });
  return rows;
}

/** The matches of a round, each once: `first`, `second` (`null` for a bye), `games`. */
function played(pairings) {
  const seen = new Set();
  const matches = [];
  for (const { Player1, Player2, Result } of pairings) {
    const [one, two] = [present(Player1), present(Player2)];
    const isBye = !one || !two;
    const [won, lost, drawn] = isBye ? [0, 0, 0] : Result.trim().split('-').map(Number);
    if (seen.has(JSON.stringify([two, one, lost, won, drawn]))) continue;
    seen.add(JSON.stringify([one, two, won, lost, drawn]));
    matches.push(
      isBye
        ? { first: one ?? two, second: null, games: [2, 0, 0] }
        : { first: one, second: two, games: [won, lost, drawn] },
    );
  }
  return matches;
}

/** The number of a Swiss round; `undefined` for any other. */
function swissNumber(name) {
  const number = /^(?:Round )?\s*(\d+)\s*$/.exec(name.trim())?.[1];
  return number && Number(number);
}

/** A player's name, unless something else stands in its place. */
function present(name) {
  const text = name?.trim();
  return text && text !== '-' && text.toLowerCase() !== 'bye' ? text : undefined;
}

/** In UTC where no zone is given. */
function instant(text) {
  return /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`;
}
