// The file that the page exports, taken on by the native command and by another browser.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inBrowser } from './page/browser.js';
import * as by from './page/clicks.js';
import { matchesOn, standingsOn } from './page/seen.js';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const names = ['Ada', 'محمد بن موسى', '山田 太郎', 'Zoë 🦊', 'Emil'];
let folder;
let td;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exchange-'));
  td = process.env.TD ?? built();
});

/** The native command as it is built now. Where that lies, cargo knows. */
function built() {
  const args = ['build', '--quiet', '--package', 'tournament-director', '--bin', 'td', '--message-format=json'];
  const said = execFileSync('cargo', args, { cwd: repository, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const messages = said.trim().split('\n').map((line) => JSON.parse(line));
  return messages.find(({ target, executable }) => target?.name === 'td' && executable).executable;
}

after(() => rm(folder, { recursive: true }));

const native = (...args) => execFileSync(td, ['--db', 'sqlite:page.db', ...args], { cwd: folder, encoding: 'utf8' });

const toData = async (page) => {
  await page.getByRole('link', { name: 'Export and import' }).click();
  await page.getByRole('heading', { name: 'Export and import' }).waitFor();
};

async function exported(page) {
  await toData(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download the file' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'tournaments.json');
  const path = join(folder, `${Math.random()}.json`);
  await download.saveAs(path);
  return path;
}

async function imports(page, path, way) {
  await toData(page);
  await page.getByLabel('A file that was exported').setInputFiles(path);
  await page.getByLabel(way).check();
  await page.getByRole('button', { name: 'Import the file' }).click();
}

const added = 'Stays; the file is added to it';
const instead = 'Gives way to the file';

test('the native command takes the exported file on, and another browser does', async () => {
  let path;
  let standings;
  await inBrowser(async ({ open }) => {
    const page = await open();
    await by.create(page);
    await by.registerAll(page, names);
    await by.pairRound(page, 1);
    await by.enterAll(page, ['2–1', '1–1']);
    await by.pairRound(page, 2);
    await by.enter(page, 1, '0–2');
    standings = await standingsOn(page);
    path = await exported(page);
    assert.deepEqual(await statusesIn(path), { tournament: 'in_progress', rounds: ['completed', 'active'] });
    assert.match(await page.locator('pre').textContent(), /^td import tournaments\.json$/m);
  });

  native('migrate', 'up');
  native('import', path);
  assert.deepEqual(inWords(native('standings', '--json', 'Friday Night')), standings);

  await inBrowser(async ({ open }) => {
    const page = await open();
    await imports(page, path, added);
    await page.getByText('Imported: 1 tournament and 5 players.').waitFor();
    await page.getByRole('link', { name: 'Tournaments', exact: true }).click();
    await page.getByRole('link', { name: 'Friday Night' }).click();
    assert.deepEqual(await standingsOn(page), standings);

    await imports(page, path, added);
    const problem = page.locator('#import-file-problem');
    await problem.getByText('Something in the file is here already').waitFor();
    await imports(page, path, instead);
    await page.getByText('Imported: 1 tournament and 5 players.').waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'Tournaments', exact: true }).click();
    await page.getByRole('link', { name: 'Friday Night' }).click();
    assert.deepEqual(await standingsOn(page), standings);
    await by.toRounds(page);
    await by.enter(page, 2, '2–0');
    await by.pairRound(page, 3);
    assert.equal((await matchesOn(page)).length, 3, 'it goes on there');
  });
});

async function statusesIn(path) {
  const { tournaments, rounds } = JSON.parse(await readFile(path, 'utf8'));
  rounds.sort((a, b) => a.round_number - b.round_number);
  return { tournament: tournaments[0].status, rounds: rounds.map(({ status }) => status) };
}

/** What the native command printed, as the page shows it. */
function inWords(printed) {
  const percent = (share) => (share * 100).toFixed(1);
  return JSON.parse(printed).standings.map((row) => ({
    rank: row.rank,
    name: row.player,
    points: row.points,
    record: `${row.wins}–${row.losses}–${row.draws}`,
    omw: percent(row.omw),
    gw: percent(row.gw),
    ogw: percent(row.ogw),
  }));
}

test('a file that is none of the page’s is refused at its field, and changes nothing', () => inBrowser(
  async ({ open }) => {
    const page = await open();
    await by.create(page);
    const path = join(folder, 'other.json');
    const problem = page.locator('#import-file-problem');
    for (const text of ['not even JSON', '{"players":[{"name":""}]}', '{"horses":[]}']) {
      await writeFile(path, text);
      await imports(page, path, instead);
      await problem.getByText('The file cannot be imported; nothing of it was.').waitFor();
    }
    await toData(page);
    await page.reload();
    await page.getByRole('button', { name: 'Import the file' }).click();
    await problem.getByText('Choose a file first.').waitFor();
    await page.getByRole('link', { name: 'Tournaments', exact: true }).click();
    await page.getByRole('link', { name: 'Friday Night' }).waitFor();
  },
));
