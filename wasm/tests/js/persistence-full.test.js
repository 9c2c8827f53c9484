// A store that the browser has no more room for, in a real Chromium whose quota is set.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { makeProfile, removeProfile, startBrowser } from './persistence/browser.js';
import { openPage } from './persistence/in-page.js';
import { serve } from './persistence/server.js';

describe('a store that is full', () => {
  let server;
  let folder;
  let browser;
  let page;
  let quota;

  before(async () => {
    server = await serve();
  });
  after(() => server.close());

  // Chromium remembers for a while how much room there was: each test has a browser that never knew.
  beforeEach(async () => {
    folder = await makeProfile();
    browser = await startBrowser(folder);
    const first = await browser.newPage();
    const session = await first.context().newCDPSession(first);
    const origin = new URL(server.url).origin;
    quota = (bytes) => session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: bytes });
    await quota(2_000_000);
    page = await openPage(browser, server.url);
    await page.evaluate(() => {
      /** Something large enough to fill the room with. */
      globalThis.large = (name) => ({ name, metadata: { text: 'x'.repeat(16_000) } });
      /** Writes until that is refused, and gives how many were stored and the refusal. */
      globalThis.fill = async (store) => {
        for (let stored = 0; stored < 1_000; stored++) {
          const refused = await refusal(() => store.players.create(large(`Player ${stored}`)));
          if (refused) return { stored, refused };
        }
        throw new Error('there is more room than there should be');
      };
    });
  });
  afterEach(async () => {
    await browser.close();
    await removeProfile(folder);
  });

  it('refuses a write, keeps what it had, and goes on when there is room', async () => {
    const filled = await page.evaluate(async () => {
      globalThis.store = await td.openPersistent({ name: 'full' });
      const { stored, refused } = await fill(store);
      const { problem } = store.persistence;
      return { stored, refused, problem, healthy: (await store.health()).healthy, held: await store.players.count() };
    });
    assert.equal(filled.refused.code, 'unavailable');
    assert.match(filled.refused.message, /no room/);
    assert.match(filled.problem, /no room/);
    assert.equal(filled.healthy, false);
    assert.ok(filled.stored > 5, `${filled.stored} were stored before it was full`);
    assert.equal(filled.held, filled.stored, 'nothing of what was refused is left in memory');

    const outcome = await page.evaluate(async () => {
      const refusals = await Promise.all([
        refusal(() => store.players.createMany([large('Ben'), large('Cleo')])),
        refusal(() => store.transaction((tx) => tx.players.create(large('Dora')))),
        refusal(async () => store.players.update({ ...(await store.players.list()).items[0], ...large('Eve') })),
      ]);
      return { codes: refusals.map((it) => it?.code), held: await store.players.count() };
    });
    assert.deepEqual(outcome, { codes: ['unavailable', 'unavailable', 'unavailable'], held: filled.stored });

    await quota(50_000_000);
    const after = await page.evaluate(async () => {
      await store.players.create(large('Fay'));
      const { problem } = store.persistence;
      await store.close();
      const again = await td.openPersistent({ name: 'full' });
      return { problem, held: await again.players.count(), found: (await again.players.findByName('Fay')).length };
    });
    assert.deepEqual(after, { problem: null, held: filled.stored + 1, found: 1 });
  });

  it('can be opened, read and emptied all the same', async () => {
    const outcome = await page.evaluate(async () => {
      let store = await td.openPersistent({ name: 'emptied' });
      const { stored } = await fill(store);
      await store.close();
      store = await td.openPersistent({ name: 'emptied' });
      const held = (await store.export()).players.length;
      await store.clear();
      const left = await store.players.count();
      await store.close();
      store = await td.openPersistent({ name: 'emptied' });
      return { isAll: held === stored, left, again: await store.players.count(), kept: await kept('emptied') };
    });
    const { kept, ...rest } = outcome;
    assert.deepEqual(rest, { isAll: true, left: 0, again: 0 });
    assert.deepEqual(kept.numbers, []);
  });

  it('tells it from flush when durability is relaxed, and stores it when there is room', async () => {
    const filled = await page.evaluate(async () => {
      globalThis.store = await td.openPersistent({ name: 'relaxed', durability: 'relaxed' });
      for (let written = 1; written < 1_000; written++) {
        await store.players.create(large(`Player ${written}`));
        const refused = await refusal(() => store.flush());
        if (refused) return { written, refused, held: await store.players.count() };
      }
      throw new Error('there is more room than there should be');
    });
    assert.equal(filled.refused.code, 'unavailable');
    assert.equal(filled.held, filled.written, 'what was answered stays in memory');

    await quota(50_000_000);
    const held = await page.evaluate(async () => {
      await store.close();
      return (await td.openPersistent({ name: 'relaxed' })).players.count();
    });
    assert.equal(held, filled.written);
  });
});
