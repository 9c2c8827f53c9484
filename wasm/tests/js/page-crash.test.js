// The page, killed at random moments while somebody uses it.
//
// Killed is what runs the page; persistence-crash.test.js says why it is not the whole browser. What the page
// shows counts from the moment it is in the document, which is before anybody can see it.

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import test from 'node:test';
import { setTimeout } from 'node:timers/promises';
import * as by from './page/clicks.js';
import { servePage } from './page/server.js';
import { makeProfile, removeProfile, startBrowser } from './persistence/browser.js';

const MOMENTS = 30;

/** The longest that the page is used before it is killed, in milliseconds. */
const LONGEST = 200;

test(`the page loses nothing it has shown and leaves nothing half done, killed at ${MOMENTS} moments`, async (t) => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  t.diagnostic(`SEED=${seed}`);
  const random = randomFrom(seed);
  const moments = Array.from({ length: MOMENTS }, () => random() * LONGEST);
  const server = await servePage();
  const profile = await makeProfile();
  const browser = await startBrowser(profile);
  t.after(async () => {
    await browser.close();
    server.close();
    await removeProfile(profile);
  });
  browser.context.setDefaultTimeout(15_000);
  const shown = await watch(browser.context);
  const address = await startTournament(browser, server.url);
  const seats = new Map();
  const interrupted = [];

  for (const [turn, moment] of moments.entries()) {
    const { page, dataset } = await openAnew(browser, address, shown, seats);
    const { registrations, rounds } = dataset;
    let using;
    let wait = moment;
    seats.set(rounds.length + 1, registrations.length);
    if (turn % 3 === 0) {
      await page.getByRole('link', { name: 'Players' }).click();
      await page.getByLabel('Name', { exact: true }).focus();
      using = register(page, shown, registrations.length + 1);
    } else if (turn % 3 === 1) {
      await enterResults(page, shown, rounds.length, { random, leave: 2 });
      using = playOn(page, shown, rounds.length, random);
    } else {
      // To find what is to be killed takes longer than to pair a round, which begins at a random moment of that.
      await enterResults(page, shown, rounds.length, { random });
      using = setTimeout(moment / 4).then(() => playOn(page, shown, rounds.length, random));
      wait = 0;
    }
    await Promise.race([using, setTimeout(wait)]);
    using.catch(() => {});
    const crashed = page.waitForEvent('crash');
    await browser.killPages();
    await crashed;
    interrupted.push(shown.stop());
    await page.close();
  }
  const { dataset } = await openAnew(browser, address, shown, seats);

  const stored = linesOf(dataset);
  const counts = (lines) => Object.entries(kinds).map(([kind, pattern]) =>
    `${lines.filter((line) => pattern.test(line)).length} ${kind}`).join(', ');
  const begun = interrupted.filter((line) => line !== null);
  t.diagnostic(`stored: ${counts(stored)}`);
  t.diagnostic(`killed on the way to: ${counts(begun)}`);
  for (const [kind, pattern] of Object.entries(kinds)) {
    assert.ok(stored.filter((line) => pattern.test(line)).length > 0, `the page was used: ${kind}`);
  }
  assert.ok(begun.length > 2, 'the page was killed while something was going on');
});

