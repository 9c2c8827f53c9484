// Every error that a store in memory can give, with all that it says.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { director } from './support/package.js';
import { expectError, fields, refused } from './support/refused.js';
import { absent, kinds, place, world } from './support/rows.js';

const { TournamentError, errorCodes, isTournamentError, openMemory, openPersistent } = director;
const opened = async () => world(await openMemory());

// What no store in memory says of its rows, and why.
const ELSEWHERE = {
  corrupt: 'only what a browser keeps can be damaged: persistence-damage.test.js',
  broken: 'only of an instance that trapped: broken.test.js',
  schema_outdated: 'a store in memory has no schema, and no version of the package kept another one before',
  schema_too_new: 'only what a later version of the package kept in a browser',
  backend: 'only for faults of the package itself',
};

const met = new Set();

/** `refused`, which notes the code. */
async function gives(call, code, properties) {
  met.add(code);
  return refused(call, code, properties);
}

describe('a store says', () => {
  it('not_found, with the entity and the id', async () => {
    const { store, ada } = await opened();
    for (const { kind, repository } of kinds) {
      const id = absent();
      await gives(store[repository].get(id), 'not_found', { entity: kind, id });
    }
    const id = absent();
    await gives(store.players.update({ ...ada, id }), 'not_found', { entity: 'player', id });
    await gives(store.players.delete(id), 'not_found', { entity: 'player', id });
  });

  it('validation, with every problem, and each with its place among many', async () => {
    const { store } = await opened();
    const one = await gives(
      store.players.create({ name: ' Zoë', email: 'nobody' }),
      'validation',
      fields('player', 'name', 'email'),
    );
    assert.deepEqual(one.problems, [
      { entity: 'player', field: 'name', message: 'must not begin or end with white space' },
      { entity: 'player', field: 'email', message: 'must have exactly one @, with text on both sides' },
    ]);
    const many = await gives(
      store.venues.createMany([
        { name: 'Here' },
        { name: '' },
        { name: 'There', address: 'x'.repeat(1_001) },
      ]),
      'validation',
      fields('venue', 'name', 'address'),
    );
    assert.deepEqual(
      many.problems.map(({ index, field }) => [index, field]),
      [
        [1, 'name'],
        [2, 'address'],
      ],
    );
    assert.equal(await store.venues.count(), 1);
  });

  it('already_exists, with the field', async () => {
    const { store, ada, format, tournament, component, round, registration, match, ben, cleo } =
      await opened();
    const taken = (call, entity, field) => gives(call, 'already_exists', fields(entity, field));
    await taken(store.players.create({ name: 'Bea', id: ada.id }), 'player', 'id');
    await taken(store.players.create({ name: 'Bea', discord_id: 'ada' }), 'player', 'discord_id');
    await taken(store.players.update({ ...ben, discord_id: 'ada' }), 'player', 'discord_id');
    const { id: _, ...again } = format;
    await taken(store.formats.create(again), 'format', 'name');
    await taken(store.registrations.register(tournament.id, ada.id), 'registration', 'player_id');
    await taken(
      store.registrations.register(tournament.id, ben.id, { id: registration.id }),
      'registration',
      'id',
    );
    const numbered = { tournament_id: tournament.id, player_id: ben.id, sequence_id: 1 };
    await taken(store.registrations.create(numbered), 'registration', 'sequence_id');
    await taken(store.components.create({ ...component, id: absent() }), 'component', 'sequence_order');
    await taken(store.rounds.create({ ...round, id: absent() }), 'round', 'round_number');
    const seated = { ...place(round), table_number: match.table_number, player1_id: cleo.id };
    await taken(store.matches.create(seated), 'match', 'table_number');
  });

  it('reference_missing, with the field', async () => {
    const rows = await opened();
    const { store, tournament, ben } = rows;
    const parents = {
      tournament: ['format_id', 'venue_id', 'created_by'],
      registration: ['tournament_id', 'player_id'],
      component: ['tournament_id'],
      round: ['component_id'],
      match: ['round_id', 'player1_id'],
    };
    for (const { kind, repository, least } of kinds) {
      for (const field of parents[kind] ?? []) {
        const row = { ...least(rows), [field]: absent() };
        await gives(store[repository].create(row), 'reference_missing', fields(kind, field));
      }
    }
    await gives(
      store.registrations.register(absent(), ben.id),
      'reference_missing',
      fields('registration', 'tournament_id'),
    );
    await gives(
      store.registrations.register(tournament.id, absent()),
      'reference_missing',
      fields('registration', 'player_id'),
    );
  });

  it('still_referenced, with the row', async () => {
    const rows = await opened();
    const parents = {
      players: 'ada',
      venues: 'venue',
      formats: 'format',
      tournaments: 'tournament',
      components: 'component',
      rounds: 'round',
    };
    for (const { kind, repository } of kinds) {
      const name = parents[repository];
      if (!name) continue;
      const { id } = rows[name];
      await gives(rows.store[repository].delete(id), 'still_referenced', { entity: kind, id });
    }
  });

  it('conflict, with the versions', async () => {
    const { store, ada, cleo } = await opened();
    await store.players.update(ada);
    const moved = { entity: 'player', id: ada.id, expected: 1, found: 2 };
    await gives(store.players.update(ada), 'conflict', moved);
    await gives(store.players.delete(ada.id, 1), 'conflict', moved);
    await gives(store.players.delete(cleo.id, 3), 'conflict', {
      entity: 'player',
      id: cleo.id,
      expected: 3,
      found: 1,
    });
    assert.equal((await store.players.get(ada.id)).version, 2);
  });

  it('full, with how many there is room for', async () => {
    const { store, tournament, ben } = await opened();
    const registration = { ...tournament.registration, max_players: 1 };
    await store.tournaments.update({ ...tournament, registration });
    await gives(store.registrations.register(tournament.id, ben.id), 'full', {
      entity: 'tournament',
      id: tournament.id,
      maxPlayers: 1,
    });
    const dropped = await store.registrations.register(tournament.id, ben.id, { status: 'dropped' });
    assert.equal(dropped.sequence_id, 2);
  });

  it('aborted in a transaction that is over', async () => {
    const { store } = await opened();
    const tx = await store.transaction((open) => [open]);
    await gives(tx[0].players.count(), 'aborted');
  });

  it('busy where another changes the same row each time, after five attempts', async () => {
    const { store, ada } = await opened();
    let attempts = 0;
    const call = store.transaction(async (tx) => {
      attempts += 1;
      const row = await tx.players.get(ada.id);
      await store.players.update(await store.players.get(ada.id));
      await tx.players.update({ ...row, name: 'Ada Lovelace' });
    });
    await gives(call, 'busy', { retryable: true });
    assert.equal(attempts, 5);
    const { name, version } = await store.players.get(ada.id);
    assert.deepEqual({ name, version }, { name: 'Ada', version: 6 });
  });

  it('unavailable once it is closed, and of what only browsers have', async () => {
    const { store } = await opened();
    await store.close();
    await gives(store.players.count(), 'unavailable', { retryable: true });
    await gives(openPersistent({ name: 'tests' }), 'unavailable', { retryable: true });
  });

  it('nothing but what errorCodes lists, each of which is tested', () => {
    assert.deepEqual([...met, ...Object.keys(ELSEWHERE)].sort(), [...errorCodes].sort());
  });
});

