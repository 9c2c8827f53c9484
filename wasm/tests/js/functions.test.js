// What the package exports beside stores.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { director } from './support/package.js';
import { fields, refused } from './support/refused.js';
import { kinds, place, world } from './support/rows.js';

const { admit, moveTo, openMemory, standings, validate } = director;
const rows = await world(await openMemory());

describe('the module', () => {
  it('exports just what its documentation names', () => {
    assert.deepEqual(Object.keys(director).sort(), [
      'TournamentError',
      'admit',
      'baseFormats',
      'componentTypes',
      'deletePersistent',
      'entityKinds',
      'errorCodes',
      'gameSystems',
      'isTournamentError',
      'moveTo',
      'openMemory',
      'openPersistent',
      'progresses',
      'registrationRefusals',
      'registrationStatuses',
      'rowFields',
      'standings',
      'tieBreaks',
      'tournamentStatuses',
      'validate',
      'visibilities',
    ]);
  });

  it('lists the values of every enumeration, frozen', () => {
    assert.deepEqual(
      director.entityKinds,
      kinds.map(({ kind }) => kind),
    );
    assert.deepEqual(director.gameSystems, [
      'magic_the_gathering',
      'pokemon',
      'star_wars_unlimited',
      'nfl_five',
      'custom_tcg',
    ]);
    assert.deepEqual(director.baseFormats, ['constructed', 'pre_constructed', 'limited', 'special']);
    assert.deepEqual(director.tournamentStatuses, [
      'draft',
      'registration_open',
      'registration_closed',
      'in_progress',
      'completed',
      'cancelled',
    ]);
    assert.deepEqual(director.visibilities, ['public', 'private']);
    assert.deepEqual(director.registrationStatuses, ['active', 'dropped', 'late_entry']);
    assert.deepEqual(director.componentTypes, [
      'swiss',
      'single_elimination',
      'double_elimination',
      'round_robin',
      'pool_play',
    ]);
    assert.deepEqual(director.progresses, ['pending', 'active', 'completed']);
    assert.deepEqual(director.tieBreaks, [
      'opponents_match_win',
      'game_win',
      'opponents_game_win',
      'match_win',
    ]);
    assert.deepEqual(director.registrationRefusals, ['not_yet_open', 'closed', 'wrong_password', 'over']);
    assert.deepEqual([...director.errorCodes].sort(), [
      'aborted',
      'already_exists',
      'backend',
      'broken',
      'busy',
      'conflict',
      'corrupt',
      'full',
      'not_found',
      'reference_missing',
      'schema_outdated',
      'schema_too_new',
      'still_referenced',
      'unavailable',
      'validation',
    ]);
    for (const [name, list] of Object.entries(director)) {
      if (Array.isArray(list)) assert.ok(Object.isFrozen(list), name);
    }
  });
});

describe('validate', () => {
  for (const { kind, least, defaults, others } of kinds) {
    it(`gives a ${kind} as a store would keep it`, async () => {
      const { id, version, created_at, registration_time, ...valid } = await validate(kind, least(rows));
      assert.equal(typeof id, 'string');
      assert.equal(version, 1);
      assert.deepEqual(valid, { ...defaults, ...least(rows) });
      const whole = { id, version: 7, ...least(rows), ...others };
      assert.deepEqual(await validate(kind, whole), whole);
    });
  }

  it('tells every problem', async () => {
    const registration = { max_players: -1, registration_password: 'x'.repeat(201) };
    const input = {
      name: '',
      format_id: rows.format.id,
      venue_id: rows.venue.id,
      created_by: rows.ada.id,
      registration,
    };
    const error = await refused(
      validate('tournament', input),
      'validation',
      fields('tournament', 'name', 'registration.registration_password', 'registration.max_players'),
    );
    assert.deepEqual(error.problems[0], {
      entity: 'tournament',
      field: 'name',
      message: 'must not be empty',
    });
  });

  it('refuses kinds that there are not', async () => {
    for (const kind of ['players', 'toString', '', null, 0])
      await refused(validate(kind, { name: 'Ada' }), 'validation');
  });
});

