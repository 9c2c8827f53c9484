// Rounds: paired, played, and over.

import { advancedTo } from './life.js';
import { pair } from './pairing.js';
import { isPlayed } from './results.js';
import { nowOrLater } from './time.js';

/**
 * Begins the next round after those in `event`, with its matches, and with the first one the
 * tournament itself. If somebody else has begun that round meanwhile, nothing happens but an error.
 */
export function pairNextRound(store, event) {
  return store.transaction(async (tx) => {
    const swiss = event.swiss ?? await begin(tx, event.tournament);
    const round = await tx.rounds.create({
      tournament_id: swiss.tournament_id,
      component_id: swiss.id,
      round_number: event.rounds.length + 1,
      start_time: new Date().toISOString(),
      status: 'active',
    });
    await tx.matches.createMany(await matchesFor(tx, round));
    return round;
  });
}

async function begin(tx, tournament) {
  await tx.tournaments.update({
    ...await advancedTo(tournament, 'in_progress'),
    start_time: new Date().toISOString(),
  });
  const others = await tx.components.listAll({ tournament_id: tournament.id });
  return tx.components.create({
    tournament_id: tournament.id,
    type: 'swiss',
    name: 'Swiss rounds',
    sequence_order: (others.at(-1)?.sequence_order ?? 0) + 1,
    status: 'active',
  });
}

async function matchesFor(tx, round) {
  const mine = { tournament_id: round.tournament_id };
  const registrations = await tx.registrations.listAll(mine);
  const active = new Set(registrations
    .filter(({ status }) => status !== 'dropped')
    .map((row) => row.player_id));
  const players = (await tx.standings(round.tournament_id))
    .filter((standing) => active.has(standing.player_id))
    .map((standing) => ({ id: standing.player_id, points: standing.points }));
  const { pairs, bye } = pair(players, await tx.matches.listAll(mine));
  const common = {
    ...mine,
    component_id: round.component_id,
    round_id: round.id,
    round_number: round.round_number,
  };
  const matches = pairs.map(([first, second], place) =>
    ({ ...common, table_number: place + 1, player1_id: first, player2_id: second }));
  return bye === null ? matches : [...matches, { ...common, player1_id: bye }];
}

/**
 * Enters or corrects the result of a match as it was read, `[won, lost, drawn]`, or takes it back
 * with `null`. The last result completes the round in the same step.
 */
export function recordResult(store, match, result) {
  return store.transaction(async (tx) => {
    const [first, second, draws] = result ?? [0, 0, 0];
    await tx.matches.update({
      ...match,
      player1_wins: first,
      player2_wins: second,
      draws,
      status: result ? 'completed' : 'pending',
    });
    const round = await tx.rounds.get(match.round_id);
    const matches = await tx.matches.listAll({ round_id: match.round_id });
    const status = matches.every(isPlayed) ? 'completed' : 'active';
    if (status !== round.status) {
      const end = status === 'completed' ? nowOrLater(round.start_time) : null;
      await tx.rounds.update({ ...round, status, end_time: end });
    }
  });
}

/** Ends the tournament as it was read. */
export function finish(store, { tournament, swiss }) {
  return store.transaction(async (tx) => {
    await tx.components.update({ ...swiss, status: 'completed' });
    return tx.tournaments.update({
      ...await advancedTo(tournament, 'completed'),
      end_time: nowOrLater(tournament.start_time),
    });
  });
}
