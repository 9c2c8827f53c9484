// The npm package tournament-director beside what else keeps rows in JavaScript, as ratios in one run.
//
//     wasm/build                            # makes wasm/dist, which is measured
//     cd bench/wasm && npm ci --ignore-scripts
//     node bench/wasm/run.js                # in Node, then in Chromium
//     node bench/wasm/run.js node           # or one of them: node, chromium
//
// CHROMIUM=FILE names the browser, /usr/bin/chromium unless given. Prints a table for each; ends with 1 where a
// bound is broken. No test runs it: what it says depends on what else the machine does.
//
// What is measured, with 500 and with 5,000 players stored:
//
// - get: one player by id, another each time; create: one more player; list: the first hundred by name. All
//   three stores have the same rows of seven fields, and each is asked through async methods, one call after
//   another.
// - Map: what one would write without a package, a `Map` by id that keeps and gives copies made by
//   `structuredClone`, so that callers cannot change what is stored. It validates nothing, has no versions, no
//   unique fields and no order but that of insertion, which here is that of names.
// - brackets-memory-db: the store of brackets-manager, by its own methods `select` and `insert`. It gives copies
//   but keeps what it is given, looks through all rows for an id, and gives a list whole or not at all. It
//   chooses ids by itself, so the row's id is one more field.
// - standings of 1,000 players after 15 rounds, of what is stored; and of rows that are passed in.
//
// They take turns, round by round, after rounds that are not counted; each figure is the median of the rounds.
// What a round creates is taken away again, not measured, so that the stores keep their size.

import { measureInChromium } from './chromium.js';
import { measureInNode } from './node.js';
import { report } from './report.js';

const places = { node: measureInNode, chromium: measureInChromium };
const named = process.argv.slice(2);
const unknown = named.filter((name) => !Object.hasOwn(places, name));
if (unknown.length > 0) {
  console.error(`bench/wasm/run.js: it knows node and chromium, not ${unknown.join(', ')}`);
  process.exit(2);
}

let broken = 0;
for (const [name, measure] of Object.entries(places)) {
  if (named.length > 0 && !named.includes(name)) continue;
  const { place, results } = await measure();
  broken += report(place, results);
}
process.exit(broken > 0 ? 1 : 0);
