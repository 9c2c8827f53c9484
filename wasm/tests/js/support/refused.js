// What a call that must fail answers.

import assert from 'node:assert/strict';

import { director } from './package.js';

/** What an error says where there is nothing to say. */
const NOTHING = {
  entity: null,
  id: null,
  field: null,
  fields: [],
  problems: [],
  expected: null,
  found: null,
  maxPlayers: null,
  outcomeUnknown: false,
  retryable: false,
};

/**
 * The error with which a call is refused: of this code, with just these properties beside it. Those of
 * `validation` may be left out where it does not matter which field is refused, and its `problems` where
 * their messages do not.
 */
export async function refused(call, code, properties) {
  const error = await call.then(
    (answer) => assert.fail(`${JSON.stringify(answer)?.slice(0, 500)} was answered instead of ${code}`),
    (reason) => reason,
  );
  expectError(error, code, properties);
  return error;
}

/** Holds a thrown value to be this error, whole. */
export function expectError(error, code, properties) {
  assert.ok(director.isTournamentError(error), `an error of the package, not ${error?.stack ?? error}`);
  assert.equal(error.code, code, error.message);
  assert.ok(error instanceof Error && error instanceof director.TournamentError);
  assert.ok(director.isTournamentError(error, code));
  assert.equal(error.name, 'TournamentError');
  assert.equal(typeof error.message, 'string');
  assert.ok(error.message.length > 0 && error.message.length < 5_000, error.message);
  assert.match(error.stack, /TournamentError: .+\n +at /s);
  const { entity, field } = error;
  const any = code === 'validation' ? { entity, field, fields: error.fields } : {};
  const { problems, ...others } = { ...NOTHING, ...(properties ?? any) };
  const told = Object.fromEntries(Object.keys(others).map((name) => [name, error[name]]));
  assert.deepEqual(told, others, error.message);
  if (properties?.problems || code !== 'validation') assert.deepEqual(error.problems, problems);
  if (code === 'validation') {
    assert.deepEqual(
      error.problems.map((problem) => problem.field),
      error.fields,
    );
    assert.ok(error.problems.length > 0, 'there is at least one problem');
  }
}

/** The properties of a refusal of these fields of an entity. */
export function fields(entity, ...names) {
  return { entity, field: names[0], fields: names };
}
