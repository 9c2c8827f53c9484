// A tournament on the page, by clicks.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inBrowser } from './page/browser.js';
import * as by from './page/clicks.js';
import { ordered, standingsOf } from './page/expected.js';
import { byesOf, matchesOn, pairsOf, standingsOn } from './page/seen.js';

describe('a tournament on the page', { concurrency: 2 }, () => {
  test('three rounds with a bye, a late entry and a corrected result, over a reload', () => inBrowser(
    async ({ open }) => {
      const page = await open();
      await by.create(page);
      await by.registerAll(page, by.names);
      const rounds = [];

      await by.pairRound(page, 1);
      await by.enterAll(page, ['2–0', '2–1', '1–1']);
      rounds.push(await matchesOn(page));
      assert.deepEqual(rounds[0].map(({ score }) => score), ['2–0', '2–1', '1–1', null]);
      assert.equal(byesOf(rounds[0]).length, 1);
      assert.deepEqual(ordered(await standingsOn(page)), ordered(standingsOf(by.names, rounds)));

      await by.register(page, 'Hal');
      assert.match(await page.getByRole('row', { name: /Hal/ }).textContent(), /Late entry/);
      const everybody = [...by.names, 'Hal'];

      await by.pairRound(page, 2);
      assert.equal((await matchesOn(page)).length, 4, 'the late entry is paired');
      await by.enterAll(page, ['2–0', '1–2']);
      const before = await matchesOn(page);
      await page.reload();
      await page.locator('#round-heading').waitFor();
      assert.deepEqual(await matchesOn(page), before, 'a reload changes nothing');
      await by.enter(page, 3, '0–2');
      await by.enter(page, 4, '2–1');
      rounds.push(await matchesOn(page));
      assert.deepEqual(byesOf(rounds[1]), []);

      await page.getByRole('link', { name: 'Round 1', exact: true }).click();
      await page.getByRole('heading', { name: 'Round 1', exact: true }).waitFor();
      await by.enter(page, 1, '1–2');
      rounds[0] = await matchesOn(page);
      assert.equal(rounds[0][0].score, '1–2', 'the result is corrected');
      assert.deepEqual(ordered(await standingsOn(page)), ordered(standingsOf(everybody, rounds)));

      await by.pairRound(page, 3);
      await by.enterAll(page, ['2–1', '2–0', '1–1', '0–2']);
      rounds.push(await matchesOn(page));
      await by.finish(page);
      assert.deepEqual(ordered(await standingsOn(page)), ordered(standingsOf(everybody, rounds)));
      assert.equal(await page.locator('caption').textContent(), 'Final standings');

      const pairs = rounds.flatMap(pairsOf);
      assert.equal(new Set(pairs).size, pairs.length, 'nobody meets anybody twice');
    },
  ));

  test('whoever drops is not paired, and whoever is taken back is', () => inBrowser(async ({ open }) => {
    const page = await open();
    await by.create(page);
    await by.registerAll(page, by.names.slice(0, 4));
    await by.pairRound(page, 1);
    await by.enterAll(page, ['2–0', '2–0']);

    await page.getByRole('link', { name: 'Players' }).click();
    await page.getByRole('button', { name: 'Drop Ben' }).click();
    await page.getByRole('button', { name: 'Take back Ben' }).waitFor();
    await by.pairRound(page, 2);
    const second = await matchesOn(page);
    assert.equal(second.flatMap(({ names }) => names).includes('Ben'), false);
    assert.equal(byesOf(second).length, 1);

    await by.enter(page, 1, '2–0');
    await page.getByRole('link', { name: 'Players' }).click();
    await page.getByRole('button', { name: 'Take back Ben' }).click();
    await page.getByRole('button', { name: 'Drop Ben' }).waitFor();
    await by.pairRound(page, 3);
    assert.equal((await matchesOn(page)).flatMap(({ names }) => names).includes('Ben'), true);
  }));

  test('what is wrong is shown at its field, all of it at once, and nothing is stored', () => inBrowser(
    async ({ open }) => {
      const page = await open();
      await page.getByRole('link', { name: 'New tournament' }).click();
      await page.getByLabel('Venue').fill('v'.repeat(201));
      await page.getByLabel('Most players').fill('-1');
      await page.getByRole('button', { name: 'Create the tournament' }).click();
      const name = page.getByLabel('Name', { exact: true });
      await page.getByText('Name must not be empty.', { exact: true }).waitFor();
      assert.equal(await name.evaluate((node) => node === document.activeElement), true);
      const described = (label) => page.getByLabel(label, { exact: true }).evaluate((node) =>
        node.getAttribute('aria-describedby').split(' ')
          .map((id) => document.getElementById(id)?.textContent).join(' ').trim());
      assert.equal(await described('Name'), 'Name must not be empty.');
      assert.equal(await described('Venue'), 'Venue must have at most 200 characters.');
      assert.match(await described('Organiser'), /Organiser must not be empty\.$/);
      assert.match(await described('Most players'), /Most players must be from 0 to \d+, not -1\.$/);
      assert.match(await described('Format name'), /Format name must not be empty\.$/);
      assert.equal(await page.locator('[aria-invalid=true]').count(), 5);
      await page.getByRole('link', { name: 'Tournaments', exact: true }).click();
      await page.getByText('No tournament yet.').waitFor();
    },
  ));

  test('of several names all are registered or none, and the line at fault is named', () => inBrowser(
    async ({ open }) => {
      const page = await open();
      await by.create(page, { max: '3' });
      const problem = page.locator('#player-names-problem');
      await page.getByLabel('Names').fill(`Ada\n\n${'x'.repeat(101)}\nBen`);
      await page.getByRole('button', { name: 'Register all' }).click();
      await problem.waitFor();
      assert.equal(await problem.textContent(),
        `Line 3 (${'x'.repeat(20)}…) must have at most 100 characters.`);

      await page.getByLabel('Names').fill('Ada\nBen\nCleo\nDora');
      await page.getByRole('button', { name: 'Register all' }).click();
      await page.getByText('The tournament is full: it takes 3 players. Nobody was registered.').waitFor();
      assert.equal(await page.getByText('Nobody is registered yet.').isVisible(), true);

      await page.getByLabel('Names').fill('Ada\nBen\nAda');
      await page.getByRole('button', { name: 'Register all' }).click();
      await page.getByText('3 players taking part').waitFor();
      assert.equal(await page.getByRole('rowheader', { name: 'Ada' }).count(), 2, 'two of one name');
    },
  ));

  test('any other result can be entered, one that cannot be is refused, and one can be taken back', () =>
    inBrowser(async ({ open }) => {
      const page = await open();
      await by.create(page);
      await by.registerAll(page, ['Ada', 'Ben']);
      await by.pairRound(page, 1);
      await page.getByRole('button', { name: 'Other result' }).click();
      await page.getByLabel('Drawn games').fill('-3');
      await page.getByRole('button', { name: 'Store' }).click();
      await page.getByText(/Drawn games: must be from 0 to/).waitFor();
      await page.getByLabel('Drawn games').fill('3');
      await page.getByRole('button', { name: 'Store' }).click();
      await page.getByText('0–0–3', { exact: true }).waitFor();
      await page.getByText('All results are in.').waitFor();

      await page.getByRole('button', { name: 'Other result' }).click();
      await page.getByRole('button', { name: 'Take the result back' }).click();
      await page.getByText('0 of 1 result in.').waitFor();
      assert.equal(await page.getByRole('button', { name: 'Pair round 2' }).count(), 0);
    }));

  test('several tournaments are kept, each can be opened, and one is deleted alone', () => inBrowser(
    async ({ open }) => {
      const page = await open();
      await by.create(page, { name: 'Friday Night' });
      await by.registerAll(page, by.names);
      await by.pairRound(page, 1);
      await page.getByRole('link', { name: 'Tournaments', exact: true }).click();
      await by.create(page, { name: 'Sunday Cup' });
      await by.registerAll(page, ['Ada', 'Zoë']);
      await page.getByRole('link', { name: 'Tournaments', exact: true }).click();
      await page.getByRole('link', { name: 'Friday Night' }).waitFor();
      assert.deepEqual(await page.locator('.tournament h2').allTextContents(), ['Sunday Cup', 'Friday Night']);

      await page.getByRole('button', { name: 'Delete Friday Night' }).click();
      await page.getByRole('button', { name: 'Cancel' }).click();
      assert.equal(await page.locator('.tournament').count(), 2);
      await page.getByRole('button', { name: 'Delete Friday Night' }).click();
      await page.getByRole('button', { name: 'Delete it' }).click();
      await page.getByText('Friday Night was deleted.').waitFor();
      assert.equal(await page.locator('h1').evaluate((node) => node === document.activeElement), true);

      await page.reload();
      await page.getByRole('link', { name: 'Sunday Cup' }).click();
      await page.getByText('2 players taking part').waitFor();
      assert.deepEqual(await page.locator('.tournament').count(), 0);
    },
  ));

  test('a double click does once what it does', () => inBrowser(async ({ open }) => {
    const page = await open();
    await by.create(page);
    await by.registerAll(page, by.names);
    await by.toRounds(page);
    await page.getByRole('button', { name: 'Pair round 1' }).dblclick();
    await page.getByRole('heading', { name: 'Round 1', exact: true }).waitFor();
    await page.getByText('1 of 4 results in.').waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Round 1', exact: true }).waitFor();
    assert.equal(await page.getByRole('navigation', { name: 'Rounds' }).count(), 0, 'there is one round');
  }));

  test('of two results for one match at once the first counts, and the second is told', () => inBrowser(
    async ({ open }) => {
      const page = await open();
      await by.create(page);
      await by.registerAll(page, ['Ada', 'Ben']);
      await by.pairRound(page, 1);
      await page.getByRole('toolbar').evaluate((bar) => {
        bar.children[0].click();
        bar.children[4].click();
      });
      await page.getByText('This had changed in the meantime. It has been read again').waitFor();
      assert.deepEqual((await matchesOn(page)).map(({ score }) => score), ['2–0']);
      await by.enter(page, 1, '0–2');
    },
  ));

  test('a tournament that is not there is told', () => inBrowser(async ({ open, url }) => {
    const page = await open();
    await page.goto(`${url}#/tournaments/01890000-0000-7000-8000-000000000000/rounds`);
    await page.getByRole('heading', { name: 'This tournament is not here' }).waitFor();
    await page.goto(`${url}#/tournaments/nonsense/players`);
    await page.getByRole('heading', { name: 'This tournament is not here' }).waitFor();
    await page.getByRole('link', { name: 'All tournaments' }).click();
    await page.getByText('No tournament yet.').waitFor();
  }));
});
