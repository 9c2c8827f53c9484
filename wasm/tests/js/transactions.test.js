// Several calls as one step.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { director } from './support/package.js';
import { fields, refused } from './support/refused.js';
import { absent, world } from './support/rows.js';

const opened = async () => world(await director.openMemory());

describe('a transaction', () => {
  it('stores all of it and gives what its function gives', async () => {
    const { store } = await opened();
    const answer = await store.transaction(async (tx) => {
      await tx.players.create({ name: 'Eve' });
      await tx.venues.create({ name: 'Elsewhere' });
      return { seen: await tx.players.count(), unseen: await store.players.count() };
    });
    assert.deepEqual(answer, { seen: 5, unseen: 4 });
    assert.deepEqual([await store.players.count(), await store.venues.count()], [5, 2]);
  });

  it('stores nothing when its function throws, and throws the same', async () => {
    const { store } = await opened();
    const before = await store.export();
    for (const reason of [new Error('no'), 'no', undefined, null]) {
      const call = store.transaction(async (tx) => {
        await tx.players.create({ name: 'Eve' });
        throw reason;
      });
      assert.equal(
        await call.then(
          () => assert.fail('it was committed'),
          (thrown) => thrown,
        ),
        reason,
      );
    }
    const synchronous = store.transaction(() => {
      throw new TypeError('at once');
    });
    await assert.rejects(synchronous, { name: 'TypeError', message: 'at once' });
    assert.deepEqual(await store.export(), before);
  });

  it('takes functions that are not async', async () => {
    const { store } = await opened();
    assert.equal(await store.transaction(() => 7), 7);
    const created = await store.transaction((tx) => tx.players.create({ name: 'Eve' }));
    assert.equal((await store.players.get(created.id)).name, 'Eve');
  });

  it('goes on after what was not found or not valid', async () => {
    const { store } = await opened();
    await store.transaction(async (tx) => {
      const id = absent();
      await refused(tx.players.get(id), 'not_found', { entity: 'player', id });
      await refused(tx.players.create({ name: '' }), 'validation', fields('player', 'name'));
      await refused(tx.players.create({}), 'validation', fields('player', 'name'));
      await refused(tx.players.get('none'), 'validation', fields('player', 'id'));
      await tx.players.create({ name: 'Eve' });
    });
    assert.equal(await store.players.count(), 5);
  });

  it('is over after any other error, even one that was caught', async () => {
    const { store } = await opened();
    const before = await store.export();
    const call = store.transaction(async (tx) => {
      await tx.players.create({ name: 'Eve' });
      await refused(
        tx.players.create({ name: 'Bea', discord_id: 'ada' }),
        'already_exists',
        fields('player', 'discord_id'),
      );
      await refused(tx.players.count(), 'aborted');
      await refused(tx.players.create({ name: 'Fay' }), 'aborted');
    });
    await refused(call, 'aborted');
    assert.deepEqual(await store.export(), before);
  });

  it('that was committed, or whose function threw, says aborted to every later call', async () => {
    const { store, ada, tournament } = await opened();
    const kept = [];
    await store.transaction((tx) => void kept.push(tx));
    await assert.rejects(
      store.transaction((tx) => {
        kept.push(tx);
        throw new Error('no');
      }),
    );
    assert.equal(kept.length, 2);
    for (const tx of kept) {
      await refused(tx.players.get(ada.id), 'aborted');
      await refused(tx.players.create({ name: 'Eve' }), 'aborted');
      await refused(tx.players.list(), 'aborted');
      await refused(tx.players.findByName('Ada'), 'aborted');
      await refused(tx.import({}), 'aborted');
      await refused(tx.standings(tournament.id), 'aborted');
    }
    assert.equal(await store.players.count(), 4);
  });

  it('whose function does not wait for its calls stores none of those that come too late', async () => {
    const { store } = await opened();
    let late;
    await store.transaction((tx) => {
      late = new Promise((resolve) => setTimeout(resolve, 5)).then(() => tx.players.create({ name: 'Eve' }));
    });
    await refused(late, 'aborted');
    assert.equal(await store.players.count(), 4);
  });

  it('sees one state of the store from its beginning to its end', async () => {
    const { store } = await opened();
    await store.transaction(
      async (tx) => {
        await store.players.create({ name: 'Eve' });
        assert.equal(await tx.players.count(), 4);
        assert.equal(await store.players.count(), 5);
      },
      { readOnly: true },
    );
  });

  it('that only reads refuses to write', async () => {
    const { store, ada } = await opened();
    const call = store.transaction(
      async (tx) => {
        assert.deepEqual(await tx.players.get(ada.id), ada);
        await refused(tx.players.create({ name: 'Eve' }), 'validation', fields('player', 'read_only'));
        await refused(tx.players.delete(ada.id), 'validation', fields('player', 'read_only'));
        return 'read';
      },
      { readOnly: true },
    );
    assert.equal(await call, 'read');
    assert.equal(await store.players.count(), 4);
  });

  it('within another is one of its own: it is stored although the outer one is not', async () => {
    const { store } = await opened();
    const call = store.transaction(async (outer) => {
      await outer.players.create({ name: 'Eve' });
      await store.transaction((inner) => inner.players.create({ name: 'Fay' }));
      assert.equal(await outer.players.count(), 5);
      throw new Error('no');
    });
    await assert.rejects(call, { message: 'no' });
    assert.equal(await store.players.count(), 5);
    assert.equal((await store.players.findByName('Fay')).length, 1);
  });

  it('within another that it is in the way of does not wait for ever', async () => {
    const { store, ada } = await opened();
    let attempts = 0;
    await store.transaction(async (outer) => {
      attempts += 1;
      const row = await outer.players.get(ada.id);
      if (attempts === 1) await store.transaction((inner) => inner.players.update(row));
      await outer.players.update({ ...row, name: 'Ada Lovelace' });
    });
    assert.equal(attempts, 2);
    const { name, version } = await store.players.get(ada.id);
    assert.deepEqual({ name, version }, { name: 'Ada Lovelace', version: 3 });
  });

  it('imports', async () => {
    const { store } = await opened();
    const dataset = await store.export();
    const other = await director.openMemory();
    await other.transaction(async (tx) => {
      await tx.import(dataset);
      await tx.players.create({ name: 'Eve' });
    });
    assert.equal(await other.players.count(), 5);
  });
});

