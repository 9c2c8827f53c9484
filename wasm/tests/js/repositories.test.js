// Every method of the eight repositories, on a store and within a transaction.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { director } from './support/package.js';
import { fields, refused } from './support/refused.js';
import { absent, kinds, place, world } from './support/rows.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6})?Z$/;

/** Runs a test on a fresh world, by its store and within a transaction on another. */
function onBoth(name, test) {
  it(`${name}, by the store`, async () => {
    const rows = await world(await director.openMemory());
    await test(rows.store, rows);
  });
  it(`${name}, within a transaction`, async () => {
    const rows = await world(await director.openMemory());
    await rows.store.transaction((tx) => test(tx, rows));
  });
}

const filterOf = (filter, rows) => (typeof filter === 'function' ? filter(rows) : filter);

for (const { kind, repository, least, defaults, others, change, filters, shared, other } of kinds) {
  describe(`${repository}`, () => {
    onBoth('create fills in what is left out, and get gives what was created', async (on, rows) => {
      const input = least(rows);
      const before = Date.now();
      const row = await on[repository].create(input);
      assert.deepEqual(await on[repository].get(row.id), row);
      const { id, version, ...created } = row;
      assert.match(id, UUID);
      assert.equal(version, 1);
      for (const time of ['created_at', 'registration_time'].filter((name) => name in others)) {
        assert.match(created[time], INSTANT);
        assert.ok(Math.abs(Date.parse(created[time]) - before) < 60_000, created[time]);
        delete created[time];
      }
      assert.deepEqual(created, { ...defaults, ...input });
    });

    onBoth('create keeps every field that is given', async (on, rows) => {
      const input = { id: absent(), version: 1, ...least(rows), ...others };
      assert.deepEqual(await on[repository].create(input), input);
      assert.deepEqual(await on[repository].get(input.id), input);
    });

    onBoth('createMany gives the rows in their order', async (on, rows) => {
      const ids = [absent(), absent(), absent()].sort().reverse();
      const inputs = ids.map((id, index) => ({ ...least(rows), ...distinct(kind, rows, index), id }));
      const created = await on[repository].createMany(inputs);
      assert.deepEqual(
        created.map((row) => row.id),
        ids,
      );
      for (const row of created) assert.deepEqual(await on[repository].get(row.id), row);
      assert.deepEqual(await on[repository].createMany([]), []);
    });

    onBoth('update stores what is given, one version up', async (on, rows) => {
      const created = await on[repository].create({ ...least(rows), ...others });
      const updated = await on[repository].update({ ...created, ...change });
      assert.deepEqual(updated, { ...created, ...change, version: 2 });
      assert.deepEqual(await on[repository].get(created.id), updated);
    });

    onBoth('delete takes a row away', async (on, rows) => {
      const { id } = await on[repository].create(least(rows));
      assert.equal(await on[repository].delete(id), undefined);
      await refused(on[repository].get(id), 'not_found', { entity: kind, id });
      const again = await on[repository].create({ ...least(rows), id });
      assert.equal(await on[repository].delete(id, again.version), undefined);
      await refused(on[repository].delete(id), 'not_found', { entity: kind, id });
    });

    onBoth('list, count and listAll give what a filter lets through', async (on, rows) => {
      const all = await on[repository].list();
      assert.equal(all.next, null);
      const created = await on[repository].create({ ...least(rows), ...others });
      assert.equal(await on[repository].count(), all.items.length + 1);
      assert.equal((await on[repository].listAll()).length, all.items.length + 1);
      for (const filter of filters ?? []) {
        const given = filterOf(filter, rows);
        assert.deepEqual(await on[repository].list(given), { items: [created], next: null });
        assert.deepEqual(await on[repository].listAll(given), [created]);
        assert.equal(await on[repository].count(given), 1);
      }
      if (shared) {
        const found = await on[repository].listAll(shared(rows));
        assert.deepEqual(found, [rows[kind], created]);
      }
      if (other) {
        assert.deepEqual(await on[repository].list(other(rows)), { items: [], next: null });
        assert.equal(await on[repository].count(other(rows)), 0);
      }
    });

    it('a list goes on by offset and by cursor, and misses nothing', async () => {
      const rows = await world(await director.openMemory());
      const { [repository]: on } = rows.store;
      await on.createMany([0, 1, 2].map((index) => ({ ...least(rows), ...distinct(kind, rows, index) })));
      const all = await on.listAll();
      assert.deepEqual((await on.list({}, { limit: 2, offset: 1 })).items, all.slice(1, 3));
      const paged = [];
      for (let after; after !== null;) {
        const page = await on.list({}, after ? { limit: 1, after } : { limit: 1 });
        assert.equal(page.items.length, 1);
        paged.push(...page.items);
        after = page.next;
      }
      assert.deepEqual(paged, all);
    });

    it('a page that cannot be is refused', async () => {
      const { [repository]: on } = await director.openMemory();
      await refused(on.list({}, { limit: 0 }), 'validation', fields(kind, 'limit'));
      await refused(on.list({}, { limit: 1001 }), 'validation', fields(kind, 'limit'));
      await refused(on.list({}, { offset: -1 }), 'validation', fields(kind, 'offset'));
      await refused(on.list({}, { after: 'no cursor' }), 'validation');
      await refused(on.list({}, { size: 3 }), 'validation');
      await refused(on.list({ colour: 'red' }), 'validation', fields(kind, 'colour'));
      await refused(on.count({ colour: 'red' }), 'validation', fields(kind, 'colour'));
    });

    it('an id that is none is refused, and one that no row has is not found', async () => {
      const { [repository]: on } = await director.openMemory();
      const id = absent();
      await refused(on.get(id), 'not_found', { entity: kind, id });
      await refused(on.delete(id), 'not_found', { entity: kind, id });
      for (const none of ['Ada', '', undefined, null, 7, {}, [id]]) {
        await refused(on.get(none), 'validation', fields(kind, 'id'));
        await refused(on.delete(none), 'validation', fields(kind, 'id'));
      }
    });
  });
}