describe('standings', () => {
  it('rank what they are given, without a store', async () => {
    const { component, registration, match, ada, ben, tournament, store } = rows;
    const given = { components: [component], registrations: [registration], matches: [match] };
    const ranked = await standings(given);
    assert.deepEqual(
      ranked.map((row) => [row.rank, row.player_id, row.sequence_id, row.points]),
      [
        [1, ada.id, 1, 3],
        [2, ben.id, null, 0],
      ],
    );
    assert.deepEqual(ranked, await store.standings(tournament.id));
    const rules = { match_points: { win: 5, draw: 2, loss: 1 } };
    assert.deepEqual(
      (await standings({ ...given, rules })).map((row) => row.points),
      [5, 1],
    );
    assert.deepEqual(await standings({ components: [], registrations: [], matches: [match] }), []);
  });

  it('refuse what is no tournament', async () => {
    const { component, registration, match } = rows;
    const given = { components: [component], registrations: [registration], matches: [match] };
    await refused(standings({ ...given, matches: undefined }), 'validation');
    await refused(standings({ ...given, matches: [{ ...match, draws: 'none' }] }), 'validation');
    await refused(standings({ ...given, rules: { tie_breaks: ['coin'] } }), 'validation');
    await refused(standings({ ...given, players: [] }), 'validation');
    await refused(standings([]), 'validation');
  });
});

describe('moveTo', () => {
  it('gives the tournament in its next status and leaves the given one as it was', async () => {
    const { tournament } = rows;
    const before = structuredClone(tournament);
    let moved = tournament;
    for (const status of [
      'registration_open',
      'registration_closed',
      'registration_open',
      'registration_closed',
      'in_progress',
      'completed',
    ]) {
      moved = await moveTo(moved, status);
      assert.deepEqual(moved, { ...tournament, status });
    }
    assert.deepEqual(tournament, before);
  });

  it('refuses a way that the life of a tournament does not go', async () => {
    const { tournament } = rows;
    for (const status of ['draft', 'in_progress', 'completed', 'over', undefined]) {
      await refused(moveTo(tournament, status), 'validation', fields('tournament', 'status'));
    }
    await refused(
      moveTo({ ...tournament, status: 'completed' }, 'cancelled'),
      'validation',
      fields('tournament', 'status'),
    );
  });
});

describe('admit', () => {
  const opens = '2026-11-24T10:00:00Z';
  const at = '2026-11-24T12:00:00Z';
  const open = (registration = {}, more = {}) => {
    const { tournament } = rows;
    return {
      ...tournament,
      status: 'registration_open',
      ...more,
      registration: { ...tournament.registration, ...registration },
    };
  };

  it('says as what a player may register', async () => {
    assert.deepEqual(await admit(open()), { status: 'active' });
    assert.deepEqual(await admit(open({ registration_password: 'owl' }), { password: 'owl' }), {
      status: 'active',
    });
    assert.deepEqual(await admit(open({ auto_open_time: opens }), { at }), { status: 'active' });
    assert.deepEqual(await admit(open({ auto_open_time: opens }), { at: new Date(at) }), {
      status: 'active',
    });
    const late = open({ auto_close_time: opens, late_registration_password: 'late' });
    assert.deepEqual(await admit(late, { at, password: 'late' }), { status: 'late_entry' });
    const draft = open({ to_override_password: 'key' }, { status: 'draft' });
    assert.deepEqual(await admit(draft, { password: 'key' }), { status: 'active' });
  });

  it('or why not', async () => {
    assert.deepEqual(await admit(open({}, { status: 'draft' })), { refusal: 'not_yet_open' });
    assert.deepEqual(await admit(open({ auto_open_time: at }), { at: opens }), { refusal: 'not_yet_open' });
    assert.deepEqual(await admit(open({}, { status: 'in_progress' })), { refusal: 'closed' });
    assert.deepEqual(await admit(open({}, { registration_deadline: opens }), { at }), { refusal: 'closed' });
    assert.deepEqual(await admit(open({ registration_password: 'owl' })), { refusal: 'wrong_password' });
    assert.deepEqual(await admit(open({ registration_password: 'owl' }), { password: 'eagle' }), {
      refusal: 'wrong_password',
    });
    assert.deepEqual(await admit(open({}, { status: 'completed' })), { refusal: 'over' });
  });

  it('goes by the present where no time is given', async () => {
    const past = open({ auto_close_time: '2020-01-01T00:00:00Z' });
    assert.deepEqual(await admit(past), { refusal: 'closed' });
    const future = open({ auto_open_time: '2999-01-01T00:00:00Z' });
    assert.deepEqual(await admit(future), { refusal: 'not_yet_open' });
  });

  it('refuses what is no attempt', async () => {
    await refused(admit(open(), { at: 'noon' }), 'validation', fields('tournament', 'at'));
    await refused(admit(open(), { at: new Date(NaN) }), 'validation', fields('tournament', 'at'));
    await refused(admit(open(), { key: 'owl' }), 'validation', fields('tournament', 'key'));
    await refused(admit({ name: 'Friday' }), 'validation');
  });
});
