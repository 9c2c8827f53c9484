// From CommonJS.

import director = require('tournament-director');

async function main(): Promise<number> {
  const store: director.Store = await director.openMemory();
  const players: director.Player[] = await store.players.listAll();
  return players.length;
}

void main();
