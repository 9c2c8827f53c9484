// Who meets whom in a Swiss round. Pure: it is given everything and stores nothing.

import { enlarge } from './matching.js';

const NONE = -1;

/**
 * Pairs the players, `{ id, points }` in the order of the standings, after the matches already
 * played, `{ player1_id, player2_id }` with `player2_id: null` for a bye.
 *
 * As few pairs as possible have met before, none if that can be. Within that, from the top, each
 * player meets the one who is nearest in points, by lot among equals. If the number is odd, the
 * lowest who has had the fewest byes has one, unless that costs a rematch that another avoids.
 *
 * Answers `{ pairs: [[id, id], …], bye: id | null }`, the pairs from the top.
 */
export function pair(players, played, random = Math.random) {
  const met = meetings(played);
  if (players.length % 2 === 0) {
    return { pairs: pairs(players, met, random), bye: null };
  }
  const bye = byeFor(players, played, met);
  return { pairs: pairs(players.filter((player) => player !== bye), met, random), bye: bye.id };
}

/** Who has met whom, as a function of two players. */
function meetings(played) {
  const keys = new Set();
  for (const { player1_id: first, player2_id: second } of played) {
    keys.add(`${first} ${second}`).add(`${second} ${first}`);
  }
  return (a, b) => keys.has(`${a.id} ${b.id}`);
}

function byeFor(players, played, met) {
  const byes = new Map(players.map(({ id }) => [id, 0]));
  for (const match of played) {
    if (match.player2_id === null) {
      byes.set(match.player1_id, (byes.get(match.player1_id) ?? 0) + 1);
    }
  }
  const fewest = Math.min(...players.map(({ id }) => byes.get(id)));
  const fromTheBottom = players.filter(({ id }) => byes.get(id) === fewest).reverse();
  let best = { bye: null, rematches: Infinity };
  for (const bye of fromTheBottom) {
    const rematches = new Table(players.filter((player) => player !== bye), met).rematches();
    if (rematches < best.rematches) {
      best = { bye, rematches };
    }
    if (rematches === 0) {
      break;
    }
  }
  return best.bye;
}

function pairs(players, met, random) {
  const lots = new Map(players.map((player) => [player, random()]));
  const ordered = [...players].sort((a, b) => b.points - a.points || lots.get(a) - lots.get(b));
  const table = new Table(ordered, met);
  const found = [];
  for (let first = 0; first < ordered.length; first += 1) {
    if (!table.gone[first]) {
      const second = table.opponentOf(first);
      found.push([ordered[first].id, ordered[second].id]);
    }
  }
  return found;
}

/** The players that are still to be paired, with a pairing of them all that has the fewest rematches. */
class Table {
  constructor(players, met) {
    this.players = players;
    this.mate = new Array(players.length).fill(NONE);
    this.gone = new Array(players.length).fill(false);
    this.strangers = (a, b) => !met(players[a], players[b]);
    enlarge(this.mate, this.gone, this.strangers);
  }

  /** How many pairs of those left will have met before: who has no new opponent meets an old one. */
  rematches() {
    return this.mate.filter((mate, place) => mate === NONE && !this.gone[place]).length / 2;
  }

  /** The nearest in points whom this player can meet without any more rematches; both are then gone. */
  opponentOf(first) {
    const allowed = this.rematches();
    const { points } = this.players[first];
    const nearest = this.players
      .map((player, place) => ({ place, distance: Math.abs(points - player.points) }))
      .filter(({ place }) => place !== first && !this.gone[place])
      .sort((a, b) => a.distance - b.distance || a.place - b.place);
    const { place } = nearest.find((candidate) => this.take(first, candidate.place, allowed));
    return place;
  }

  /** Pairs two, if the others can then be paired with no more rematches than are allowed in all. */
  take(first, second, allowed) {
    const before = [...this.mate];
    for (const place of [first, second]) {
      if (this.mate[place] !== NONE) {
        this.mate[this.mate[place]] = NONE;
        this.mate[place] = NONE;
      }
      this.gone[place] = true;
    }
    enlarge(this.mate, this.gone, this.strangers);
    const own = this.strangers(first, second) ? 0 : 1;
    if (this.rematches() + own <= allowed) {
      return true;
    }
    this.mate = before;
    this.gone[first] = false;
    this.gone[second] = false;
    return false;
  }
}