/** What tells rows of a kind apart, where something must be unique. */
function distinct(kind, { ben, cleo, dora }, index) {
  switch (kind) {
    case 'format':
      return { name: `Format ${index}` };
    case 'registration':
      return { player_id: [ben, cleo, dora][index].id, sequence_id: 10 + index };
    case 'component':
      return { sequence_order: 10 + index };
    case 'round':
      return { round_number: 10 + index };
    default:
      return {};
  }
}

describe('what some repositories can do beside', () => {
  onBoth('players.findByName and findByDiscordId', async (on, { ada, ben }) => {
    const other = await on.players.create({ name: 'Ada' });
    const named = await on.players.findByName('Ada');
    assert.deepEqual(
      named.map((row) => row.id),
      [ada.id, other.id].sort(),
    );
    assert.deepEqual(await on.players.findByName('Nobody'), []);
    assert.deepEqual(await on.players.findByName(' '), []);
    assert.deepEqual(await on.players.findByDiscordId('ben'), ben);
    assert.equal(await on.players.findByDiscordId('nobody'), null);
  });

  onBoth('venues.findByName', async (on, { venue }) => {
    assert.deepEqual(await on.venues.findByName('The Copper Lantern'), [venue]);
    assert.deepEqual(await on.venues.findByName('The Copper'), []);
  });

  onBoth('formats.findByName', async (on, { format }) => {
    assert.deepEqual(await on.formats.findByName('magic_the_gathering', 'Pauper'), format);
    assert.equal(await on.formats.findByName('pokemon', 'Pauper'), null);
    await refused(on.formats.findByName('chess', 'Pauper'), 'validation', fields('format', 'game_system'));
  });

  onBoth('registrations.register gives the next number, never again one that was given', async (on, rows) => {
    const { tournament, ada, ben, cleo, registration } = rows;
    assert.equal(registration.sequence_id, 1);
    assert.equal(registration.player_id, ada.id);
    const second = await on.registrations.register(tournament.id, ben.id);
    assert.equal(second.sequence_id, 2);
    await on.registrations.delete(second.id);
    const options = {
      id: absent(),
      status: 'late_entry',
      registration_time: '2026-11-24T18:05:00Z',
      notes: 'By phone.',
      metadata: { seat: 3 },
    };
    assert.deepEqual(await on.registrations.register(tournament.id, cleo.id, options), {
      ...options,
      version: 1,
      tournament_id: tournament.id,
      player_id: cleo.id,
      sequence_id: 3,
      drop_time: null,
    });
  });

  onBoth(
    'registrations.findByPlayer and findBySequenceId',
    async (on, { tournament, ada, ben, registration }) => {
      assert.deepEqual(await on.registrations.findByPlayer(tournament.id, ada.id), registration);
      assert.equal(await on.registrations.findByPlayer(tournament.id, ben.id), null);
      assert.deepEqual(await on.registrations.findBySequenceId(tournament.id, 1), registration);
      for (const none of [0, -1, 2, 2 ** 31, 2 ** 40]) {
        assert.equal(await on.registrations.findBySequenceId(tournament.id, none), null);
      }
    },
  );

  onBoth('components.findBySequenceOrder', async (on, { tournament, component }) => {
    assert.deepEqual(await on.components.findBySequenceOrder(tournament.id, 1), component);
    assert.equal(await on.components.findBySequenceOrder(tournament.id, 2), null);
  });

  onBoth('rounds.findByNumber', async (on, { component, round }) => {
    assert.deepEqual(await on.rounds.findByNumber(component.id, 1), round);
    assert.equal(await on.rounds.findByNumber(component.id, 2), null);
  });

  it('a number that is no whole one finds nothing or is refused, and never another row', async () => {
    const { store, tournament, component } = await world(await director.openMemory());
    for (const odd of [1.5, NaN, Infinity, '1', null, undefined, 1n, {}]) {
      await refused(
        store.registrations.findBySequenceId(tournament.id, odd),
        'validation',
        fields('registration', 'sequence_id'),
      );
      await refused(
        store.components.findBySequenceOrder(tournament.id, odd),
        'validation',
        fields('component', 'sequence_order'),
      );
      await refused(
        store.rounds.findByNumber(component.id, odd),
        'validation',
        fields('round', 'round_number'),
      );
    }
  });

  it('a match knows by its result that it is over', async () => {
    const { store, round, ada, ben } = await world(await director.openMemory());
    const pairing = { ...place(round), player1_id: ada.id, player2_id: ben.id };
    assert.equal((await store.matches.create(pairing)).status, 'pending');
    assert.equal((await store.matches.create({ ...pairing, draws: 1 })).status, 'completed');
    assert.equal((await store.matches.create({ ...pairing, draws: 1, status: 'active' })).status, 'active');
  });

  it('a list has at most a thousand rows, a hundred unless said; listAll has all', async () => {
    const { players } = await director.openMemory();
    const names = Array.from({ length: 2_500 }, (_, number) => `Player ${String(number).padStart(4, '0')}`);
    await players.createMany(names.map((name) => ({ name })));
    assert.equal((await players.list()).items.length, 100);
    assert.equal((await players.list({}, { limit: 1_000 })).items.length, 1_000);
    assert.deepEqual(
      (await players.listAll()).map((player) => player.name),
      names,
    );
    assert.equal(await players.count(), 2_500);
  });
});
