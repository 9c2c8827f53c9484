// What was kept and is damaged: told from what is whole, and never taken in by half.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { makeProfile, removeProfile, startBrowser } from './persistence/browser.js';
import { openPage } from './persistence/in-page.js';
import { serve } from './persistence/server.js';

/** How many times a journal is damaged at random, in each way. */
const ROUNDS = 25;

describe('a store whose journal is damaged', () => {
  let browser;
  let folder;
  let page;
  let server;

  before(async () => {
    folder = await makeProfile();
    server = await serve();
    browser = await startBrowser(folder);
    page = await openPage(browser, server.url);
    // A store that was written to in steps, with what it held after each: `states[n]` after record n.
    await page.evaluate(async () => {
      const store = await td.openPersistent({ name: 'whole' });
      globalThis.states = [await store.export()];
      const step = async (call) => {
        await call();
        states.push(await store.export());
      };
      let tournament;
      let players = [];
      await step(async () => players.push(await store.players.create({ name: 'Ada' })));
      await step(async () => {
        await store.transaction(async (tx) => {
          tournament = await event(tx);
          players.push(...(await tx.players.createMany([{ name: 'Ben' }, { name: 'Cleo' }, { name: 'Zoë 🦉' }])));
        });
      });
      for (const { id } of players) await step(() => store.registrations.register(tournament.id, id));
      await step(async () => {
        const last = await store.registrations.findBySequenceId(tournament.id, 4);
        await store.registrations.delete(last.id);
      });
      await step(() => store.tournaments.update({ ...tournament, name: 'Saturday' }));
      await step(() => store.players.update({ ...players[0], name: 'Ada L.' }));
      await store.close();
      globalThis.whole = await kept('whole');

      /** Opens what is kept in a store of its own, and gives what it holds or why it does not open. */
      let stores = 0;
      globalThis.opened = async (records, recover) => {
        const name = `damaged-${stores++}`;
        await (await td.openPersistent({ name })).close();
        await keep(name, records);
        let store;
        const refused = await refusal(async () => (store = await td.openPersistent({ name, recover })));
        if (refused) return { refused, name };
        const held = { state: await store.export(), recovered: store.persistence.recovered, name };
        await store.close();
        return held;
      };
      globalThis.same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
    });
  });
  after(async () => {
    await browser.close();
    server.close();
    await removeProfile(folder);
  });

  it('opens while it is whole', async () => {
    const found = await page.evaluate(async () => {
      const { state } = await opened(whole);
      return { same: same(state, states.at(-1)), states: states.length, records: whole.numbers };
    });
    assert.equal(found.states, 10);
    assert.deepEqual(found.records, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.ok(found.same);
  });

  const ways = {
    'a byte is another': (record, at) => {
      record[at] ^= 1 + (at % 255);
      return record;
    },
    'it is cut off': (record, at) => record.slice(0, at),
    'a byte is doubled': (record, at) => Uint8Array.of(...record.slice(0, at), record[at], ...record.slice(at)),
    'it is empty': () => new Uint8Array(),
    'it is zeros': (record) => new Uint8Array(record.length),
  };
  for (const [way, damage] of Object.entries(ways)) {
    it(`is refused where ${way}, and recovered to the last whole change`, async () => {
      const seed = Math.floor(Math.random() * 2 ** 31);
      const outcomes = await page.evaluate(
        async ([source, seed, rounds]) => {
          const damage = new Function(`return ${source}`)();
          const random = (below) => (seed = (seed * 48_271) % 2_147_483_647) % below;
          const outcomes = [];
          for (let round = 0; round < rounds; round++) {
            const place = random(whole.records.length);
            const records = whole.records.map((record) => record.slice());
            records[place] = damage(records[place], random(records[place].length));
            const refused = await opened({ ...whole, records });
            const recovered = await opened({ ...whole, records }, true);
            const again = await td.openPersistent({ name: recovered.name });
            outcomes.push({
              place,
              code: refused.refused?.code,
              // What stands before the damaged record, and nothing of it or after it.
              whole: same(recovered.state, states[place]) && same(await again.export(), states[place]),
              recovered: recovered.recovered,
              aside: (await kept(recovered.name)).damaged.flat().length,
            });
            await again.close();
          }
          return outcomes;
        },
        [damage.toString(), seed, ROUNDS],
      );
      for (const { place, ...outcome } of outcomes) {
        const lost = 9 - place;
        const expected = { code: 'corrupt', whole: true, recovered: lost, aside: lost };
        assert.deepEqual(outcome, expected, `record ${place + 1}, seed ${seed}`);
      }
    });
  }

  it('is refused where records are missing, doubled or exchanged', async () => {
    const outcomes = await page.evaluate(async () => {
      const { numbers, records } = whole;
      const outcomes = {};
      for (let place = 0; place < records.length - 1; place++) {
        const missing = await opened({ numbers: numbers.toSpliced(place, 1), records: records.toSpliced(place, 1) });
        const exchanged = await opened({ numbers, records: records.with(place, records[place + 1]).with(place + 1, records[place]) });
        const doubled = await opened({ numbers, records: records.with(place + 1, records[place]) });
        outcomes[place] = [missing, exchanged, doubled].map((it) => it.refused?.code);
      }
      return outcomes;
    });
    for (const codes of Object.values(outcomes)) assert.deepEqual(codes, ['corrupt', 'corrupt', 'corrupt']);
  });

  it('is refused where a record is of another store', async () => {
    const code = await page.evaluate(async () => {
      const other = await td.openPersistent({ name: 'other' });
      const venue = await other.venues.create({ name: 'Elsewhere' });
      await other.venues.delete(venue.id);
      await other.close();
      const { records } = await kept('other');
      const mixed = whole.records.with(1, records[1]);
      return (await opened({ ...whole, records: mixed })).refused?.code;
    });
    assert.equal(code, 'corrupt');
  });

  it('is refused, recovery or not, where its snapshot is damaged', async () => {
    const outcomes = await page.evaluate(async () => {
      const store = await td.openPersistent({ name: 'snapshot' });
      await store.players.createMany(Array.from({ length: 8_000 }, (_, number) => ({ name: `Player ${number}` })));
      await store.players.create({ name: 'Last' });
      await store.close();
      const records = await kept('snapshot');
      const intact = await opened(records);
      const codes = [];
      for (const recover of [false, true]) {
        const snapshot = records.snapshot.slice();
        snapshot[snapshot.length >> 1] ^= 1;
        const { refused } = await opened({ ...records, snapshot }, recover);
        codes.push(refused.code, /deletePersistent/.test(refused.message));
      }
      return { players: intact.state.players.length, codes };
    });
    assert.deepEqual(outcomes, { players: 8_001, codes: ['corrupt', true, 'corrupt', true] });
  });
});