describe('isTournamentError', () => {
  it('knows errors of the package, of one code where it is given', async () => {
    const { store } = await opened();
    const error = await store.players.get('none').catch((reason) => reason);
    assert.equal(isTournamentError(error), true);
    assert.equal(isTournamentError(error, 'validation'), true);
    assert.equal(isTournamentError(error, 'not_found'), false);
  });

  it('knows nothing else for one', () => {
    const others = [
      new Error('validation'),
      { code: 'validation' },
      'validation',
      null,
      undefined,
      7,
      () => {},
    ];
    for (const other of others) assert.equal(isTournamentError(other), false);
  });
});

describe('errors', () => {
  it('show where the call was made', async () => {
    const { store } = await opened();
    async function myOwnFunction() {
      await store.players.get('none');
    }
    const error = await myOwnFunction().catch((reason) => reason);
    assert.match(error.stack, /myOwnFunction|errors\.test\.js/);
  });

  it('are promises rejected, never thrown out of the call', async () => {
    const { store } = await opened();
    const calls = [
      () => store.players.get(),
      () => store.players.create(),
      () => store.players.update(),
      () => store.players.delete(),
      () => store.players.createMany(),
      () => store.players.list(7),
      () => store.players.findByName(),
      () => store.registrations.register(),
      () => store.import(),
      () => store.replace(),
      () => store.standings(),
      () => store.transaction(),
      () => store.upload(),
      () => director.validate(),
      () => director.standings(),
      () => director.moveTo(),
      () => director.admit(),
      () => openPersistent(),
    ];
    for (const call of calls) {
      const promise = call();
      assert.ok(promise instanceof Promise, `${call}`);
      const error = await promise.then(
        () => assert.fail(`${call} was accepted`),
        (reason) => reason,
      );
      assert.ok(isTournamentError(error) || error instanceof TypeError, `${call}: ${error}`);
    }
  });

  it('keep no password', async () => {
    const { store, tournament } = await opened();
    const registration = { registration_password: 'owl'.repeat(100), max_players: 'none' };
    const error = await store.tournaments.update({ ...tournament, registration }).catch((reason) => reason);
    expectError(error, 'validation', { entity: 'tournament', field: error.field, fields: error.fields });
    const shown = `${error.message} ${error.stack} ${JSON.stringify(error)} ${JSON.stringify(error.problems)}`;
    assert.ok(!shown.includes('owlowl'), shown);
    assert.ok(error instanceof TournamentError);
  });
});
