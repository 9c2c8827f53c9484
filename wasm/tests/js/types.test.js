// The declarations tell what is so.

import assert from 'node:assert/strict';
import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';

import { declarations } from './support/declarations.js';
import { director, folder } from './support/package.js';
import { run } from './support/programs.js';
import { sources } from './support/project.js';
import { kinds, world } from './support/rows.js';

const examples = join(sources, 'examples');
const rows = await world(await director.openMemory());

/** The names of the types of each kind of row. */
const names = {
  player: 'Player',
  venue: 'Venue',
  format: 'Format',
  tournament: 'Tournament',
  registration: 'TournamentRegistration',
  component: 'Component',
  round: 'Round',
  match: 'Match',
};

const lists = Object.keys(director).filter((name) => Array.isArray(director[name]));
const entities = Object.values(names);
const declared = declarations(folder, [
  ...entities,
  ...entities.map((name) => `Listing<${name}>`),
  ...kinds.flatMap(({ kind }) => [`Inputs['${kind}']`, `Filters['${kind}']`, repositoryType(kind)]),
  ...lists.map((name) => `(typeof director.${name})[number]`),
  ...['Standing[]', 'Health', 'Dataset', 'Admission', 'TournamentError', 'readonly Problem[]'],
  ...['Store', 'Transaction'],
]);

/** The type of a kind's repository. */
function repositoryType(kind) {
  return `${kind[0].toUpperCase()}${kind.slice(1)}Repository`;
}

/** Holds a value to be of a declared type, with just its fields. */
function is(value, type) {
  assert.deepEqual(declared.differences(type, value), [], type);
}

describe('what is returned is as declared, to the field', () => {
  for (const { kind, repository, least, others } of kinds) {
    it(`a ${kind}`, async () => {
      const rows = await world(await director.openMemory());
      const on = rows.store[repository];
      for (const input of [least(rows), { ...least(rows), ...others }]) {
        const created = await on.create(input);
        is(created, names[kind]);
        is(await on.get(created.id), names[kind]);
        is(await on.update(created), names[kind]);
        is(await director.validate(kind, input), names[kind]);
        is(await on.list(), `Listing<${names[kind]}>`);
        is(await on.list({}, { limit: 1 }), `Listing<${names[kind]}>`);
        await on.delete(created.id);
      }
    });
  }

  it('standings, health, a dataset, an admission', async () => {
    const { store, tournament, component, registration, match } = rows;
    is(await store.standings(tournament.id), 'Standing[]');
    is(
      await director.standings({ components: [component], registrations: [registration], matches: [match] }),
      'Standing[]',
    );
    is(await store.health(), 'Health');
    const closed = await director.openMemory();
    await closed.close();
    is(await closed.health(), 'Health');
    is(await store.export(), 'Dataset');
    is(await director.admit(tournament), 'Admission');
    is(await director.admit(await director.moveTo(tournament, 'registration_open')), 'Admission');
  });

  it('errors and their problems', async () => {
    const { store, ada, tournament } = rows;
    const calls = [
      store.players.get(tournament.id),
      store.players.createMany([{ name: '' }, { name: ' ', email: '' }]),
      store.players.create(ada),
      store.players.delete(ada.id),
      store.players.delete(ada.id, 7),
    ];
    for (const { reason } of await Promise.allSettled(calls)) {
      is(reason.problems, 'readonly Problem[]');
      const fields = declared.fields('TournamentError').filter((field) => field in reason);
      const told = Object.fromEntries(fields.map((field) => [field, reason[field]]));
      assert.deepEqual(declared.differences('TournamentError', told), []);
      assert.deepEqual(
        Object.keys(reason).filter((field) => !fields.includes(field)),
        [],
      );
    }
  });

  it('a store and its repositories, to the method', async () => {
    const { store } = rows;
    assert.deepEqual(methods(store), declared.methods('Store'));
    await store.transaction((tx) => assert.deepEqual(methods(tx), declared.methods('Transaction')));
    for (const { kind, repository } of kinds) {
      assert.deepEqual(methods(store[repository]), declared.methods(repositoryType(kind)), kind);
    }
  });
});

/** Names of the methods of an object. */
function methods(object) {
  const found = new Set();
  for (let level = object; level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (typeof value === 'function' && name !== 'constructor') found.add(name);
    }
  }
  return [...found].sort();
}

