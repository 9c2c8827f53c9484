// The standings that results make, counted here a second time by the Magic Tournament Rules,
// appendix C, from what the page shows of each round.

const LEAST = 1 / 3;

/** `rounds` are lists of `{ names, score }`; answers rows as the page shows them, the best first. */
export function standingsOf(names, rounds) {
  const players = new Map(names.map((name) => [name, { name, results: [], met: [] }]));
  for (const { names: [first, second], score } of rounds.flat()) {
    if (second === undefined) {
      players.get(first).results.push([2, 0, 0]);
      continue;
    }
    const [won, lost, drawn = 0] = score.split('–').map(Number);
    players.get(first).results.push([won, lost, drawn]);
    players.get(first).met.push(second);
    players.get(second).results.push([lost, won, drawn]);
    players.get(second).met.push(first);
  }
  const all = [...players.values()].map((player) => ({ ...player, ...recordOf(player.results) }));
  const byName = new Map(all.map((player) => [player.name, player]));
  const average = (player, share) => (player.met.length === 0
    ? LEAST
    : sum(player.met.map((name) => Math.max(LEAST, byName.get(name)[share]))) / player.met.length);
  const rows = all.map((player) => {
    const keys = [player.points, average(player, 'matchWin'), player.gameWin, average(player, 'gameWin')];
    return { keys: keys.map((key) => Number(key.toFixed(9))), player };
  }).sort((a, b) => compare(a.keys, b.keys));
  return rows.map(({ keys, player }) => ({
    rank: 1 + rows.findIndex((row) => compare(row.keys, keys) === 0),
    name: player.name,
    points: player.points,
    record: player.record,
    omw: (keys[1] * 100).toFixed(1),
    gw: (keys[2] * 100).toFixed(1),
    ogw: (keys[3] * 100).toFixed(1),
  }));
}

function recordOf(results) {
  const wins = results.filter(([won, lost]) => won > lost).length;
  const losses = results.filter(([won, lost]) => won < lost).length;
  const draws = results.length - wins - losses;
  const points = 3 * wins + draws;
  const games = sum(results.flat());
  return {
    points,
    record: `${wins}–${losses}–${draws}`,
    matchWin: results.length > 0 ? points / (3 * results.length) : 0,
    gameWin: games > 0 ? sum(results.map(([won, , drawn]) => 3 * won + drawn)) / (3 * games) : 0,
  };
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

function compare(a, b) {
  const place = a.findIndex((key, index) => key !== b[index]);
  return place < 0 ? 0 : b[place] - a[place];
}

/** In the order of rank and name: players of one rank may stand in either order. */
export const ordered = (rows) =>
  [...rows].sort((a, b) => a.rank - b.rank || a.name.localeCompare(b.name, 'en'));
