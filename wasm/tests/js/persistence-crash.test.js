// A page that is killed in the middle of its writing, at random moments.
//
// Killed is what runs the page. A killed browser is another thing: Chromium itself was seen to discard a whole
// database when all of it is killed, once in some hundred times.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { makeProfile, removeProfile, startBrowser } from './persistence/browser.js';
import { openPage } from './persistence/in-page.js';
import { serve } from './persistence/server.js';

const MOMENTS = 30;

/** The longest that a page writes before it is killed, in milliseconds. */
const LONGEST = 400;

it(`loses nothing that was acknowledged and leaves nothing half done, killed at ${MOMENTS} moments`, async (test) => {
  const server = await serve();
  const folder = await makeProfile();
  const browser = await startBrowser(folder);
  test.after(async () => {
    await browser.close();
    server.close();
    await removeProfile(folder);
  });
  let acknowledged = 0;
  let unacknowledged = 0;

  for (let moment = 0; ; moment++) {
    const page = await openPage(browser, server.url);
    await page.exposeBinding('acknowledge', (_, number) => (acknowledged = Math.max(acknowledged, number)));
    const held = await page.evaluate(async () => {
      globalThis.store = await td.openPersistent({ name: 'crash', wait: true });
      globalThis.tournament = (await store.tournaments.list()).items[0] ?? (await event(store));
      const { players, registrations, last_sequence_ids: numbers } = await store.export();
      return {
        players: players.map(({ name, metadata }) => [name, metadata.reports ?? null]),
        registered: registrations.map((row) => [row.sequence_id, players.find(({ id }) => id === row.player_id)?.name]),
        last: numbers[tournament.id] ?? 0,
        recovered: store.persistence.recovered,
      };
    });
    check(held, acknowledged);
    unacknowledged += held.last - acknowledged;
    acknowledged = held.last;
    if (moment === MOMENTS) break;

    // Each step makes a player, registers them and says so in one transaction; a change of its own follows.
    const writing = page.evaluate(async (from) => {
      for (let number = from; ; number++) {
        await store.transaction(async (tx) => {
          const player = await tx.players.create({ name: `Player ${number}`, metadata: { text: 'x'.repeat(8_000) } });
          await tx.registrations.register(tournament.id, player.id);
          await tx.players.update({ ...player, metadata: { ...player.metadata, reports: number } });
        });
        acknowledge(number);
      }
    }, acknowledged + 1);
    writing.catch(() => {});
    // Every other time it is killed at once, else when it is well under way.
    const before = acknowledged;
    while (moment % 2 === 1 && acknowledged === before) await setTimeout(5);
    await setTimeout(Math.random() * LONGEST);
    const crashed = page.waitForEvent('crash');
    await browser.killPages();
    await crashed;
    await page.close();
  }
  test.diagnostic(`${acknowledged} steps stored; ${unacknowledged} of them were stored but not yet acknowledged`);
  assert.ok(acknowledged > MOMENTS, 'the page wrote before it was killed');
});

function check({ players, registered, last, recovered }, acknowledged) {
  assert.equal(recovered, 0);
  assert.ok(last >= acknowledged, `${acknowledged} was acknowledged, ${last} is the last that is stored`);
  const steps = Array.from({ length: last }, (_, place) => place + 1);
  const names = players.filter(([name]) => name !== 'Olga Organiser');
  assert.deepEqual(new Set(names.map(([name]) => name)), new Set(steps.map((number) => `Player ${number}`)));
  for (const [name, reports] of names) assert.equal(name, `Player ${reports}`, 'every step is whole');
  assert.deepEqual(
    registered.sort(([a], [b]) => a - b),
    steps.map((number) => [number, `Player ${number}`]),
  );
}
