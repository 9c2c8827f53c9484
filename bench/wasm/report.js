// The table, and the bounds that the package is held to.

/** By what a measurement's name begins with: `peer`, and how many times its time ours may be at most. */
const BOUNDS = [
  { work: /^get,/, peer: 'Map', most: 2 },
  { work: /^create,/, peer: 'Map', most: 2 },
  { work: /^list of 100,/, peer: 'Map', most: 1.5 },
  { work: /^create, 5000 rows/, peer: 'brackets-memory-db', most: 1 / 3 },
  { work: /^standings, /, milliseconds: 30 },
];

/** Prints the measurements of a place and gives how many bounds they break. */
export function report(place, results) {
  console.log(`\n## ${place}\n`);
  console.log('| Work | This package | Beside it | Ratio | Bound |');
  console.log('| --- | ---: | ---: | ---: | --- |');
  let broken = 0;
  for (const { work, ours, peers } of results) {
    const bounds = BOUNDS.filter((bound) => bound.work.test(work));
    for (const [peer, time] of Object.entries(peers)) {
      const bound = bounds.find((one) => one.peer === peer);
      const ratio = ours / time;
      const holds = !bound || ratio <= bound.most;
      broken += holds ? 0 : 1;
      const said = bound ? verdict(holds, `${Number(bound.most.toFixed(2))}×`) : '';
      row(work, duration(ours), `${duration(time)} (${peer})`, `${ratio.toFixed(2)}×`, said);
    }
    if (Object.keys(peers).length > 0) continue;
    const bound = bounds.find((one) => one.milliseconds);
    const holds = !bound || ours <= bound.milliseconds;
    broken += holds ? 0 : 1;
    row(work, duration(ours), '', '', bound ? verdict(holds, duration(bound.milliseconds)) : '');
  }
  return broken;
}

const verdict = (holds, bound) => `${holds ? 'within' : 'OVER'} ${bound}`;

function row(...cells) {
  console.log(`| ${cells.join(' | ')} |`);
}

function duration(milliseconds) {
  if (milliseconds < 1) return `${(milliseconds * 1_000).toFixed(2)} µs`;
  return `${milliseconds.toFixed(2)} ms`;
}
