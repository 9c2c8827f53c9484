// Registration: who may, and under which number.

import { admit, isTournamentError, moveTo, openMemory, type Id } from 'tournament-director';

const store = await openMemory();
const [organiser, ...guests] = await store.players.createMany(
  ['Ada', 'Ben', 'Cleo'].map((name) => ({ name })),
);
if (!organiser) throw new Error('there is an organiser');
const venue = await store.venues.create({ name: 'The Copper Lantern' });
const format = await store.formats.create({
  name: 'Sealed',
  game_system: 'star_wars_unlimited',
  base_format: 'limited',
  card_pool: 'Six packs',
});
const draft = await store.tournaments.create({
  name: 'Release Day',
  format_id: format.id,
  venue_id: venue.id,
  created_by: organiser.id,
  registration: { registration_password: 'owl', max_players: 1 },
});
const open = await store.tournaments.update(await moveTo(draft, 'registration_open'));

async function register(player: Id, password?: string): Promise<string> {
  const tournament = await store.tournaments.get(open.id);
  const answer = await admit(tournament, { password: password ?? null });
  if (answer.refusal) return answer.refusal;
  try {
    const { status } = answer;
    const registration = await store.registrations.register(tournament.id, player, { status });
    return `number ${registration.sequence_id}`;
  } catch (error) {
    if (isTournamentError(error, 'full')) return `full: ${error.maxPlayers} at most`;
    throw error;
  }
}

for (const guest of guests) {
  console.log(guest.name, await register(guest.id));
  console.log(guest.name, await register(guest.id, 'owl'));
}
