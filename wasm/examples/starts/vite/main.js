import { openMemory } from 'tournament-director';

const store = await openMemory();
await store.players.createMany([{ name: 'Ben' }, { name: 'Ada' }]);

const { items } = await store.players.list();
document.body.textContent = `Players: ${items.map((player) => player.name).join(', ')}`;
