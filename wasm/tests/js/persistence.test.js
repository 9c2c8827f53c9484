// What the browser keeps of a store, in a real Chromium: written, read again, shared, full, taken away, damaged.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { makeProfile, removeProfile, startBrowser } from './persistence/browser.js';
import { openPage } from './persistence/in-page.js';
import { serve } from './persistence/server.js';

describe('a store that the browser keeps', () => {
  let browser;
  let server;
  let url;
  let folder;

  before(async () => {
    folder = await makeProfile();
    server = await serve();
    url = server.url;
    browser = await startBrowser(folder);
  });
  after(async () => {
    await browser.close();
    server.close();
    await removeProfile(folder);
  });

  const open = (prepare) => openPage(browser, url, prepare);

  /** What all of a store is worth comparing by, from a page on which it is open as `store`. */
  const exported = (page) => page.evaluate(() => store.export());

  it('is there again when the page is loaded again and when the browser is started again', async () => {
    let page = await open();
    const before = await page.evaluate(async () => {
      globalThis.store = await td.openPersistent({ name: 'again' });
      const tournament = await event(store);
      const names = ['Ada', 'Ben', 'Cléo', '星野', 'Zoë 🦉'];
      const players = await store.players.createMany(names.map((name) => ({ name })));
      for (const player of players) await store.registrations.register(tournament.id, player.id);
      const last = await store.registrations.findBySequenceId(tournament.id, 5);
      await store.registrations.delete(last.id);
      await store.players.update({ ...players[0], name: 'Ada L.' });
      return store.export();
    });
    assert.equal(before.players.length, 6);
    await page.reload();
    page = await open();
    await page.evaluate(async () => {
      globalThis.store = await td.openPersistent({ name: 'again', wait: true });
    });
    assert.deepEqual(await exported(page), before);

    await browser.close();
    browser = await startBrowser(folder);
    page = await open();
    const next = await page.evaluate(async () => {
      globalThis.store = await td.openPersistent({ name: 'again' });
      const held = await store.export();
      const tournament = held.tournaments[0];
      const latecomer = await store.players.create({ name: 'Late' });
      return { held, registration: await store.registrations.register(tournament.id, latecomer.id) };
    });
    assert.deepEqual(next.held, before);
    assert.equal(next.registration.sequence_id, 6, 'a number that was given is not given again');
    await page.close();
  });

  it('answers a write when it is stored, and shows it to readers then', async () => {
    const page = await open();
    const seen = await page.evaluate(async () => {
      const store = await td.openPersistent({ name: 'strict' });
      const writing = store.players.create({ name: 'Ada' });
      const meanwhile = await store.players.count();
      await writing;
      const { records } = await kept('strict');
      return { meanwhile, after: await store.players.count(), records: records.map((it) => new TextDecoder().decode(it)) };
    });
    assert.equal(seen.meanwhile, 0);
    assert.equal(seen.after, 1);
    assert.equal(seen.records.length, 1);
    assert.match(seen.records[0], /"name":"Ada"/);
    await page.close();
  });

  it('stores many writes at once in few records, and a transaction in one', async () => {
    const page = await open();
    const counts = await page.evaluate(async () => {
      const store = await td.openPersistent({ name: 'many' });
      const tournament = await event(store);
      const before = (await kept('many')).numbers.length;
      const players = await Promise.all(
        Array.from({ length: 64 }, (_, number) => store.players.create({ name: `Player ${number}` })),
      );
      const single = (await kept('many')).numbers.length;
      const given = await Promise.all(players.map(({ id }) => store.registrations.register(tournament.id, id)));
      const registered = (await kept('many')).numbers.length;
      await store.transaction(async (tx) => {
        for (const { id } of given) await tx.registrations.delete(id);
        await tx.players.create({ name: 'One more' });
      });
      const transaction = (await kept('many')).numbers.length;
      await store.transaction((tx) => tx.players.create({ name: 'Never' }).then(() => Promise.reject(new Error('no')))).catch(() => {});
      const failed = (await kept('many')).numbers.length;
      const numbers = given.map((row) => row.sequence_id).sort((a, b) => a - b);
      return { before, single, registered, transaction, failed, numbers, names: await store.players.count() };
    });
    assert.ok(counts.single - counts.before <= 4, `64 writes made ${counts.single - counts.before} records`);
    assert.ok(counts.registered - counts.single <= 4);
    assert.equal(counts.transaction, counts.registered + 1);
    assert.equal(counts.failed, counts.transaction, 'what is rolled back is not written down');
    assert.deepEqual(counts.numbers, Array.from({ length: 64 }, (_, place) => place + 1));
    assert.equal(counts.names, 66);
    await page.close();
  });

  it('writes little for a small write, however much is stored, and reads it all again', async () => {
    let page = await open();
    const sizes = await page.evaluate(async () => {
      const store = await td.openPersistent({ name: 'large' });
      await store.players.createMany(Array.from({ length: 20_000 }, (_, number) => ({ name: `Player ${number}` })));
      await store.players.create({ name: 'So that the snapshot is done' });
      const before = await kept('large');
      const [first] = (await store.players.list({}, { limit: 1 })).items;
      await store.players.update({ ...first, name: 'Somebody else' });
      const after = await kept('large');
      return {
        snapshot: before.snapshot.byteLength,
        sameSnapshot: before.snapshot.byteLength === after.snapshot.byteLength,
        records: after.numbers.length - before.numbers.length,
        record: after.records.at(-1).byteLength,
      };
    });
    assert.ok(sizes.snapshot > 2_000_000);
    assert.ok(sizes.sameSnapshot);
    assert.equal(sizes.records, 1);
    assert.ok(sizes.record < 1_000, `${sizes.record} bytes`);
    await page.close();

    page = await open();
    const found = await page.evaluate(async () => {
      const store = await td.openPersistent({ name: 'large', wait: true });
      return [await store.players.count(), (await store.players.findByName('Somebody else')).length];
    });
    assert.deepEqual(found, [20_001, 1]);
    await page.close();
  });

  it('makes a snapshot of records that have grown, and reads both', async () => {
    let page = await open();
    const grown = await page.evaluate(async () => {
      const store = await td.openPersistent({ name: 'grown' });
      let [player] = [await store.players.create({ name: 'Ada' })];
      const text = 'x'.repeat(16_000);
      for (let number = 0; number < 100; number++) {
        player = await store.players.update({ ...player, metadata: { text, number } });
      }
      await store.players.create({ name: 'Ben' });
      const { numbers, snapshot } = await kept('grown');
      return { records: numbers.length, first: numbers[0], snapshot: snapshot.byteLength };
    });
    assert.ok(grown.records < 60 && grown.first > 60, `${grown.records} records from ${grown.first} on`);
    assert.ok(grown.snapshot < 20_000);
    await page.close();
    page = await open();
    const ada = await page.evaluate(async () => {
      const store = await td.openPersistent({ name: 'grown', wait: true });
      return [(await store.players.findByName('Ada'))[0], await store.players.count()];
    });
    assert.equal(ada[0].version, 101);
    assert.equal(ada[0].metadata.number, 99);
    assert.equal(ada[1], 2);
    await page.close();
  });

  it('is open in one tab at a time: another is told, or waits', async () => {
    const [first, second] = [await open(), await open()];
    await first.evaluate(async () => {
      globalThis.store = await td.openPersistent({ name: 'tabs' });
      await store.players.create({ name: 'Ada' });
    });
    const refused = await second.evaluate(() => refusal(() => td.openPersistent({ name: 'tabs' })));
    assert.equal(refused.code, 'busy');
    assert.match(refused.message, /another tab/);
    const undeleted = await second.evaluate(() => refusal(() => td.deletePersistent('tabs')));
    assert.equal(undeleted.code, 'busy');

    const waiting = second.evaluate(async () => {
      const store = await td.openPersistent({ name: 'tabs', wait: true });
      return (await store.players.list()).items.map(({ name }) => name);
    });
    await first.evaluate(() => store.players.create({ name: 'Ben' }));
    await first.close();
    assert.deepEqual(await waiting, ['Ada', 'Ben']);
    await second.close();
  });

  it('can be opened again once it is closed, and deleted', async () => {
    const page = await open();
    const outcome = await page.evaluate(async () => {
      const store = await td.openPersistent({ name: 'closed' });
      await store.players.create({ name: 'Ada' });
      await store.close();
      const closed = await refusal(() => store.players.count());
      const unwritten = await refusal(() => store.players.create({ name: 'Ben' }));
      const again = await td.openPersistent({ name: 'closed' });
      const held = await again.players.count();
      await again.close();
      await td.deletePersistent('closed');
      const fresh = await td.openPersistent({ name: 'closed' });
      return { closed, unwritten, held, left: await fresh.players.count(), evicted: fresh.persistence.evicted };
    });
    assert.equal(outcome.closed.code, 'unavailable');
    assert.equal(outcome.unwritten.code, 'unavailable');
    assert.deepEqual([outcome.held, outcome.left, outcome.evicted], [1, 0, false]);
    await page.close();
  });

  it('where the browser has no locks, belongs to the tab that opened it last; the other is told', async () => {
    const withoutLocks = () => Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });
    const [first, second] = [await open(withoutLocks), await open(withoutLocks)];
    await first.evaluate(async () => {
      globalThis.store = await td.openPersistent({ name: 'lockless' });
      store.onLost((reason) => (globalThis.lost = reason));
      await store.players.create({ name: 'Ada' });
    });
    await second.evaluate(async () => {
      globalThis.store = await td.openPersistent({ name: 'lockless' });
      await store.players.create({ name: 'Ben' });
    });
    const refused = await first.evaluate(() => refusal(() => store.players.create({ name: 'Cleo' })));
    assert.equal(refused.code, 'unavailable');
    assert.match(refused.message, /another tab/);
    assert.match(await first.evaluate(() => lost), /another tab/);
    assert.equal(await first.evaluate(() => store.players.count()), 1, 'what was not stored is undone');
    await second.evaluate(() => store.players.create({ name: 'Dora' }));
    assert.equal(await second.evaluate(() => store.players.count()), 3);
    await Promise.all([first.close(), second.close()]);
  });

  it('is refused plainly where the browser keeps nothing', async () => {
    const withoutDatabases = () => Object.defineProperty(globalThis, 'indexedDB', { value: undefined });
    const forbidden = () =>
      Object.defineProperty(globalThis, 'indexedDB', {
        get: () => {
          throw new DOMException('forbidden', 'SecurityError');
        },
      });
    for (const prepare of [withoutDatabases, forbidden]) {
      const page = await open(prepare);
      const refused = await page.evaluate(() => refusal(() => td.openPersistent({ name: 'refused' })));
      assert.equal(refused.code, 'unavailable');
      const again = await page.evaluate(() => refusal(() => td.openPersistent({ name: 'refused' })));
      assert.equal(again.code, 'unavailable', 'the lock was let go of');
      await page.close();
    }
  });

  it('that the browser deletes while it is open is lost, said so, and noticed the next time', async () => {
    let page = await open();
    await page.evaluate(async () => {
      globalThis.store = await td.openPersistent({ name: 'evicted' });
      globalThis.losses = [];
      store.onLost((reason) => losses.push(reason));
      await store.players.create({ name: 'Ada' });
    });
    const session = await page.context().newCDPSession(page);
    const origin = new URL(url).origin;
    await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
    await page.waitForFunction(() => losses.length > 0);
    const refused = await page.evaluate(() => refusal(() => store.players.create({ name: 'Ben' })));
    assert.equal(refused.code, 'unavailable');
    assert.equal((await page.evaluate(() => losses)).length, 1);
    assert.equal(await page.evaluate(() => store.players.count()), 1, 'what was stored can still be read, and saved');
    await page.close();

    page = await open();
    const found = await page.evaluate(async () => {
      const store = await td.openPersistent({ name: 'evicted', wait: true });
      return { evicted: store.persistence.evicted, held: await store.players.count() };
    });
    assert.deepEqual(found, { evicted: true, held: 0 });
    await page.close();
  });

  it('answers at once when durability is relaxed, and flush waits', async () => {
    const page = await open();
    const seen = await page.evaluate(async () => {
      const store = await td.openPersistent({ name: 'relaxed', durability: 'relaxed' });
      await store.players.create({ name: 'Ada' });
      const read = await store.players.count();
      const stored = store.flush().then(() => 'stored');
      const first = await Promise.race([stored, Promise.resolve('not yet')]);
      await stored;
      return { first, read, records: (await kept('relaxed')).numbers.length };
    });
    assert.deepEqual(seen, { first: 'not yet', read: 1, records: 1 });
    await page.close();
  });

  it('of a newer version is left alone', async () => {
    const page = await open();
    const refused = await page.evaluate(async () => {
      const store = await td.openPersistent({ name: 'newer' });
      await store.players.create({ name: 'Ada' });
      await store.close();
      const { numbers, records } = await kept('newer');
      const newer = new TextDecoder().decode(records[0]).replace('"format":1', '"format":2,"more":true');
      await keep('newer', { numbers, records: [new TextEncoder().encode(newer)] });
      const record = await refusal(() => td.openPersistent({ name: 'newer', recover: true }));
      const upgrade = indexedDB.open('tournament-director/layout', 2);
      await new Promise((resolve) => (upgrade.onsuccess = resolve));
      upgrade.result.close();
      const layout = await refusal(() => td.openPersistent({ name: 'layout' }));
      return [record.code, layout.code, (await kept('newer')).numbers.length];
    });
    assert.deepEqual(refused, ['schema_too_new', 'schema_too_new', 1]);
    await page.close();
  });

  it('is saved as a file and taken in from one', async () => {
    const page = await open();
    const downloading = page.waitForEvent('download');
    const before = await page.evaluate(async () => {
      globalThis.store = await td.openPersistent({ name: 'file' });
      await event(store);
      await store.download('friday.json');
      return store.export();
    });
    const download = await downloading;
    assert.equal(download.suggestedFilename(), 'friday.json');
    const outcome = await page.evaluate(async () => {
      const file = new Blob([JSON.stringify(await store.export())]);
      const twice = await refusal(() => store.upload(file));
      await store.upload(file, { replace: true });
      const bytes = await refusal(() => store.upload(new Blob([new Uint8Array([0xff, 0xfe])])));
      const foreign = await refusal(() => store.upload(new Blob(['{"players": [{"name": 5}]}'])));
      const other = await td.openMemory();
      await other.upload(file);
      return { twice, bytes, foreign, other: await other.export(), own: await store.export() };
    });
    assert.equal(outcome.twice.code, 'already_exists');
    assert.equal(outcome.bytes.code, 'validation');
    assert.equal(outcome.foreign.code, 'validation');
    assert.match(outcome.foreign.message, /player\[0\]: name must be text/);
    assert.deepEqual(outcome.other, before);
    assert.deepEqual(outcome.own, before);
    await page.close();
  });
});
