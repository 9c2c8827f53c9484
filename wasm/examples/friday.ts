// A small tournament from its players to its standings.

import { openMemory, type Player, type Round } from 'tournament-director';

const store = await openMemory();

const players = await store.players.createMany([{ name: 'Ada' }, { name: 'Ben' }, { name: 'Cleo' }]);
const [ada, ben, cleo] = players as [Player, Player, Player];
const venue = await store.venues.create({ name: 'The Copper Lantern' });
const format = await store.formats.create({
  name: 'Pauper',
  game_system: 'magic_the_gathering',
  base_format: 'constructed',
  card_pool: 'Pauper',
});
const friday = await store.tournaments.create({
  name: 'Friday Night',
  format_id: format.id,
  venue_id: venue.id,
  created_by: ada.id,
});
for (const player of players) {
  await store.registrations.register(friday.id, player.id);
}

const swiss = await store.components.create({
  tournament_id: friday.id,
  type: 'swiss',
  name: 'Swiss rounds',
  sequence_order: 1,
});
const within = { tournament_id: friday.id, component_id: swiss.id };
const first = await store.rounds.create({ ...within, round_number: 1 });
const second = await store.rounds.create({ ...within, round_number: 2 });

const of = (round: Round) => ({ ...within, round_id: round.id, round_number: round.round_number });
await store.matches.createMany([
  { ...of(first), player1_id: ada.id, player2_id: ben.id, player1_wins: 2, player2_wins: 1 },
  // Without a second player it is a bye.
  { ...of(first), player1_id: cleo.id },
  { ...of(second), player1_id: ada.id, player2_id: cleo.id, player1_wins: 2 },
  { ...of(second), player1_id: ben.id },
]);

const names = new Map(players.map((player) => [player.id, player.name]));
for (const { rank, player_id, points, opponents_match_win } of await store.standings(friday.id)) {
  const percentage = (opponents_match_win * 100).toFixed(1);
  console.log(`${rank}. ${names.get(player_id)}: ${points} points, opponents ${percentage} %`);
}