describe('what may be given is as declared', () => {
  for (const { kind, least, others } of kinds) {
    it(`a ${kind}'s input has the row's fields, and needs those that are not optional`, async () => {
      const input = declared.optional(`Inputs['${kind}']`);
      assert.deepEqual(Object.keys(input).sort(), declared.fields(names[kind]).sort());
      const whole = { ...least(rows), ...others };
      for (const [field, optional] of Object.entries(input)) {
        const { [field]: _, ...without } = whole;
        const answer = await director.validate(kind, without).catch((error) => error);
        const refused = director.isTournamentError(answer) ? answer.fields : [];
        assert.deepEqual(refused, optional ? [] : [field]);
      }
    });

    it(`a list of ${kind} rows is narrowed by just the declared fields`, async () => {
      const { repository } = kinds.find((one) => one.kind === kind);
      const row = { ...rows[kind === 'player' ? 'ada' : kind], player_id: rows.ada.id };
      const fields = declared.fields(`Filters['${kind}']`);
      for (const field of fields) await rows.store[repository].count({ [field]: row[field] });
      const others = new Set([
        ...Object.keys(row),
        ...Object.values(kinds).flatMap(({ others }) => Object.keys(others)),
      ]);
      for (const field of [...others].filter((name) => !fields.includes(name))) {
        const error = await rows.store[repository]
          .count({ [field]: row[field] ?? null })
          .catch((reason) => reason);
        assert.deepEqual(error.fields, [field]);
      }
    });
  }

  it('an enumeration has just the values that the engine takes', async () => {
    let seen = 0;
    for (const { kind, least } of kinds) {
      for (const [field, values] of Object.entries(declared.choices(names[kind]))) {
        seen += 1;
        for (const value of values) {
          assert.equal((await director.validate(kind, { ...least(rows), [field]: value }))[field], value);
        }
        const error = await director
          .validate(kind, { ...least(rows), [field]: 'another' })
          .catch((reason) => reason);
        const [, taken] = /^must be (?:one of )?(.+)$/.exec(error.problems[0].message);
        assert.deepEqual(taken.split(/, | or /).sort(), [...values].sort(), `${kind}.${field}`);
      }
    }
    assert.equal(seen, 9, 'every field that is an enumeration');
  });

  it('each list of values has just those of its type', () => {
    assert.equal(lists.length, 11);
    for (const name of lists) {
      assert.deepEqual(
        [...director[name]].sort(),
        declared.values(`(typeof director.${name})[number]`).sort(),
        name,
      );
    }
  });
});

describe('the module', () => {
  it('declares what it exports, and exports what it declares, in Node and in browsers', async () => {
    assert.deepEqual(Object.keys(director).sort(), declared.exported('node.d.ts'));
    assert.deepEqual(declared.exported('browser.d.ts'), declared.exported('node.d.ts'));
  });
});

describe('the compiler', () => {
  const files = readdirSync(examples).filter((name) => name.endsWith('.ts'));
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];
  const others = ['--noEmit', '--target', 'es2022', '--lib', 'es2022,dom', '--pretty', 'false'];
  const inNode = ['--module', 'nodenext'];
  const bundled = ['--module', 'esnext', '--moduleResolution', 'bundler'];

  before(() => {
    for (const name of files) cpSync(join(examples, name), join(folder, name));
    cpSync(join(import.meta.dirname, 'types'), folder, { recursive: true });
  });

  for (const [shown, version] of [
    ['of this year', 'typescript'],
    ['5.9', 'typescript-api'],
  ]) {
    const tsc = join(import.meta.dirname, `node_modules/${version}/bin/tsc`);
    const passes = async (...args) => {
      const { code, stdout, stderr } = await run(folder, 'node', tsc, ...strict, ...others, ...args);
      assert.equal(`${stdout}${stderr}`, '');
      assert.equal(code, 0);
    };

    it(`${shown} takes the examples, as strict as can be, in Node and for a bundler`, async () => {
      assert.ok(files.length > 0, 'there are examples');
      await passes(...inNode, ...files);
      await passes(...bundled, ...files);
    });

    it(`${shown} takes the package from CommonJS, and refuses what is wrong just where it is`, async () => {
      await passes(...inNode, 'common.cts', 'wrong.ts');
    });
  }
});

describe('the examples', () => {
  const shown = {
    'backup.ts': ['2 players', '2 players'],
    'errors.ts': [
      'welcome, Ben',
      'that discord_id is taken',
      'name must not begin or end with white space, discord_id must not be empty',
    ],
    'friday.ts': [
      '1. Ada: 6 points, opponents 50.0 %',
      '2. Ben: 3 points, opponents 100.0 %',
      '3. Cleo: 3 points, opponents 100.0 %',
    ],
    'register.ts': ['Ben wrong_password', 'Ben number 1', 'Cleo wrong_password', 'Cleo full: 1 at most'],
    'transaction.ts': ['there are not enough tickets', 'Ada, Ben, Prize pot', 'true'],
  };

  for (const [name, lines] of Object.entries(shown)) {
    it(`${name} does what it says`, async () => {
      const script = name.replace(/ts$/, 'js');
      writeFileSync(join(folder, script), declared.transpiled(join(examples, name)));
      const { code, stdout, stderr } = await run(folder, 'node', script);
      assert.equal(stderr, '');
      assert.deepEqual(stdout.trimEnd().split('\n'), lines);
      assert.equal(code, 0);
    });
  }
});
