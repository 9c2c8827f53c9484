const { openMemory } = require('tournament-director');

async function main() {
  const store = await openMemory();
  await store.players.createMany([{ name: 'Ben' }, { name: 'Ada' }]);

  const { items } = await store.players.list();
  console.log(`Players: ${items.map((player) => player.name).join(', ')}`);
}

main();
