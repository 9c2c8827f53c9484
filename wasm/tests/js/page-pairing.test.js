// The page's pairing, without a page.

import assert from 'node:assert/strict';
import test from 'node:test';
import { pair } from '../../examples/page/event/pairing.js';

/** Numbers from 0 to 1 that are the same in every run. */
function lots(seed) {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** Plays rounds and answers what was played in each; the points are those of wins and byes. */
function play(size, rounds, random, each = () => {}) {
  const players = Array.from({ length: size }, (_, place) => ({ id: `p${place}`, points: 0 }));
  const played = [];
  for (let round = 0; round < rounds; round += 1) {
    players.sort((a, b) => b.points - a.points);
    const before = players.map((player) => ({ ...player }));
    const { pairs, bye } = pair(before, played, random);
    each({ pairs, bye, before, played: [...played] });
    for (const [first, second] of pairs) {
      const winner = random() < 0.5 ? first : second;
      players.find(({ id }) => id === winner).points += 3;
      played.push({ player1_id: first, player2_id: second });
    }
    if (bye !== null) {
      players.find(({ id }) => id === bye).points += 3;
      played.push({ player1_id: bye, player2_id: null });
    }
  }
  return played;
}

const key = (a, b) => [a, b].sort().join(' ');

const meetings = (played) => new Set(played
  .filter((match) => match.player2_id !== null)
  .map((match) => key(match.player1_id, match.player2_id)));

/** The fewest rematches there can be, by trying every pairing. */
function fewestRematches(ids, met) {
  if (ids.length === 0) {
    return 0;
  }
  const [first, ...others] = ids;
  return Math.min(...others.map((second) => (met.has(key(first, second)) ? 1 : 0)
    + fewestRematches(others.filter((id) => id !== second), met)));
}

test('everybody is paired once, or has the bye', () => {
  for (const size of [2, 3, 8, 9, 33]) {
    play(size, 3, lots(size), ({ pairs, bye, before }) => {
      const given = [...pairs.flat(), ...(bye === null ? [] : [bye])];
      assert.deepEqual(given.sort(), before.map(({ id }) => id).sort());
      assert.equal(bye !== null, size % 2 === 1);
    });
  }
});

test('there are as few rematches as there can be', () => {
  let rematches = 0;
  for (let seed = 1; seed <= 30; seed += 1) {
    const size = [4, 6, 8][seed % 3];
    play(size, size + 1, lots(seed), ({ pairs, before, played }) => {
      const met = meetings(played);
      const found = pairs.filter(([a, b]) => met.has(key(a, b))).length;
      assert.equal(found, fewestRematches(before.map(({ id }) => id), met));
      rematches += found;
    });
  }
  assert.ok(rematches > 0, 'some of these tournaments cannot do without a rematch');
});

test('who share a score meet where they can', () => {
  const players = [9, 9, 6, 6, 6, 6, 3, 3].map((points, place) => ({ id: `p${place}`, points }));
  const points = new Map(players.map((player) => [player.id, player.points]));
  for (let seed = 1; seed <= 20; seed += 1) {
    const { pairs } = pair(players, [], lots(seed));
    assert.deepEqual(pairs.map((ids) => ids.map((id) => points.get(id))), [[9, 9], [6, 6], [6, 6], [3, 3]]);
  }
});

test('who must leave a group of one score meets the next lower one', () => {
  const players = [6, 6, 6, 3, 0, 0].map((points, place) => ({ id: `p${place}`, points }));
  const points = new Map(players.map((player) => [player.id, player.points]));
  const { pairs } = pair(players, [], lots(7));
  assert.deepEqual(pairs.map((ids) => ids.map((id) => points.get(id))), [[6, 6], [6, 3], [0, 0]]);
});

test('the bye goes to the lowest who had none', () => {
  const players = ['a', 'b', 'c', 'd', 'e'].map((id, place) => ({ id, points: 9 - place }));
  assert.equal(pair(players, []).bye, 'e');
  assert.equal(pair(players, [{ player1_id: 'e', player2_id: null }]).bye, 'd');
});

test('nobody has a second bye before all had one', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const byes = play(7, 7, lots(seed))
      .filter((match) => match.player2_id === null)
      .map((match) => match.player1_id);
    assert.equal(new Set(byes).size, 7);
  }
});

test('the bye goes to another where that avoids a rematch', () => {
  const players = ['a', 'b', 'c'].map((id) => ({ id, points: 0 }));
  const { pairs, bye } = pair(players, [{ player1_id: 'a', player2_id: 'b' }]);
  assert.equal(bye, 'b');
  assert.deepEqual(pairs.map(([a, b]) => key(a, b)), ['a c']);
});

test('a large tournament is paired without a wait', () => {
  const began = performance.now();
  play(256, 9, lots(3));
  assert.ok((performance.now() - began) / 9 < 2_000, 'two seconds a round at most');
});
