// Whatever JavaScript can put into an input is refused as `validation` or kept as it is, never changed
// in silence.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { director } from './support/package.js';
import { fields, refused } from './support/refused.js';
import { absent, place, world } from './support/rows.js';

const store = await director.openMemory();
const rows = await world(store);

/** What JSON has no form for. */
const UNSPEAKABLE = {
  NaN: NaN,
  Infinity: Infinity,
  '-Infinity': -Infinity,
  'a BigInt': 1n,
  'a function': () => 1,
  'a symbol': Symbol('one'),
  'an invalid date': new Date(NaN),
  'a map': new Map([['a', 1]]),
  'a set': new Set([1]),
  'a regular expression': /a/,
  'a typed array': new Uint8Array([1]),
  'an error': new Error('one'),
  'a promise': Promise.resolve(1),
};

/** An object that holds itself. */
function cycle() {
  const object = { name: 'Zoë' };
  object.self = { object };
  return object;
}

function nested(depth) {
  let value = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 ? [value] : { a: value };
  return value;
}

/** The error that a call is refused with, `validation` of an entity. */
async function invalid(call, entity) {
  const error = await refused(call, 'validation');
  assert.equal(error.entity, entity, error.message);
  return error;
}

describe('a value that JSON has no form for is refused', () => {
  for (const [name, value] of Object.entries(UNSPEAKABLE)) {
    it(`${name}: as a field, within metadata, in a list, as the whole`, async () => {
      const { round, ada } = rows;
      const seated = { ...place(round), player1_id: ada.id, table_number: value };
      assert.deepEqual((await invalid(store.matches.create(seated), 'match')).fields, ['table_number']);
      const late = { ...round, id: absent(), round_number: 9, start_time: value };
      assert.deepEqual((await invalid(store.rounds.create(late), 'round')).fields, ['start_time']);
      for (const metadata of [{ a: value }, { a: [value] }, { a: { b: [{ c: value }] } }]) {
        await invalid(store.players.create({ name: 'Zoë', metadata }), 'player');
      }
      await invalid(store.players.create({ name: 'Zoë', metadata: value }), 'player');
      await invalid(store.players.create(value), 'player');
      await invalid(store.players.createMany([{ name: 'Zoë' }, value]), 'player');
      await invalid(store.players.createMany(value), 'player');
      await invalid(store.players.update({ ...ada, email: value }), 'player');
      await invalid(store.import({ players: [{ name: 'Zoë', email: value }] }), 'player');
    });

    it(`${name}: as a page, a filter, a version, an option, a rule`, async () => {
      const { tournament, ben } = rows;
      await invalid(store.players.list({}, { limit: value }), 'player');
      await invalid(store.players.list({}, { offset: value }), 'player');
      await invalid(store.players.list({}, { after: value }), 'player');
      await invalid(store.matches.list({ player_id: value }), 'match');
      await invalid(store.matches.count({ player_id: value }), 'match');
      await invalid(store.players.delete(ben.id, value), 'player');
      await invalid(store.players.findByName(value), 'player');
      await invalid(store.players.findByDiscordId(value), 'player');
      await invalid(store.registrations.register(tournament.id, ben.id, { notes: value }), 'registration');
      await invalid(store.standings(tournament.id, { bye_games: value }), 'tournament');
    });
  }

  it('nothing of it was stored', async () => {
    assert.equal(await store.players.count(), 4);
    assert.equal(await store.matches.count(), 1);
    assert.equal(await store.rounds.count(), 1);
  });
});

describe('undefined', () => {
  it('is as if the field were left out', async () => {
    const { metadata, ...player } = await store.players.create({
      name: 'Und',
      email: undefined,
      id: undefined,
      metadata: { a: undefined },
    });
    assert.deepEqual(metadata, {});
    assert.equal(player.email, null);
    assert.equal(await store.matches.count({ player_id: undefined }), await store.matches.count());
    assert.equal(
      (await store.players.list(undefined, { limit: undefined, after: undefined })).items.length,
      5,
    );
    await store.players.delete(player.id, undefined);
  });

  it('is refused within a list, where leaving it out would move the others', async () => {
    await invalid(store.players.create({ name: 'Zoë', metadata: { a: [1, undefined] } }), 'player');
    await invalid(store.players.create({ name: 'Zoë', metadata: { a: [, 1] } }), 'player');
    await invalid(store.players.createMany([{ name: 'Zoë' }, undefined]), 'player');
  });
});

