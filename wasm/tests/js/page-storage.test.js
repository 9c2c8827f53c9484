// What the page does where the browser's storage is full, forbidden, taken away or damaged.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { inBrowser } from './page/browser.js';
import * as by from './page/clicks.js';
import { matchesOn } from './page/seen.js';

const inMemory = /^This page works in memory: everything is gone once it is closed or reloaded\./;

/** What the browser keeps for the page, as the page would open it. */
const DATABASE = 'tournament-director/tournament-director-example';

async function browserTools(page, url) {
  const tools = await page.context().newCDPSession(page);
  return { tools, origin: new URL(url).origin };
}

/** Leaves room for a small tournament, but not for the crowd. */
const allowLittle = (url) => async (page) => {
  const { tools, origin } = await browserTools(page, url);
  await tools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 60_000 });
};

// Browsers compress what they store, so the names must be ones that cannot be compressed.
const crowd = Array.from({ length: 600 }, () => randomBytes(72).toString('base64'));

async function registerTheCrowd(page) {
  await page.getByLabel('Names').fill(crowd.join('\n'));
  await page.getByRole('button', { name: 'Register all' }).click();
}

describe('the storage of the page', { concurrency: 2 }, () => {
  test('a full disk is told plainly, nothing is half done, and the page can go on in memory', () => inBrowser(
    async ({ open, url }) => {
      const page = await open(allowLittle(url));
      await by.create(page);
      await by.registerAll(page, by.names);
      await registerTheCrowd(page);
      const notice = page.getByRole('group', { name: 'Notice' });
      await notice.getByText(/^The browser could not store the change, mostly because its storage is full/).waitFor();
      assert.equal(await notice.evaluate((node) => node === document.activeElement), true);
      assert.equal(await page.getByText('7 players taking part').count(), 1);
      await page.reload();
      await page.getByText('7 players taking part').waitFor();

      await registerTheCrowd(page);
      await page.getByRole('button', { name: 'Go on in memory' }).click();
      await page.getByText(inMemory).waitFor();
      await registerTheCrowd(page);
      await page.getByText('607 players taking part').waitFor();
      await by.pairRound(page, 1);
      assert.equal((await matchesOn(page)).length, 304, 'with all that was stored before');

      await page.reload();
      await page.getByRole('button', { name: 'Pair round 1' }).waitFor();
      await page.getByText('7 players: ').waitFor();
    },
  ));

  test('once there is room again, the same can be stored', () => inBrowser(async ({ open, url }) => {
    const page = await open(allowLittle(url));
    await by.create(page);
    await registerTheCrowd(page);
    await page.getByText(/storage is full/).waitFor();
    const { tools, origin } = await browserTools(page, url);
    await tools.send('Storage.overrideQuotaForOrigin', { origin });
    await page.getByRole('button', { name: 'Register all' }).click();
    await page.getByText('600 players taking part').waitFor();
    await page.reload();
    await page.getByText('600 players taking part').waitFor();
  }));

  /** A profile in which the user has forbidden pages to keep data. */
  async function forbidSiteData(profile) {
    const settings = { profile: { default_content_setting_values: { cookies: 2 } } };
    await mkdir(join(profile, 'Default'));
    await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(settings));
  }

  test('where site data is forbidden the page says so, and works in memory if the user agrees', () => inBrowser(
    async ({ open }) => {
      const page = await open();
      await page.getByRole('heading', { name: 'This browser keeps nothing for this page' }).waitFor();
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('heading', { name: 'This browser keeps nothing for this page' }).waitFor();
      await page.getByRole('button', { name: 'Go on in memory' }).click();
      await page.getByText(inMemory).waitFor();
      await by.create(page);
      await by.registerAll(page, by.names);
      await by.pairRound(page, 1);
      await by.enter(page, 1, '2–0');
    },
    { prepare: forbidSiteData },
  ));

  test('where the browser refuses to open its database the page says so', () => inBrowser(
    async ({ open }) => {
      const page = await open((blank) => blank.addInitScript(() => {
        IDBFactory.prototype.open = () => {
          throw new DOMException('not in this window', 'SecurityError');
        };
      }));
      await page.getByRole('heading', { name: 'This browser keeps nothing for this page' }).waitFor();
      await page.getByRole('button', { name: 'Go on in memory' }).click();
      await page.getByText(inMemory).waitFor();
    },
  ));

  test('the page says that the browser has taken its data away, while it is open', () => inBrowser(
    async ({ open, url }) => {
      const page = await open();
      await by.create(page);
      await by.registerAll(page, by.names);
      const { tools, origin } = await browserTools(page, url);
      await tools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
      await page.getByText(/^This page is no longer kept: /).waitFor();
      await page.getByText('No longer kept: nothing that is changed now is stored.').waitFor();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Export the data' }).click(),
      ]);
      assert.equal(JSON.parse(await readFile(await download.path(), 'utf8')).players.length, 7);
      await page.getByRole('button', { name: 'Go on in memory' }).click();
      await by.pairRound(page, 1);
      assert.equal((await matchesOn(page)).length, 4);
    },
  ));

  test('the page says that the browser has deleted its data, since it was last open', () => inBrowser(
    async ({ open, url }) => {
      const page = await open();
      await by.create(page);
      const { tools, origin } = await browserTools(page, url);
      await page.goto('about:blank');
      await tools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
      await page.goto(url);
      await page.getByText(/^The browser has deleted what this page had kept/).waitFor();
      await page.getByText('No tournament yet.').waitFor();
      await page.reload();
      await page.getByText('No tournament yet.').waitFor();
      assert.equal(await page.getByText(/^The browser has deleted/).count(), 0, 'it is said once');
    },
  ));

  /** Damages the last record, or the first, with nobody else holding the database. */
  async function damage(page, url, which) {
    await page.goto(`${url}icon.svg`);
    await page.evaluate(([name, place]) => new Promise((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const change = opening.result.transaction('journal', 'readwrite');
        const journal = change.objectStore('journal');
        const keys = journal.getAllKeys();
        keys.onsuccess = () => {
          const key = keys.result.at(place);
          const row = journal.get(key);
          row.onsuccess = () => {
            const bytes = row.result;
            bytes[bytes.length >> 1] ^= 1;
            journal.put(bytes, key);
          };
        };
        change.oncomplete = () => {
          opening.result.close();
          resolve();
        };
      };
    }), [DATABASE, which]);
  }

  test('a damaged record is told, and the page goes back to the last whole change', () => inBrowser(
    async ({ open, url }) => {
      const page = await open();
      await by.create(page);
      await by.register(page, 'Ada');
      await by.register(page, 'Ben');
      await damage(page, url, -1);
      await page.goto(url);
      await page.getByRole('heading', { name: 'What is stored is damaged' }).waitFor();
      await page.getByRole('button', { name: 'Go back to the last whole change' }).click();
      await page.getByText(/^The end of the stored record was damaged: the page went back/).waitFor();
      await page.getByRole('link', { name: 'Friday Night' }).click();
      await page.getByText('1 player taking part').waitFor();
      assert.equal(await page.getByRole('rowheader', { name: 'Ada' }).count(), 1);
      await by.register(page, 'Cleo');
      await page.reload();
      await page.getByText('2 players taking part').waitFor();
    },
  ));

  // What breaks the engine for good cannot be made to happen from outside, so the error is made here.
  test('a page whose engine has stopped says what to do', () => inBrowser(async ({ open }) => {
    const page = await open();
    await by.create(page);
    await page.evaluate(async () => {
      const { act } = await import('./act.js');
      const { TournamentError } = await import('../../dist/browser.js');
      act(document.querySelector('form button'), () => {
        throw new TournamentError({ code: 'broken', message: 'unreachable' });
      });
    });
    await page.getByText('The engine of this page has stopped. What was stored is safe').waitFor();
    await page.getByRole('button', { name: 'Reload the page' }).click();
    await page.getByText('The engine of this page has stopped.').waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'Friday Night' }).waitFor();
  }));
});
