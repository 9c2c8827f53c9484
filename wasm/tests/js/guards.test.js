// What callers get wrong without any ill will is told, and harms nothing.

import assert from 'node:assert/strict';
import { it } from 'node:test';

import { director } from './support/package.js';
import { refused } from './support/refused.js';
import { world } from './support/rows.js';

const store = await director.openMemory();
const rows = await world(store);

it('a value that writes itself as JSON is refused, and the store goes on', async () => {
  class Silent {
    name = 'Ada';
    toJSON() {}
  }
  for (const call of [
    () => store.players.create(new Silent()),
    () => store.players.createMany(Object.assign([{ name: 'Ada' }], { toJSON() {} })),
    () => store.players.createMany([new Silent()]),
    () => store.players.findByName(new Silent()),
    () => store.players.create({ name: 'Ada', metadata: { inner: { toJSON: () => NaN } } }),
    () => store.import({ players: [new Silent()] }),
    () => director.validate('player', new Silent()),
  ]) {
    await refused(call(), 'validation');
  }
  assert.equal((await store.health()).healthy, true);
});

it('an update of a row that lacks a field is refused, where a default would have replaced what is stored', async () => {
  const ada = await store.players.create({ name: 'Ada', email: 'ada@example.org', metadata: { club: 'Owls' } });
  const { email, ...without } = ada;
  assert.deepEqual((await refused(store.players.update(without), 'validation')).fields, ['email']);
  const cleared = store.players.update({ ...ada, metadata: undefined });
  assert.deepEqual((await refused(cleared, 'validation')).fields, ['metadata']);
  assert.deepEqual(await store.players.get(ada.id), ada);
  assert.equal((await store.players.update({ ...ada, email: null })).email, null);
});

it('shares that standings cannot be made of are refused', async () => {
  const { tournament } = rows;
  for (const least_match_win of [1.7e308, -0.1, 1.01]) {
    const error = await refused(store.standings(tournament.id, { least_match_win }), 'validation');
    assert.deepEqual(error.fields, ['least_match_win']);
  }
  await store.standings(tournament.id, { least_match_win: 0, least_game_win: 1 });
});

it('rows that standings are made of are checked, and what is wrong with one is told of it', async () => {
  const played = { components: [], registrations: [], matches: [] };
  const place = async (given) => {
    const [{ entity, index, field }] = (await refused(director.standings({ ...played, ...given }), 'validation')).problems;
    return [entity, index, field];
  };
  assert.deepEqual(await place({ matches: [{}] }), ['match', 0, 'tournament_id']);
  assert.deepEqual(await place({ registrations: [{ sequence_id: 'x' }] }), ['registration', 0, 'sequence_id']);
  const [match] = await store.matches.listAll();
  assert.deepEqual(await place({ matches: [match, { ...match, player1_wins: -5 }] }), ['match', 1, 'player1_wins']);
  const rules = { match_points: { win: 3 } };
  assert.deepEqual(await place({ rules }), ['tournament', undefined, 'rules.match_points.draw']);
});

it('a secret in the wrong place is not repeated in the error', async () => {
  const { tournament } = rows;
  for (const call of [
    () => director.admit(tournament, { password: 48151623 }),
    () => store.tournaments.update({ ...tournament, registration: '48151623' }),
    () => store.tournaments.update({ ...tournament, registration: { ...tournament.registration, allow_to_override: '48151623' } }),
    () => store.tournaments.update({ ...tournament, registration: { ...tournament.registration, registration_password: 48151623 } }),
  ]) {
    const error = await refused(call(), 'validation');
    assert.ok(!`${error.message} ${JSON.stringify(error.problems)}`.includes('48151623'), error.message);
  }
});

it('what is no function, no file and no kind is refused as any other input', async () => {
  for (const call of [
    () => store.transaction(5),
    () => store.transaction(undefined),
    () => store.upload(undefined),
    () => store.upload('a file', null),
    () => director.validate(Object.create(null), {}),
    () => director.openPersistent(),
  ]) {
    await refused(call(), 'validation');
  }
  assert.equal(await store.transaction(() => 7, null), 7);
});

it('a transaction is run again for `busy` alone', async () => {
  const closed = await director.openMemory();
  await closed.close();
  let runs = 0;
  const transaction = store.transaction(async () => {
    runs += 1;
    await closed.players.count();
  });
  await refused(transaction, 'unavailable', { retryable: true });
  assert.equal(runs, 1);
});

it('of many slow transactions that change one row, none is lost, however long the last one waits', async () => {
  // Together they take longer than anybody waits for one that does not move.
  const [count, pause] = [16, 400];
  const row = await store.players.create({ name: 'Counter', metadata: { count: 0 } });
  const add = () =>
    store.transaction(async (tx) => {
      const { metadata, ...rest } = await tx.players.get(row.id);
      await new Promise((resolve) => setTimeout(resolve, pause));
      await tx.players.update({ ...rest, metadata: { count: metadata.count + 1 } });
    });
  await Promise.all(Array.from({ length: count }, add));
  assert.deepEqual((await store.players.get(row.id)).metadata, { count });
});

it('an answer of a store in memory is there after one microtask', async () => {
  const ada = await store.players.create({ name: 'Ada' });
  for (const call of [
    () => store.players.create({ name: 'Ben' }),
    () => store.players.createMany([{ name: 'Ben' }]),
    () => store.players.get(ada.id),
    () => store.players.update(ada),
    () => store.players.list(),
    () => store.players.listAll(),
    () => store.players.count(),
    () => store.players.findByName('Ada'),
    () => store.registrations.findBySequenceId(rows.tournament.id, 1),
    () => store.standings(rows.tournament.id),
    () => store.export(),
    () => store.import({}),
    () => store.players.delete(ada.id),
  ]) {
    const order = [];
    call().then(
      () => order.push('answer'),
      (error) => order.push(error.message),
    );
    // What comes after it in the queue of microtasks.
    queueMicrotask(() => order.push('next'));
    await new Promise((resolve) => setTimeout(resolve));
    assert.deepEqual(order, ['answer', 'next'], call.toString());
  }
});
