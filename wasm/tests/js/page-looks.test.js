// Every view, looked at: pictures of each are in screenshots/.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inBrowser } from './page/browser.js';
import * as by from './page/clicks.js';
import { look } from './page/looks.js';

const names = [
  'Ada Lovelace',
  'محمد بن موسى الخوارزمي',
  '山田 太郎',
  'Zoë Ålund 🦊',
  'Rabindranath Chattopadhyay-Montgomery',
  'דוד בן־גוריון',
  'Oneverylongnamewithoutanyspaceatalloneverylongname',
];

describe('the looks of the page', { concurrency: 2 }, () => {
  test('the views of a tournament look right and can be used by everybody', () => inBrowser(async ({ open }) => {
    const page = await open();
    await page.getByText('No tournament yet.').waitFor();
    await look(page, 'list-empty');

    await page.getByRole('link', { name: 'New tournament' }).click();
    await page.getByLabel('Most players').fill('-1');
    await page.getByRole('button', { name: 'Create the tournament' }).click();
    await page.locator('[aria-invalid=true]').first().waitFor();
    await look(page, 'new-with-problems');
    await page.getByRole('link', { name: 'Cancel' }).click();

    await by.create(page, { name: 'Friday Night at the Copper Lantern', max: '8' });
    await by.registerAll(page, names);
    await look(page, 'players');

    await by.pairRound(page, 1);
    await by.enterAll(page, ['2–0', '1–2']);
    await page.getByRole('button', { name: 'Other result' }).last().click();
    await look(page, 'round');

    await by.enter(page, 3, '1–1');
    await page.getByRole('link', { name: 'Players' }).click();
    await page.getByRole('button', { name: 'Drop Ada Lovelace' }).click();
    await by.pairRound(page, 2);
    await by.enterAll(page, ['2–0', '1–2', '1–1']);
    await look(page, 'second-round');
    await page.getByRole('link', { name: 'Standings', exact: true }).click();
    await page.getByRole('heading', { name: 'Standings', exact: true }).waitFor();
    await look(page, 'standings');

    await page.getByRole('link', { name: 'Export and import' }).click();
    await page.getByRole('heading', { name: 'Export and import' }).waitFor();
    await look(page, 'data');

    await page.getByRole('link', { name: 'Tournaments', exact: true }).click();
    await page.getByRole('button', { name: /^Delete/ }).waitFor();
    await look(page, 'list');
    await page.getByRole('button', { name: /^Delete/ }).click();
    await look(page, 'question');
  }));

  test('what the page says about its storage looks right and can be used by everybody', () => inBrowser(
    async ({ open, url }) => {
      const first = await open();
      await first.getByRole('heading', { name: 'Tournaments' }).waitFor();
      const second = await open();
      await second.getByRole('heading', { name: 'Open in another tab' }).waitFor();
      await look(second, 'elsewhere');
      await second.close();
      await first.close();

      const refused = await open((page) => page.addInitScript(() => {
        Object.defineProperty(globalThis, 'indexedDB', { value: undefined });
      }));
      await refused.getByRole('heading', { name: 'This browser keeps nothing for this page' }).waitFor();
      await look(refused, 'refused');
      await refused.getByRole('button', { name: 'Go on in memory' }).click();
      await refused.getByText('No tournament yet.').waitFor();
      await look(refused, 'in-memory');
      await refused.close();

      const lost = await open();
      await by.create(lost);
      const tools = await lost.context().newCDPSession(lost);
      await tools.send('Storage.clearDataForOrigin', { origin: new URL(url).origin, storageTypes: 'indexeddb' });
      await lost.getByText(/^This page is no longer kept: /).waitFor();
      await look(lost, 'lost');
    },
  ));

  test('names are laid out in their own direction and turn nothing around them', () => inBrowser(async ({ open }) => {
    const page = await open();
    await by.create(page);
    await by.registerAll(page, ['محمد بن موسى', 'Ben']);
    await by.pairRound(page, 1);
    await by.enter(page, 1, '2–1');
    const direction = await page.locator('.match .name').evaluateAll((all) => Object.fromEntries(
      all.map((name) => [name.textContent, getComputedStyle(name).direction])));
    assert.deepEqual(direction, { 'محمد بن موسى': 'rtl', Ben: 'ltr' });
    const score = page.locator('.match strong.score');
    assert.equal(await score.evaluate((node) => getComputedStyle(node).direction), 'ltr');
  }));

  test('a name that is markup stays text', () => inBrowser(async ({ open }) => {
    const page = await open();
    const name = '<img src=x onerror=alert(1)><b>Eve</b>';
    await by.create(page, { name });
    await by.registerAll(page, [name, '&lt;Bob&gt;']);
    await by.pairRound(page, 1);
    await by.enter(page, 1, '2–0');
    assert.equal(await page.locator('main img, main b').count(), 0);
    assert.equal(await page.locator('h1').textContent(), name);
  }));
});