describe('times', () => {
  it('may be Date objects', async () => {
    const created_at = new Date('2026-11-24T18:00:00.125Z');
    const player = await store.players.create({ name: 'Dat', created_at, metadata: {} });
    assert.equal(player.created_at, '2026-11-24T18:00:00.125Z');
    assert.deepEqual(await store.players.update({ ...player, created_at }), { ...player, version: 2 });
    await store.players.delete(player.id);
  });

  it('are kept in UTC to the microsecond', async () => {
    const created = await store.players.create({
      name: 'Tim',
      created_at: '2026-11-24T18:00:00.123456789+01:00',
    });
    assert.equal(created.created_at, '2026-11-24T17:00:00.123456Z');
    await store.players.delete(created.id);
  });

  it('that no store keeps are refused', async () => {
    for (const created_at of [
      'yesterday',
      '2026-11-24',
      '',
      '0999-12-31T00:00:00Z',
      '2016-12-31T23:59:60Z',
      1764000000,
      new Date(-1e14),
      {},
    ]) {
      await refused(
        store.players.create({ name: 'Tim', created_at }),
        'validation',
        fields('player', 'created_at'),
      );
    }
  });
});

describe('text', () => {
  it('is kept as it is: of any script, with marks, signs and quotes', async () => {
    const texts = [
      '𝒵oë',
      'e\u0301 is not é',
      '名前',
      'שלום',
      '👩‍👩‍👧',
      '\u2028\u2029',
      '"\\"',
      '</script>',
      'ﷺ',
      '\u{10ffff}',
      '\ufffd',
    ];
    for (const text of texts) {
      const created = await store.venues.create({ name: 'Text', description: text });
      assert.equal(created.description, text);
      assert.equal((await store.venues.get(created.id)).description, text);
      await store.venues.delete(created.id);
    }
  });

  it('with half a character, as no UTF-8 can have it, is refused and found nowhere', async () => {
    const replacement = await store.players.create({ name: '\ufffd', discord_id: '\ufffd' });
    for (const half of ['\ud800', '\udc00', 'a\ud800b', '\udc00\ud800']) {
      await refused(store.players.create({ name: half }), 'validation', fields('player', 'name'));
      await invalid(store.players.create({ name: 'Zoë', metadata: { a: half } }), 'player');
      await invalid(store.players.create({ name: 'Zoë', metadata: { [half]: 1 } }), 'player');
      const answers = [store.players.findByName(half), store.players.findByDiscordId(half)];
      for (const answer of await Promise.allSettled(answers)) {
        if (answer.status === 'rejected') assert.equal(answer.reason.code, 'validation');
        else assert.ok(answer.value === null || answer.value.length === 0, JSON.stringify(answer.value));
      }
      await refused(store.players.get(half), 'validation', fields('player', 'id'));
    }
    await store.players.delete(replacement.id);
  });

  it('of any length is refused in few words', async () => {
    const huge = 'ä'.repeat(20_000_000);
    await refused(store.players.create({ name: huge }), 'validation', fields('player', 'name'));
    await refused(
      store.venues.create({ name: 'Huge', description: huge }),
      'validation',
      fields('venue', 'description'),
    );
    await invalid(store.players.create({ [huge]: 1, name: 'Zoë' }), 'player');
    await invalid(store.players.create(huge), 'player');
    await refused(store.players.get(huge), 'validation', fields('player', 'id'));
    await invalid(store.tournaments.list({ status: huge }), 'tournament');
    assert.deepEqual(await store.players.findByName(huge), []);
  });
});

