// In a page: a store that the browser keeps.

import { isTournamentError, openPersistent, type PersistentStore } from 'tournament-director';

async function open(): Promise<PersistentStore> {
  try {
    return await openPersistent({ name: 'club' });
  } catch (error) {
    if (isTournamentError(error, 'busy')) {
      document.body.textContent = 'The club is open in another tab; close it there to go on here.';
      return openPersistent({ name: 'club', wait: true });
    }
    throw error;
  }
}

const store = await open();
await store.players.create({ name: 'Ada' });
document.body.textContent = `${await store.players.count()} players are kept here`;
