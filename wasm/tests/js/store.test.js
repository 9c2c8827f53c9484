// A store as a whole: export and import, standings, health, closing, and that nothing is shared.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { director } from './support/package.js';
import { fields, refused } from './support/refused.js';
import { absent, place, world } from './support/rows.js';

const { openMemory } = director;
const LISTS = [
  'players',
  'venues',
  'formats',
  'tournaments',
  'registrations',
  'components',
  'rounds',
  'matches',
];

const opened = async () => world(await openMemory());

describe('export and import', () => {
  it('an empty store exports empty lists', async () => {
    const empty = Object.fromEntries(LISTS.map((list) => [list, []]));
    assert.deepEqual(await (await openMemory()).export(), { ...empty, last_sequence_ids: {} });
  });

  it('what was exported makes the same store elsewhere, versions and numbers included', async () => {
    const { store, ada, tournament, registration } = await opened();
    await store.players.update({ ...ada, name: 'Ada Lovelace' });
    await store.registrations.delete(registration.id);
    const dataset = await store.export();
    assert.deepEqual(
      LISTS.map((list) => dataset[list].length),
      [4, 1, 1, 1, 0, 1, 1, 1],
    );
    assert.deepEqual(dataset.last_sequence_ids, { [tournament.id]: 1 });

    const other = await openMemory();
    assert.equal(await other.import(dataset), undefined);
    assert.deepEqual(await other.export(), dataset);
    assert.equal((await other.players.get(ada.id)).version, 2);
    assert.equal((await other.registrations.register(tournament.id, ada.id)).sequence_id, 2);
  });

  it('a part of a dataset will do, and may refer to what is stored', async () => {
    const { store, round, cleo } = await opened();
    const id = absent();
    await store.import({ matches: [{ id, ...place(round), player1_id: cleo.id }] });
    assert.equal((await store.matches.get(id)).status, 'completed');
    await store.import({});
  });

  it('an import is one step: where one row is refused, none is stored', async () => {
    const { store, ada } = await opened();
    const before = await store.export();
    await refused(
      store.import({ players: [{ name: 'Eve' }, { name: ' ' }] }),
      'validation',
      fields('player', 'name'),
    );
    await refused(
      store.import({ players: [{ name: 'Eve' }], venues: [{ name: 7 }] }),
      'validation',
      fields('venue', 'name'),
    );
    await refused(
      store.import({ players: [{ name: 'Eve' }, ada] }),
      'already_exists',
      fields('player', 'id'),
    );
    await refused(store.import({ player: [] }), 'validation');
    for (const none of [undefined, null, [], 'players', 7]) await refused(store.import(none), 'validation');
    assert.deepEqual(await store.export(), before);
  });

  it('replace lets everything give way to a dataset, or nothing where it is refused', async () => {
    const { store, ada } = await opened();
    const before = await store.export();
    await refused(store.replace({ players: [{ name: '' }] }), 'validation', fields('player', 'name'));
    assert.deepEqual(await store.export(), before);
    assert.equal(await store.replace({ players: [ada], venues: [{ name: 'Elsewhere' }] }), undefined);
    const after = await store.export();
    assert.deepEqual(after.players, [ada]);
    assert.deepEqual(
      LISTS.map((list) => after[list].length),
      [1, 1, 0, 0, 0, 0, 0, 0],
    );
  });

  it('an uploaded file is imported, or takes the place of everything', async () => {
    const { store, ada } = await opened();
    const dataset = await store.export();
    const file = new Blob([JSON.stringify({ players: [{ name: 'Eve' }] })]);
    const given = await store.upload(file);
    assert.deepEqual(
      given.players?.map((row) => row.name),
      ['Eve'],
    );
    assert.equal(await store.players.count(), 5);
    await store.upload(new Blob([JSON.stringify(dataset)]), { replace: true });
    assert.deepEqual(await store.export(), dataset);
    assert.deepEqual(await store.players.get(ada.id), ada);
    await refused(store.upload(new Blob(['{"players": [']), { replace: true }), 'validation');
    for (const text of ['', '7', '[]', 'null', '{"players": {}}']) {
      await refused(store.upload(new Blob([text])), 'validation');
    }
    await refused(store.upload(new Blob([new Uint8Array([0x22, 0xff, 0x22])])), 'validation');
    await refused(
      store.upload(new Blob([JSON.stringify(dataset)])),
      'already_exists',
      fields('player', 'id'),
    );
    assert.deepEqual(await store.export(), dataset);
  });

  it('clear leaves nothing', async () => {
    const { store } = await opened();
    assert.equal(await store.clear(), undefined);
    const dataset = await store.export();
    assert.deepEqual(
      LISTS.map((list) => dataset[list].length),
      Array(8).fill(0),
    );
  });
});