describe('two transactions at once', () => {
  it('are both stored, one after the other where they change the same row', async () => {
    const { store, ada } = await opened();
    let calls = 0;
    const increment = () =>
      store.transaction(async (tx) => {
        calls += 1;
        const row = await tx.players.get(ada.id);
        await new Promise((resolve) => setTimeout(resolve, 2));
        const { count = 0 } = row.metadata;
        await tx.players.update({ ...row, metadata: { count: count + 1 } });
      });
    await Promise.all([increment(), increment()]);
    assert.deepEqual((await store.players.get(ada.id)).metadata, { count: 2 });
    assert.ok(calls >= 2 && calls <= 7, `${calls} calls`);
  });

  it('of twenty that add to one row, none is lost', async () => {
    const { store, ada } = await opened();
    const increments = Array.from({ length: 20 }, () =>
      store.transaction(async (tx) => {
        const row = await tx.players.get(ada.id);
        await Promise.resolve();
        await tx.players.update({ ...row, metadata: { count: (row.metadata.count ?? 0) + 1 } });
      }),
    );
    await Promise.all(increments);
    assert.deepEqual((await store.players.get(ada.id)).metadata, { count: 20 });
  });

  it('that change other rows do not disturb one another', async () => {
    const { store } = await opened();
    await Promise.all(['Eve', 'Fay'].map((name) => store.transaction((tx) => tx.players.create({ name }))));
    assert.equal(await store.players.count(), 6);
  });
});
