// What becomes of others when a record of a store cannot be stored, in a real Chromium.
//
// A record fails because the browser ends its transaction, as it does for lack of room and for errors of the disk:
// the page ends it itself here, so that one of many can be chosen.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { makeProfile, removeProfile, startBrowser } from './persistence/browser.js';
import { openPage } from './persistence/in-page.js';
import { serve } from './persistence/server.js';

describe('a store of which a record cannot be stored', () => {
  let server;
  let folder;
  let browser;
  let page;
  let unhandled;

  before(async () => {
    folder = await makeProfile();
    server = await serve();
    browser = await startBrowser(folder);
  });
  after(async () => {
    await browser.close();
    server.close();
    await removeProfile(folder);
  });

  beforeEach(async () => {
    unhandled = [];
    page = await openPage(browser, server.url);
    page.on('pageerror', (error) => unhandled.push(error.message));
    await page.evaluate(() => {
      let failing = 0;
      /** Ends the transactions of so many records that come next. */
      globalThis.failNext = (records) => (failing = records);
      const add = IDBObjectStore.prototype.add;
      IDBObjectStore.prototype.add = function (...given) {
        const request = add.apply(this, given);
        if (failing > 0) {
          failing -= 1;
          this.transaction.abort();
        }
        return request;
      };
      globalThis.sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    });
  });
  afterEach(async () => {
    await page.close();
    assert.deepEqual(unhandled, [], 'no promise was rejected without anybody to hear of it');
  });

  it('undoes it with all that was written on top of it, and goes on', async () => {
    const outcome = await page.evaluate(async () => {
      const store = await td.openPersistent({ name: 'undone' });
      await store.players.create({ name: 'Ada' });
      failNext(1);
      const first = refusal(() => store.players.create({ name: 'Ben' }));
      await Promise.resolve();
      const onTop = refusal(() => store.players.create({ name: 'Cleo' }));
      const codes = [(await first)?.code, (await onTop)?.code];
      await store.players.create({ name: 'Dora' });
      const names = (await store.players.list()).items.map(({ name }) => name);
      await store.close();
      const again = await td.openPersistent({ name: 'undone' });
      return { codes, names, again: (await again.players.list()).items.map(({ name }) => name) };
    });
    assert.deepEqual(outcome, {
      codes: ['unavailable', 'unavailable'],
      names: ['Ada', 'Dora'],
      again: ['Ada', 'Dora'],
    });
  });

  it('lets no transaction rest on what is undone: it is run again, and sees it no more', async () => {
    const outcome = await page.evaluate(async () => {
      const store = await td.openPersistent({ name: 'unseen' });
      failNext(1);
      const ghost = refusal(() => store.players.create({ name: 'Ghost', discord_id: 'ghost' }));
      const seen = [];
      await store.transaction(async (tx) => {
        const found = await tx.players.findByName('Ghost');
        seen.push(found.length);
        await sleep(100);
        await tx.venues.create({ name: `Saw ${found.length}` });
      });
      failNext(1);
      const second = refusal(() => store.players.create({ name: 'Ghost', discord_id: 'ghost' }));
      const taken = await refusal(() => store.transaction((tx) => tx.players.create({ name: 'Eve', discord_id: 'ghost' })));
      const venues = (await store.venues.list()).items.map(({ name }) => name);
      return { ghosts: [(await ghost).code, (await second).code], seen, venues, taken, players: await store.players.count() };
    });
    assert.deepEqual(outcome, {
      ghosts: ['unavailable', 'unavailable'],
      seen: [1, 0],
      venues: ['Saw 0'],
      taken: null,
      players: 1,
    });
  });

  it('leaves those alone who only read', async () => {
    const outcome = await page.evaluate(async () => {
      const store = await td.openPersistent({ name: 'readers' });
      await store.players.create({ name: 'Ada' });
      failNext(1);
      const failing = refusal(() => store.players.create({ name: 'Ben' }));
      const counted = await store.transaction((tx) => tx.players.count(), { readOnly: true });
      return { counted, code: (await failing).code };
    });
    assert.deepEqual(outcome, { counted: 1, code: 'unavailable' });
  });

  it('runs a transaction again only where another was in the way', async () => {
    const runs = await page.evaluate(async () => {
      const store = await td.openPersistent({ name: 'runs' });
      let runs = 0;
      failNext(1);
      const refused = await refusal(() =>
        store.transaction(async (tx) => {
          runs += 1;
          await tx.players.create({ name: 'Ada' });
        }),
      );
      return { runs, code: refused.code, players: await store.players.count() };
    });
    assert.deepEqual(runs, { runs: 1, code: 'unavailable', players: 0 });
  });

  it('keeps it for the next record when durability is relaxed, by itself and when the store is closed', async () => {
    const outcome = await page.evaluate(async () => {
      const open = () => td.openPersistent({ name: 'relaxed', durability: 'relaxed' });
      let store = await open();
      failNext(1);
      await store.players.create({ name: 'Ada' });
      await store.close();
      store = await open();
      const closed = await store.players.count();
      failNext(1);
      await store.players.create({ name: 'Ben' });
      const refused = await refusal(() => store.flush());
      const { problem } = store.persistence;
      const deadline = Date.now() + 5_000;
      while (store.persistence.problem !== null && Date.now() < deadline) await sleep(50);
      const stored = (await kept('relaxed')).records.length;
      failNext(2);
      await store.players.create({ name: 'Cleo' });
      const unclosed = await refusal(() => store.close());
      const held = await store.players.count();
      await store.close();
      return { closed, refused: refused?.code ?? null, problem, stored, unclosed: unclosed?.code, held };
    });
    assert.equal(outcome.closed, 1);
    assert.equal(outcome.stored, 2, 'it was tried again');
    assert.equal(outcome.unclosed, 'unavailable', 'what is not stored is not thrown away');
    assert.equal(outcome.held, 3);
  });

  it('tells in full words, and lets go of the lock, when it cannot even be opened', async () => {
    const outcome = await page.evaluate(async () => {
      const transaction = IDBDatabase.prototype.transaction;
      IDBDatabase.prototype.transaction = function (...given) {
        const begun = transaction.apply(this, given);
        queueMicrotask(() => begun.abort());
        return begun;
      };
      const refused = await refusal(() => td.openPersistent({ name: 'unopened' }));
      IDBDatabase.prototype.transaction = transaction;
      const again = await refusal(() => td.openPersistent({ name: 'unopened' }));
      return { code: refused.code, again };
    });
    assert.deepEqual(outcome, { code: 'unavailable', again: null });
  });

  it('says so wherever it is asked once what it kept is taken away, and lets others have it', async () => {
    const outcome = await page.evaluate(async () => {
      const store = await td.openPersistent({ name: 'taken' });
      await store.players.create({ name: 'Ada' });
      const told = [];
      store.onLost(() => told.push('first'));
      store.onLost((reason) => told.push(reason));
      await new Promise((resolve) => (indexedDB.deleteDatabase('tournament-director/taken').onsuccess = resolve));
      await sleep(20);
      store.onLost(() => told.push('late'));
      await sleep(0);
      const { healthy, problem } = await store.health();
      const flushed = await refusal(() => store.flush());
      const written = await refusal(() => store.players.create({ name: 'Ben' }));
      const relaxed = await td.openPersistent({ name: 'taken too', durability: 'relaxed' });
      await new Promise((resolve) => (indexedDB.deleteDatabase('tournament-director/taken too').onsuccess = resolve));
      const unwritten = await refusal(() => relaxed.players.create({ name: 'Ben' }));
      const held = await store.players.count();
      const other = await td.openPersistent({ name: 'taken' });
      await store.close();
      await store.close();
      return { told, healthy, problem, codes: [flushed.code, written.code, unwritten.code], held, other: await other.players.count() };
    });
    assert.deepEqual(outcome.told, ['first', 'what it kept is being deleted', 'late']);
    assert.equal(outcome.healthy, false);
    assert.match(outcome.problem, /being deleted/);
    assert.deepEqual(outcome.codes, ['unavailable', 'unavailable', 'unavailable']);
    assert.deepEqual([outcome.held, outcome.other], [1, 0]);
  });

  it('ends every wait: for somebody who does not let go, and by a signal', async () => {
    const outcome = await page.evaluate(async () => {
      const store = await td.openPersistent({ name: 'held' });
      await store.players.create({ name: 'Ada' });
      const waiting = refusal(() => td.openPersistent({ name: 'held', wait: true, signal: AbortSignal.timeout(100) }));
      const ended = (await waiting).code;
      await store.close();
      // Somebody who has it open by other means, and lets nobody delete it.
      const opening = indexedDB.open('tournament-director/held');
      const holder = await new Promise((resolve) => (opening.onsuccess = () => resolve(opening.result)));
      const undeleted = await refusal(() => td.deletePersistent('held'));
      holder.close();
      await sleep(50);
      const fresh = await td.openPersistent({ name: 'held' });
      return { ended, undeleted, held: await fresh.players.count(), evicted: fresh.persistence.evicted };
    });
    assert.deepEqual(outcome, { ended: 'busy', undeleted: null, held: 0, evicted: false });
  });

  it('stores all that it has answered before it is closed, and answers nothing after', async () => {
    for (const durability of ['strict', 'relaxed']) {
      const outcome = await page.evaluate(async (durability) => {
        const name = `closing-${durability}`;
        const store = await td.openPersistent({ name, durability });
        let answered = 0;
        const writing = (async () => {
          for (;;) {
            if (await refusal(() => store.players.create({ name: 'Ada' }))) return;
            answered += 1;
            // A relaxed write is answered before anything else has its turn.
            await sleep(0);
          }
        })();
        await sleep(30);
        await Promise.all([store.close(), store.close(), writing]);
        const again = await td.openPersistent({ name, durability });
        return { answered, stored: await again.players.count() };
      }, durability);
      assert.ok(outcome.answered > 0);
      assert.equal(outcome.stored, outcome.answered, durability);
    }
  });

  it('is well again once what could not be stored is gone, and can be given up', async () => {
    const outcome = await page.evaluate(async () => {
      const store = await td.openPersistent({ name: 'well', durability: 'relaxed' });
      failNext(2);
      const ada = await store.players.create({ name: 'Ada' });
      const refused = await refusal(() => store.flush());
      await store.players.delete(ada.id);
      await store.flush();
      const { problem } = store.persistence;
      failNext(100);
      await store.players.create({ name: 'Ben' });
      const unclosed = await refusal(() => store.close());
      await store.close({ discard: true });
      failNext(0);
      const again = await td.openPersistent({ name: 'well' });
      return { code: refused.code, problem, unclosed: unclosed.code, held: await again.players.count() };
    });
    assert.deepEqual(outcome, { code: 'unavailable', problem: null, unclosed: 'unavailable', held: 0 });
  });

  it('refuses what it is asked in words, before anything is made', async () => {
    const outcome = await page.evaluate(async () => {
      const refused = [];
      for (const options of [undefined, null, {}, { name: '' }, { name: 5 }, { name: 'x', durability: 'sometimes' }, { name: 'x', wait: true, signal: {} }]) {
        refused.push((await refusal(() => td.openPersistent(options)))?.code);
      }
      const made = (await indexedDB.databases()).some(({ name }) => name === 'tournament-director/x');
      return { refused, made };
    });
    assert.deepEqual(outcome, { refused: Array(7).fill('validation'), made: false });
  });
});