/** Numbers from 0 to 1 that are the same for the same seed. */
function randomFrom(seed) {
  let state = 1 + (seed % 2_147_483_646);
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

// What the page shows as done is put in lines: that somebody is registered, that there is a round, who meets
// whom in it, and the result.
const kinds = {
  players: /^No\. \d+ Player \d+$/,
  rounds: /^Round \d+$/,
  matches: /^Round \d+: [^,]+$/,
  results: /^Round \d+: .+, \d–\d$/,
};

/** Runs in the page: the lines that it shows now. */
function linesShown() {
  const text = (node) => node.textContent;
  const players = [...document.querySelectorAll('.players tbody tr')]
    .map((row) => `No. ${text(row.querySelector('.number'))} ${text(row.querySelector('.name'))}`);
  const matches = [...document.querySelectorAll('.match')];
  if (matches.length === 0) {
    return players;
  }
  const round = text(document.querySelector('#round-heading'));
  return [round, ...matches.flatMap((card) => {
    const match = `${round}: ${[...card.querySelectorAll('.name')].map(text).join(' – ')}`;
    const score = card.querySelector('strong.score');
    return score ? [match, `${match}, ${text(score)}`] : [match];
  })];
}

/** The lines for what is stored. */
function linesOf({ players, registrations, rounds, matches }) {
  const names = new Map(players.map(({ id, name }) => [id, name]));
  return [
    ...registrations.map((row) => `No. ${row.sequence_id} ${names.get(row.player_id)}`),
    ...rounds.map((row) => `Round ${row.round_number}`),
    ...matches.flatMap((row) => {
      const met = [row.player1_id, row.player2_id].filter((id) => id !== null).map((id) => names.get(id));
      const match = `Round ${row.round_number}: ${met.join(' – ')}`;
      const isPlayed = met.length === 2 && row.status === 'completed';
      return isPlayed ? [match, `${match}, ${row.player1_wins}–${row.player2_wins}`] : [match];
    }),
  ];
}

/** Takes down the lines that any page shows. */
async function watch(context) {
  const events = new EventEmitter();
  let awaited = null;
  const shown = {
    lines: new Set(),
    /** Presses something and waits until the page shows this line. */
    async after(press, line) {
      awaited = line;
      await Promise.all([new Promise((resolve) => events.once(line, resolve)), press()]);
      awaited = null;
    },
    /** Waits no longer, and answers for what. */
    stop() {
      events.removeAllListeners();
      const line = awaited;
      awaited = null;
      return line;
    },
  };
  await context.exposeBinding('tell', (_, line) => {
    shown.lines.add(line);
    events.emit(line);
  });
  const tellAll = () => {
    const told = new Set();
    new MutationObserver(() => {
      for (const line of linesShown().filter((one) => !told.has(one))) {
        told.add(line);
        tell(line);
      }
    }).observe(document, { subtree: true, childList: true, characterData: true });
  };
  await context.addInitScript(`globalThis.linesShown = ${linesShown}; (${tellAll})();`);
  return shown;
}

/** Answers the address of the tournament. */
async function startTournament(browser, url) {
  const page = await browser.newPage();
  await page.goto(url);
  await by.create(page);
  await by.registerAll(page, ['Player 1', 'Player 2', 'Player 3']);
  const address = page.url();
  await page.close();
  return address;
}

/** Opens the page once more, at its rounds, and looks through what it shows and what its store holds. */
async function openAnew(browser, address, shown, seats) {
  const page = await browser.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  await page.goto(address);
  await page.locator('h1').waitFor();
  assert.equal(await page.locator('h1').textContent(), 'Friday Night', 'the page opens with what is stored');
  assert.deepEqual(await page.locator('.notice').allTextContents(), [], 'the page tells of no damage');
  assert.match(await page.locator('#kept').textContent(), /^Kept in this browser/);

  const dataset = await page.evaluate(async () => (await import('./session.js')).store().export());
  const stored = linesOf(dataset);
  assert.deepEqual([...shown.lines].filter((line) => !stored.includes(line)), [], 'all that was shown is stored');
  checkWhole(dataset, seats);
  const showsAll = async (pattern) => assert.deepEqual(
    new Set(await page.evaluate('linesShown()')),
    new Set(stored.filter((line) => pattern.test(line))),
    'the page shows what is stored',
  );
  await showsAll(kinds.players);
  await by.toRounds(page);
  await showsAll(new RegExp(`^Round ${dataset.rounds.length}(:|$)`));
  assert.deepEqual(complaints, [], 'the page reports no error');
  return { page, dataset };
}

/** Every change is there with all that belongs to it; `seats` are how many were to be paired in a round. */
function checkWhole({ players, tournaments, registrations, components, rounds, matches, ...rest }, seats) {
  const upTo = (count) => Array.from({ length: count }, (_, place) => place + 1);
  const inOrder = (numbers) => numbers.sort((a, b) => a - b);
  const names = new Map(players.map(({ id, name }) => [id, name]));
  const numbers = new Map(registrations.map((row) => [row.player_id, row.sequence_id]));

  assert.deepEqual(inOrder(registrations.map((row) => row.sequence_id)), upTo(registrations.length),
    'the numbers have no gap and none is given twice');
  for (const [player, number] of numbers) {
    assert.equal(names.get(player), `Player ${number}`, 'every registration has its player');
  }
  assert.equal(players.length, 1 + numbers.size, 'every player but the organiser is registered');
  const [tournament] = tournaments;
  assert.equal(rest.last_sequence_ids[tournament.id], registrations.length);

  const hasBegun = rounds.length > 0;
  assert.equal(components.length, hasBegun ? 1 : 0, 'the Swiss rounds begin with the first of them');
  assert.equal(tournament.status, hasBegun ? 'in_progress' : 'registration_open');
  assert.deepEqual(inOrder(rounds.map((round) => round.round_number)), upTo(rounds.length));
  const known = new Map(rounds.map((round) => [round.id, round.round_number]));
  for (const match of matches) {
    assert.equal(known.get(match.round_id), match.round_number, 'every match has its round');
  }
  for (const { id, round_number: number, status } of rounds) {
    const itsMatches = matches.filter((match) => match.round_id === id);
    const seated = itsMatches.flatMap((match) => [match.player1_id, match.player2_id]).filter((one) => one !== null);
    assert.deepEqual(inOrder(seated.map((player) => numbers.get(player))), upTo(seats.get(number)),
      `round ${number} has all of its matches`);
    const isOver = itsMatches.every((match) => match.status === 'completed');
    assert.equal(status, isOver ? 'completed' : 'active', 'the last result completes its round');
  }
}

/** Registers one player after the other, without end. The name's field keeps the focus. */
async function register(page, shown, from) {
  for (let number = from; ; number += 1) {
    await page.keyboard.insertText(`Player ${number}`);
    await shown.after(() => page.keyboard.press('Enter'), `No. ${number} Player ${number}`);
  }
}

/** Ends a round, pairs the next and enters its results. */
async function playOn(page, shown, number, random) {
  await enterResults(page, shown, number, { random });
  await shown.after(() => page.locator('#pair').press('Enter'), `Round ${number + 1}`);
  await enterResults(page, shown, number + 1, { random });
  // Once all are in, nothing more happens until the page is killed.
  await setTimeout(LONGEST);
}

/** Enters a result for each match on the page that has none, but for the first `leave`. */
async function enterResults(page, shown, number, { random, leave = 0 }) {
  const open = await page.locator('.match:not(.played, .bye)').evaluateAll((cards) => cards.map((card) => ({
    names: [...card.querySelectorAll('.name')].map((name) => name.textContent),
    results: [...card.querySelectorAll('[id^=result-]')].map(({ id, textContent: score }) => ({ id, score })),
  })));
  for (const { names, results } of open.slice(leave)) {
    const { id, score } = results[Math.floor(random() * results.length)];
    await shown.after(() => page.locator(`#${id}`).press('Space'), `Round ${number}: ${names.join(' – ')}, ${score}`);
  }
}
