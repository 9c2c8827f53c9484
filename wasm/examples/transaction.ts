// Several calls as one step: all of them are stored, or none.

import { isTournamentError, openMemory, type Store } from 'tournament-director';

const store = await openMemory();
const pot = await store.players.create({ name: 'Prize pot', metadata: { tickets: 3 } });

/** Takes tickets out of the pot, as a player's. Two at once cannot take the same one. */
async function award(from: Store, name: string, tickets: number): Promise<void> {
  await from.transaction(async (tx) => {
    const row = await tx.players.get(pot.id);
    const left = Number(row.metadata.tickets) - tickets;
    await tx.players.create({ name, metadata: { tickets } });
    if (left < 0) throw new RangeError('there are not enough tickets');
    await tx.players.update({ ...row, metadata: { tickets: left } });
  });
}

await Promise.all([award(store, 'Ada', 1), award(store, 'Ben', 1)]);
await award(store, 'Cleo', 2).catch((error: RangeError) => console.log(error.message));
console.log((await store.players.listAll()).map((player) => player.name).join(', '));

// Whoever writes to a row that another has changed since it was read is told so.
await store.players
  .update({ ...pot, name: 'Prizes' })
  .catch((error: unknown) => console.log(isTournamentError(error, 'conflict')));
