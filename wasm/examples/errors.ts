// What can go wrong, and how to act on it.

import { isTournamentError, openMemory } from 'tournament-director';

const store = await openMemory();
await store.players.create({ name: 'Ada', discord_id: 'ada' });

/** What to tell somebody who wants to be a player of this name. */
async function join(name: string, discordId: string): Promise<string> {
  try {
    await store.players.create({ name, discord_id: discordId });
    return `welcome, ${name}`;
  } catch (error) {
    if (isTournamentError(error, 'already_exists')) return `that ${error.field} is taken`;
    if (isTournamentError(error, 'validation')) {
      return error.problems.map(({ field, message }) => `${field} ${message}`).join(', ');
    }
    throw error;
  }
}

console.log(await join('Ben', 'ben'));
console.log(await join('Bea', 'ada'));
console.log(await join(' Cleo', ''));
