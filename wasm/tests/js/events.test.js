// Published events as they are, in a file that REAL_EVENTS names: every one of them is stored, and where
// the publication says that its standings follow from its matches, the package's are the same.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';

import { rowsOf } from './support/events.js';
import { director } from './support/package.js';

/** Published to three digits. */
const TOLERANCE = 0.001;

/** Some publish a player's own percentage with this floor, some without. */
const FLOOR = 1 / 3;

const { REAL_EVENTS, REQUIRE_EVENTS, CI } = process.env;

if (REAL_EVENTS) {
  describe('published events', () => check(read(REAL_EVENTS)));
} else {
  it('published events', { skip: !REQUIRE_EVENTS && !CI && 'REAL_EVENTS names no file' }, () => {
    assert.fail('published events are required, and REAL_EVENTS names no file of them');
  });
}

function read(path) {
  const content = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(content) : content).toString();
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

async function stored(events) {
  const store = await director.openMemory();
  const tournaments = [];
  for (const event of events) {
    const tournament = await store.transaction((tx) => storeEvent(tx, event));
    tournaments.push(tournament);
  }
  return { store, tournaments };
}

/** Stores an event, with those of its players, its venue and its format that are not stored yet. */
async function storeEvent(tx, event) {
  const rows = await rowsOf(event, {
    player: async (name) => (await tx.players.findByName(name))[0],
    venue: async (name) => (await tx.venues.findByName(name))[0],
    format: (name) => tx.formats.findByName('magic_the_gathering', name),
  });
  await tx.import(rows);
  return rows.tournaments[0].id;
}

function check(events) {
  const exact = events.filter((event) => event.Exact === true);
  const results = stored(events);

  it('are all stored', async (t) => {
    const { store, tournaments } = await results;
    assert.ok(events.length > 0, 'there are events');
    assert.equal(await store.tournaments.count(), events.length);
    let matches = 0;
    for (const [place, tournament_id] of tournaments.entries()) {
      const rounds = await store.rounds.count({ tournament_id });
      assert.equal(rounds, events[place].Rounds.length, events[place].Tournament.Name);
      matches += await store.matches.count({ tournament_id });
    }
    assert.equal(await store.matches.count(), matches);
    t.diagnostic(
      `${events.length} events with ${matches} matches and ${await store.players.count()} players`,
    );
  });

  it('are ranked as they were published, where their standings follow from their matches', async (t) => {
    const { store, tournaments } = await results;
    assert.ok(exact.length > 0, 'some event is marked as exact');
    const players = await store.players.listAll();
    const names = new Map(players.map((player) => [player.id, player.name]));
    const differences = [];
    let compared = 0;
    for (const event of exact) {
      const ranked = await store.standings(tournaments[events.indexOf(event)]);
      const ours = new Map(ranked.map((row) => [names.get(row.player_id), row]));
      for (const row of event.Standings) {
        compared += 1;
        const own = ours.get(row.Player.trim());
        if (differs(row, own)) differences.push({ event: event.Tournament.Name, row, own });
      }
    }
    assert.deepEqual(differences, []);
    t.diagnostic(`${exact.length} exact events with ${compared} standings`);
  });

  it('go through export and import unchanged', async () => {
    const { store, tournaments } = await results;
    const dataset = await store.export();
    const other = await director.openMemory();
    await other.import(JSON.parse(JSON.stringify(dataset)));
    assert.deepEqual(await other.export(), dataset);
    assert.deepEqual(await other.standings(tournaments[0]), await store.standings(tournaments[0]));
  });
}

function differs(published, own) {
  if (!own) return true;
  const apart = (one, other) => !(Math.abs(one - other) < TOLERANCE);
  return (
    published.Points !== own.points ||
    apart(published.OMWP, own.opponents_match_win) ||
    apart(Math.max(published.GWP, FLOOR), Math.max(own.game_win, FLOOR)) ||
    apart(published.OGWP, own.opponents_game_win)
  );
}
