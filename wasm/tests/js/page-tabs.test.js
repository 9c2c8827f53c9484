// Two tabs of one browser.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inBrowser } from './page/browser.js';
import * as by from './page/clicks.js';
import { matchesOn } from './page/seen.js';

async function firstTab(open) {
  const page = await open();
  await by.create(page);
  await by.registerAll(page, by.names);
  await by.pairRound(page, 1);
  await by.enter(page, 1, '2–0');
  return page;
}

async function showsTheSame(page, matches) {
  await page.getByRole('link', { name: 'Friday Night' }).click();
  await by.toRounds(page);
  assert.deepEqual(await matchesOn(page), matches);
  await by.enter(page, 2, '1–2');
}

describe('the page in two tabs', { concurrency: 2 }, () => {
  test('a second tab is told, and goes on with the same data once the first is closed', () => inBrowser(
    async ({ open }) => {
      const first = await firstTab(open);
      const matches = await matchesOn(first);

      const second = await open();
      await second.getByRole('heading', { name: 'Open in another tab' }).waitFor();
      await second.getByRole('button', { name: 'Go on here' }).click();
      await second.getByText('It is still open in the other tab.').first().waitFor();
      await by.enter(first, 3, '2–0');
      matches[2].score = '2–0';

      await first.close();
      await second.getByRole('button', { name: 'Go on here' }).click();
      await showsTheSame(second, matches);
    },
  ));

  test('a second tab that waits goes on by itself once the first is closed', () => inBrowser(
    async ({ open }) => {
      const first = await firstTab(open);
      const matches = await matchesOn(first);
      const second = await open();
      await second.getByRole('button', { name: 'Wait until it is closed' }).click();
      await second.getByText('Waiting. This tab goes on as soon as the other one is closed.').waitFor();
      await first.close();
      await showsTheSame(second, matches);
    },
  ));
});
