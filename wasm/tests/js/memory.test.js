// Calls in great number: what they take of memory.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { memories } from './support/instances.js';
import { director } from './support/package.js';
import { absent, world } from './support/rows.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

it('a hundred thousand failing calls do no harm and take no memory', async () => {
  const { store, ada } = await world(await director.openMemory());
  let failed = 0;
  const note = (error) => (failed += director.isTournamentError(error) ? 1 : 0);
  const fail = async (calls) => {
    for (let call = 0; call < calls; call += 4) {
      await store.players.get(absent()).catch(note);
      await store.players.create({ name: ' ' }).catch(note);
      await store.players.create({ name: 'Bea', discord_id: 'ada' }).catch(note);
      await store.transaction((tx) => tx.players.update({ ...ada, version: 9 })).catch(note);
    }
  };
  await fail(10_000);
  const before = taken();
  await fail(90_000);
  const after = taken();

  assert.equal(failed, 100_000);
  assert.equal(after.engine, before.engine, 'the engine has taken no page of memory more');
  const grown = (after.heap - before.heap) / 2 ** 20;
  assert.ok(grown < 32, `JavaScript has taken ${grown} MiB more`);

  assert.deepEqual(await store.players.get(ada.id), ada);
  assert.equal(await store.players.count(), 4);
  assert.equal((await store.players.create({ name: 'Eve' })).version, 1);
});

it('calls that need no store share one engine, however many are made at once', async () => {
  const before = memories.length;
  const calls = Array.from({ length: 500 }, (_, number) =>
    director.validate('player', { name: `P${number}` }),
  );
  assert.equal((await Promise.all(calls)).length, 500);
  assert.equal(memories.length - before, 1);
});

/** What is taken of memory, in bytes: by the engine, and by JavaScript once it has cleared up. */
function taken() {
  collect();
  const engine = memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
  return { engine, heap: process.memoryUsage().heapUsed };
}
