// All that a store holds as one JSON document, which `td import` takes too.

import { openMemory, type Dataset } from 'tournament-director';

const store = await openMemory();
await store.players.createMany([{ name: 'Ada' }, { name: 'Ben' }]);

const text = JSON.stringify(await store.export());

const elsewhere = await openMemory();
const dataset: Dataset = JSON.parse(text);
await elsewhere.import(dataset);
console.log(`${await elsewhere.players.count()} players`);

// The other way round: what is stored gives way to the document.
await store.players.create({ name: 'Cleo' });
await store.replace(dataset);
console.log(`${await store.players.count()} players`);