describe('metadata', () => {
  /** Metadata as it is stored and read again. */
  async function kept(metadata) {
    const { id } = await store.players.create({ name: 'Met', metadata });
    const read = await store.players.get(id);
    await store.players.delete(id);
    return read.metadata;
  }

  it('keeps every number that is finite, to the last digit', async () => {
    const numbers = [
      0,
      1,
      -1,
      0.1,
      0.1 + 0.2,
      1 / 3,
      5e-324,
      2.2250738585072014e-308,
      Number.MAX_VALUE,
      Number.MIN_VALUE,
      2 ** 53 - 1,
      2 ** 53,
      2 ** 53 + 2,
      2 ** 64,
      -(2 ** 63),
      1e21,
      1e-7,
      123456789.123456789,
      9007199254740993,
      1.7976931348623157e308,
    ];
    const bits = new DataView(new ArrayBuffer(8));
    for (
      let seed = 1n;
      numbers.length < 400;
      seed = (seed * 6364136223846793005n + 1442695040888963407n) & (2n ** 64n - 1n)
    ) {
      bits.setBigUint64(0, seed);
      if (Number.isFinite(bits.getFloat64(0))) numbers.push(bits.getFloat64(0));
    }
    assert.deepEqual(await kept({ numbers }), { numbers });
    assert.ok(Object.is((await kept({ zero: -0 })).zero, 0), 'there is one zero');
  });

  it('keeps names that mean something to JavaScript', async () => {
    const fields = [
      '"__proto__":{"polluted":true}',
      '"constructor":{"prototype":{"polluted":true}}',
      '"toString":1,"hasOwnProperty":null,"toJSON":1,"":2,"length":3,"0":4',
    ];
    const metadata = JSON.parse(`{${fields}}`);
    const read = await kept(metadata);
    assert.deepEqual(read, metadata);
    assert.ok(Object.hasOwn(read, '__proto__'));
    assert.equal(Object.getPrototypeOf(read), Object.prototype);
    assert.equal({}.polluted, undefined);
  });

  it('is nested thirty deep at most', async () => {
    const deepest = { a: nested(29) };
    assert.deepEqual(await kept(deepest), deepest);
    for (const depth of [30, 64, 126, 127, 128, 1_000, 100_000]) {
      await invalid(store.players.create({ name: 'Zoë', metadata: { a: nested(depth) } }), 'player');
    }
  });

  it('is at most 16 KiB', async () => {
    const room = 16 * 1024 - '{"a":""}'.length;
    assert.equal((await kept({ a: 'x'.repeat(room) })).a.length, room);
    await refused(
      store.players.create({ name: 'Zoë', metadata: { a: 'x'.repeat(room + 1) } }),
      'validation',
      fields('player', 'metadata'),
    );
  });

  it('is an object', async () => {
    for (const metadata of [[], [['a', 1]], 'a', 1, true, null]) {
      await refused(
        store.players.create({ name: 'Zoë', metadata }),
        'validation',
        fields('player', 'metadata'),
      );
    }
    assert.deepEqual(await kept(Object.assign(Object.create(null), { a: 1 })), { a: 1 });
  });

  it('has no NUL', async () => {
    for (const metadata of [{ a: '\0' }, { '\0': 1 }]) {
      await refused(
        store.players.create({ name: 'Zoë', metadata }),
        'validation',
        fields('player', 'metadata'),
      );
    }
  });
});

