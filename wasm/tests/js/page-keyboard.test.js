// The same tournament with the keyboard alone: Tab, Enter, Space, arrows and typing.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inBrowser } from './page/browser.js';
import { names } from './page/clicks.js';
import { ordered, standingsOf } from './page/expected.js';
import { enter, focused, press, tabTo, type } from './page/keyboard.js';
import { matchesOn, standingRows } from './page/seen.js';

async function pairRound(page, number) {
  await press(page, `Pair round ${number}`);
  await page.getByRole('heading', { level: 2, name: `Round ${number}`, exact: true }).waitFor();
  assert.equal((await focused(page)).name, `Round ${number}`, 'the focus is on what has come');
}

async function readStandings(page) {
  await press(page, 'Standings');
  await page.getByRole('heading', { name: 'Standings', exact: true }).waitFor();
  return ordered(await standingRows(page));
}

async function toRounds(page) {
  await press(page, 'Rounds');
  await page.locator('#round-heading').waitFor();
}

describe('the page by keyboard', { concurrency: 2 }, () => {
  test('a whole tournament with the keyboard alone', () => inBrowser(async ({ open }) => {
    const page = await open();
    await page.getByRole('heading', { name: 'Tournaments' }).waitFor();

    await press(page, 'New tournament');
    await page.getByRole('heading', { name: 'New tournament' }).waitFor();
    assert.equal((await focused(page)).name, 'New tournament', 'the focus is on the new heading');
    await type(page, 'Name', 'Friday Night');
    await type(page, 'Venue', 'The Copper Lantern');
    await type(page, 'Organiser', 'Ada');
    await tabTo(page, 'Game');
    await page.keyboard.press('ArrowDown');
    await tabTo(page, 'Base format');
    await page.keyboard.press('ArrowDown');
    await type(page, 'Format name', 'Theme decks');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Friday Night' }).waitFor();
    await page.getByText('Pokémon TCG, Theme decks').waitFor();

    await type(page, 'Name', names[0]);
    await page.keyboard.press('Enter');
    await page.getByRole('rowheader', { name: names[0] }).waitFor();
    assert.equal((await focused(page)).name, 'Name', 'the next name can be typed at once');
    await tabTo(page, 'Names');
    for (const name of names.slice(1)) {
      await page.keyboard.type(name);
      await page.keyboard.press('Enter');
    }
    await press(page, 'Register all', 'Space');
    await page.getByText('7 players taking part').waitFor();

    const rounds = [];
    await toRounds(page);
    await pairRound(page, 1);
    for (const [place, score] of ['2–0', '2–1', '1–1'].entries()) {
      await enter(page, place + 1, score);
    }
    rounds.push(await matchesOn(page));

    await press(page, 'Players');
    await page.getByRole('heading', { name: 'Register a player' }).waitFor();
    await type(page, 'Name', 'Hal');
    await page.keyboard.press('Enter');
    await page.getByRole('rowheader', { name: 'Hal' }).waitFor();
    const everybody = [...names, 'Hal'];

    await toRounds(page);
    await pairRound(page, 2);
    await enter(page, 1, '2–0');
    await enter(page, 2, '1–2');
    await page.reload();
    await page.locator('#round-heading').waitFor();
    await enter(page, 3, '0–2');
    await enter(page, 4, '2–1');
    rounds.push(await matchesOn(page));

    await press(page, 'Round 1');
    await page.getByRole('heading', { name: 'Round 1', exact: true }).waitFor();
    await enter(page, 1, '1–2');
    rounds[0] = await matchesOn(page);
    assert.deepEqual(await readStandings(page), ordered(standingsOf(everybody, rounds)));

    await toRounds(page);
    await pairRound(page, 3);
    for (const [place, score] of ['2–1', '2–0', '1–1', '0–2'].entries()) {
      await enter(page, place + 1, score);
    }
    rounds.push(await matchesOn(page));
    await press(page, 'Finish the tournament');
    await page.getByRole('dialog').waitFor();
    assert.equal((await focused(page)).name, 'Cancel', 'the safe answer comes first');
    await press(page, 'Finish it');
    await page.getByText('The tournament is over. Final standings').waitFor();
    assert.deepEqual(await readStandings(page), ordered(standingsOf(everybody, rounds)));
  }));

  test('the first stop of the Tab key leads past the head of the page', () => inBrowser(async ({ open }) => {
    const page = await open();
    await page.getByRole('heading', { name: 'Tournaments' }).waitFor();
    await page.keyboard.press('Tab');
    assert.equal((await focused(page)).name, 'Skip to the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.equal((await focused(page)).name, 'New tournament');
  }));

  test('Escape leaves a question without an answer, where one was', () => inBrowser(async ({ open }) => {
    const page = await open();
    await page.getByRole('heading', { name: 'Tournaments' }).waitFor();
    await press(page, 'Export and import');
    await page.getByRole('heading', { name: 'Export and import' }).waitFor();
    await press(page, 'Delete everything …');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal((await focused(page)).name, 'Delete everything …');
  }));
});
