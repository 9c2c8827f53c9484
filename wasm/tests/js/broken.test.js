// What is left when the WebAssembly instance under a store is damaged and traps.

import assert from 'node:assert/strict';
import { it } from 'node:test';

import { memories } from './support/instances.js';
import { director } from './support/package.js';
import { refused } from './support/refused.js';
import { world } from './support/rows.js';

const { openMemory } = director;

/** Overwrites all that the youngest instance has in memory, and gives a way to put it back. */
function damage() {
  const bytes = new Uint8Array(memories.at(-1).buffer);
  const before = bytes.slice();
  bytes.fill(0xa5);
  return () => new Uint8Array(memories.at(-1).buffer).set(before);
}

it('a store whose instance trapped says broken to every later call, a fresh one works', async () => {
  const { store, ada, tournament } = await world(await openMemory());
  assert.ok(memories.length > 0, 'the instance was seen');
  const mend = damage();
  const first = await refused(store.players.get(ada.id), 'broken');
  assert.ok(first.cause instanceof Error, 'what the instance threw is the cause');
  // As good as it may look again, nobody knows what the trap left half done.
  mend();
  const calls = [
    () => store.players.create({ name: 'Eve' }),
    () => store.players.createMany([{ name: 'Eve' }]),
    () => store.players.get(ada.id),
    () => store.players.update(ada),
    () => store.players.delete(ada.id),
    () => store.players.list(),
    () => store.players.listAll(),
    () => store.players.count(),
    () => store.players.findByName('Ada'),
    () => store.registrations.register(tournament.id, ada.id),
    () => store.import({}),
    () => store.replace({}),
    () => store.export(),
    () => store.clear(),
    () => store.standings(tournament.id),
    () => store.transaction((tx) => tx.players.count()),
  ];
  for (const call of calls) await refused(call(), 'broken');
  const health = await store.health();
  assert.equal(health.healthy, false);
  assert.match(health.problem, /open it again/);
  await store.close();

  const fresh = await world(await openMemory());
  assert.deepEqual(await fresh.store.players.get(fresh.ada.id), fresh.ada);
  assert.equal((await fresh.store.standings(fresh.tournament.id)).length, 2);
});

it('a transaction in which the instance traps says broken', async () => {
  const { store, ada } = await world(await openMemory());
  const call = store.transaction(async (tx) => {
    await tx.players.create({ name: 'Eve' });
    damage();
    await refused(tx.players.get(ada.id), 'broken');
    await refused(tx.players.create({ name: 'Fay' }), 'broken');
  });
  await refused(call, 'broken');
});

it('what needs no store works again after it', async () => {
  const store = await openMemory();
  await director.validate('player', { name: 'Ada' });
  for (const memory of memories) new Uint8Array(memory.buffer).fill(0xa5);
  await refused(store.players.list(), 'broken');
  await director.validate('player', { name: 'Ada' }).catch((error) => assert.equal(error.code, 'broken'));
  assert.equal((await director.validate('player', { name: 'Ada' })).name, 'Ada');
  assert.equal(await (await openMemory()).players.count(), 0);
});
