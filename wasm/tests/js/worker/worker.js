import { openMemory } from 'tournament-director';

async function main() {
  const store = await openMemory();
  await store.players.createMany([{ name: 'Ben' }, { name: 'Ada' }]);

  const { items } = await store.players.list();
  return `Players: ${items.map((player) => player.name).join(', ')}`;
}

// Not awaited at the top: what Vite makes of a worker is no module unless it is told to.
main().then(postMessage);