describe('an input', () => {
  it('that holds itself is refused', async () => {
    await invalid(store.players.create(cycle()), 'player');
    await invalid(store.players.create({ name: 'Zoë', metadata: cycle() }), 'player');
    const list = [];
    list.push(list);
    await invalid(store.players.createMany(list), 'player');
    await invalid(store.import({ players: list }), 'player');
  });

  it('that mentions one object twice is not one that holds itself', async () => {
    const seat = { table: 1 };
    const created = await store.players.create({ name: 'Twice', metadata: { first: seat, second: seat } });
    assert.deepEqual(created.metadata, { first: { table: 1 }, second: { table: 1 } });
    await store.players.delete(created.id);
  });

  it('that is no object is refused, an array too', async () => {
    const id = absent();
    const arrays = [[], [id, 1, 'Zoë', null, null], [{ name: 'Zoë' }]];
    for (const input of [...arrays, 'Zoë', '{"name":"Zoë"}', 7, true, null, undefined]) {
      await invalid(store.venues.create(input), 'venue');
    }
    for (const input of [{}, 'Zoë', 7, null, undefined, [[id, 1, 'Zoë', null, null]], [null], [[]]]) {
      await invalid(store.venues.createMany(input), 'venue');
    }
    const { tournament } = rows;
    const registration = [null, null, null, null, null, true, 8];
    await invalid(store.tournaments.create({ ...tournament, id, registration }), 'tournament');
    await invalid(store.standings(tournament.id, { match_points: [3, 1, 0] }), 'tournament');
    for (const filter of [[], ['draft'], 'draft', 7])
      await invalid(store.tournaments.list(filter), 'tournament');
    for (const page of [[], [1], 'all', 7]) await invalid(store.tournaments.list({}, page), 'tournament');
    assert.equal(await store.venues.count(), 1);
  });

  it('with a field that the entity has not is refused, by its name', async () => {
    await refused(
      store.players.create({ name: 'Zoë', nickname: 'Z' }),
      'validation',
      fields('player', 'nickname'),
    );
    const polluted = JSON.parse('{"name":"Zoë","__proto__":{"email":"zoe@example.org"}}');
    await refused(store.players.create(polluted), 'validation', fields('player', '__proto__'));
    await refused(store.players.create({ Name: 'Zoë', name: 'Zoë' }), 'validation', fields('player', 'Name'));
  });

  it('of another type or out of bounds is refused, by its field', async () => {
    const { round, ada } = rows;
    const match = { ...place(round), player1_id: ada.id };
    for (const table_number of ['1', 1.5, 0, -1, 2 ** 31, 2 ** 53, 1e300, true, [1], {}]) {
      await refused(
        store.matches.create({ ...match, table_number }),
        'validation',
        fields('match', 'table_number'),
      );
    }
    for (const name of [7, null, ['Zoë'], {}, true, '', ' ', 'x'.repeat(101), 'a\nb', 'a\0b']) {
      await refused(store.players.create({ name }), 'validation', fields('player', 'name'));
    }
    for (const id of ['', 'Zoë', 7, null, '00000000-0000-0000-0000-000000000000', `${absent()} `]) {
      await refused(store.players.create({ name: 'Zoë', id }), 'validation', fields('player', 'id'));
    }
  });

  it('need not have an id in one certain form', async () => {
    const { ada } = rows;
    assert.deepEqual(await store.players.get(ada.id.toUpperCase()), ada);
  });

  it('may have getters, a class or a proxy around it', async () => {
    class Person {
      name = 'Cla';
      get email() {
        return 'not its own';
      }
    }
    const inputs = [
      {
        get name() {
          return 'Cla';
        },
      },
      new Person(),
      new Proxy({ name: 'Cla' }, {}),
      Object.freeze({ name: 'Cla' }),
    ];
    for (const input of inputs) {
      const created = await store.players.create(input);
      assert.deepEqual([created.name, created.email], ['Cla', null]);
      await store.players.delete(created.id);
    }
    const thrown = new Error('from a getter');
    const throwing = {
      get name() {
        throw thrown;
      },
    };
    const reason = await store.players.create(throwing).catch((error) => error);
    assert.ok(reason === thrown || reason.code === 'validation', `${reason}`);
  });

  it('is taken by the hundred thousand', async () => {
    const many = await director.openMemory();
    const created = await many.players.createMany(
      Array.from({ length: 100_000 }, (_, n) => ({ name: `Player ${n}` })),
    );
    assert.equal(created.length, 100_000);
    assert.equal(await many.players.count(), 100_000);
    const error = await invalid(
      many.venues.createMany(Array.from({ length: 100_000 }, () => ({ name: '' }))),
      'venue',
    );
    assert.equal(error.problems.length, 100_000);
    await many.close();
  });
});

it('after all of this the store holds what it held', async () => {
  assert.deepEqual(await store.players.get(rows.ada.id), rows.ada);
  const counts = await Promise.all(
    ['players', 'venues', 'matches', 'rounds'].map((name) => store[name].count()),
  );
  assert.deepEqual(counts, [4, 1, 1, 1]);
});
