// A store in memory in a page: what differs from Node.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';

import { openBrowser, serve } from './support/browser.js';
import { folder } from './support/package.js';

describe('in a page', () => {
  let browser;
  let server;
  before(async () => {
    browser = await openBrowser();
    server = await serve(folder);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  /** A page that has the package as `window.director`. */
  async function page(t) {
    const opened = await browser.newPage();
    t.after(() => opened.close());
    await opened.route(`${server.url}`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }),
    );
    await opened.goto(server.url);
    await opened.evaluate(async () => {
      window.director = await import('./node_modules/tournament-director/dist/browser.js');
    });
    return opened;
  }

  it('what is nested without end is refused, and the store goes on', async (t) => {
    const answers = await (
      await page(t)
    ).evaluate(async () => {
      const store = await director.openMemory();
      const codes = [];
      for (const depth of [31, 127, 128, 1_000, 10_000, 100_000, 1_000_000]) {
        let value = 1;
        for (let level = 0; level < depth; level += 1) value = level % 2 ? [value] : { a: value };
        const call = store.players.create({ name: 'Zoë', metadata: { a: value } });
        codes.push(
          await call.then(
            () => 'stored',
            (error) => error.code ?? String(error),
          ),
        );
      }
      return { codes, count: await store.players.count() };
    });
    assert.deepEqual(answers, { codes: Array(7).fill('validation'), count: 0 });
  });

  it('download gives a file of all that is stored, which upload takes', async (t) => {
    const opened = await page(t);
    const [download] = await Promise.all([
      opened.waitForEvent('download'),
      opened.evaluate(async () => {
        window.store = await director.openMemory();
        await store.players.create({ name: 'Zoë Ålund' });
        await store.download('club.json');
      }),
    ]);
    assert.equal(download.suggestedFilename(), 'club.json');
    const text = readFileSync(await download.path(), 'utf8');
    assert.deepEqual(JSON.parse(text), await opened.evaluate(() => store.export()));
    const names = await opened.evaluate(async (content) => {
      const other = await director.openMemory();
      await other.upload(new File([content], 'club.json'));
      return (await other.players.listAll()).map((player) => player.name);
    }, text);
    assert.deepEqual(names, ['Zoë Ålund']);
  });

  it('a store opens once the engine can be fetched again', async (t) => {
    const opened = await page(t);
    const engine = '**/tournament.wasm';
    const tried = () =>
      opened.evaluate(() =>
        director.openMemory().then(
          () => 'open',
          (error) => [error.code, error.retryable],
        ),
      );
    await opened.route(engine, (route) => route.abort());
    assert.deepEqual(await tried(), ['unavailable', true]);
    await opened.unroute(engine);
    await opened.route(engine, (route) =>
      route.fulfill({ status: 404, contentType: 'text/html', body: '<h1>404</h1>' }),
    );
    assert.deepEqual(await tried(), ['unavailable', true]);
    await opened.unroute(engine);
    assert.equal(await tried(), 'open');
  });

  it('a store works on when there is no network any more', async (t) => {
    const opened = await page(t);
    await opened.evaluate(async () => (window.store = await director.openMemory()));
    await opened.context().setOffline(true);
    const name = await opened.evaluate(async () => (await store.players.create({ name: 'Ada' })).name);
    assert.equal(name, 'Ada');
    assert.equal(await opened.evaluate(async () => (await director.openMemory()).players.count()), 0);
  });
});