describe('standings of a stored tournament', () => {
  it('rank by points and tie-breaks', async () => {
    const { store, tournament, round, ada, ben, cleo } = await opened();
    await store.matches.create({ ...place(round), player1_id: cleo.id });
    for (const player of [ben, cleo]) await store.registrations.register(tournament.id, player.id);
    const ranked = await store.standings(tournament.id);
    const of = ({ id }) => ranked.find((row) => row.player_id === id);
    // Appendix C of the Magic Tournament Rules: no percentage enters an average below a third; a bye is
    // a match won 2–0 that no average counts.
    const won = {
      rank: 1,
      points: 3,
      wins: 1,
      losses: 0,
      draws: 0,
      match_win: 1,
      opponents_match_win: 1 / 3,
      game_win: 1,
      opponents_game_win: 1 / 3,
    };
    assert.deepEqual(of(ada), { ...won, player_id: ada.id, sequence_id: 1 });
    assert.deepEqual(of(cleo), { ...won, player_id: cleo.id, sequence_id: 3 });
    assert.equal(of(ben).points, 0);
    assert.equal(of(ben).rank, 3);
    assert.equal(of(ben).opponents_match_win, 1);
  });

  it('go by other rules where they are given, and see what a transaction wrote', async () => {
    const { store, tournament, round, ben, cleo } = await opened();
    const rules = { match_points: { win: 2, draw: 1, loss: 0 }, tie_breaks: ['game_win'] };
    assert.equal((await store.standings(tournament.id, rules))[0].points, 2);
    await store.transaction(async (tx) => {
      await tx.matches.create({ ...place(round), player1_id: ben.id, player2_id: cleo.id, player1_wins: 2 });
      assert.equal((await tx.standings(tournament.id)).find((row) => row.player_id === ben.id).points, 3);
    });
  });

  it('refuse rules that cannot be', async () => {
    const { store, tournament } = await opened();
    await refused(store.standings(tournament.id, { tie_breaks: ['coin'] }), 'validation');
    await refused(store.standings(tournament.id, { points: 3 }), 'validation');
    await refused(store.standings('Friday', {}), 'validation');
  });

  it('are empty or not found where the tournament is not there', async () => {
    const { store } = await opened();
    const id = absent();
    await refused(store.standings(id), 'not_found', { entity: 'tournament', id });
  });
});

describe('a store', () => {
  it('is healthy until it is closed', async () => {
    const store = await openMemory();
    const { round_trip_ms, ...health } = await store.health();
    assert.ok(round_trip_ms >= 0);
    assert.deepEqual(health, {
      healthy: true,
      backend: 'memory',
      server_version: null,
      schema_version: null,
      problem: null,
    });
    await store.close();
    const closed = await store.health();
    assert.equal(closed.healthy, false);
    assert.match(closed.problem, /closed/);
  });

  it('is unavailable once it is closed, in every call, and closes twice', async () => {
    const { store, ada, tournament } = await opened();
    await store.close();
    await store.close();
    const calls = [
      store.players.create({ name: 'Eve' }),
      store.players.createMany([{ name: 'Eve' }]),
      store.players.get(ada.id),
      store.players.update(ada),
      store.players.delete(ada.id),
      store.players.list(),
      store.players.count(),
      store.players.listAll(),
      store.players.findByName('Ada'),
      store.registrations.register(tournament.id, ada.id),
      store.export(),
      store.import({}),
      store.replace({}),
      store.clear(),
      store.standings(tournament.id),
      store.transaction(() => {}),
    ];
    for (const call of calls) await refused(call, 'unavailable', { retryable: true });
  });

  it('knows nothing of another', async () => {
    const [one, other] = [await opened(), await openMemory()];
    assert.equal(await other.players.count(), 0);
    await other.players.create({ name: 'Ada', discord_id: 'ada', id: one.ada.id });
    await other.clear();
    await other.close();
    assert.equal(await one.store.players.count(), 4);
  });

  it('gives and takes copies: what is done to an object later does not reach it', async () => {
    const { store } = await opened();
    const input = { name: 'Eve', metadata: { seats: [1] } };
    const created = await store.players.create(input);
    input.metadata.seats.push(2);
    created.metadata.seats.push(3);
    created.name = 'Mallory';
    const [read, listed] = [await store.players.get(created.id), (await store.players.listAll()).at(-1)];
    assert.deepEqual(read.metadata, { seats: [1] });
    assert.equal(read.name, 'Eve');
    listed.metadata.seats.length = 0;
    const dataset = await store.export();
    dataset.players.length = 0;
    assert.deepEqual((await store.players.get(created.id)).metadata, { seats: [1] });
    assert.equal(await store.players.count(), 5);
  });

  it('takes an input as it is when the call is made', async () => {
    const store = await openMemory();
    const input = { name: 'Eve' };
    const call = store.players.create(input);
    input.name = 'Mallory';
    assert.equal((await call).name, 'Eve');
  });

  it('answers many calls at once, each number once', async () => {
    const { store, tournament } = await opened();
    const players = await store.players.createMany(Array.from({ length: 64 }, (_, n) => ({ name: `P${n}` })));
    const given = await Promise.all(players.map(({ id }) => store.registrations.register(tournament.id, id)));
    assert.deepEqual(
      given.map((row) => row.sequence_id).sort((a, b) => a - b),
      Array.from({ length: 64 }, (_, n) => n + 2),
    );
  });
});
