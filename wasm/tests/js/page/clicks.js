// A tournament by clicks.

export const names = ['Ada', 'Ben', 'Cleo', 'Dora', 'Emil', 'Fay', 'Gus'];

export async function create(page, { name = 'Friday Night', max = '' } = {}) {
  await page.getByRole('link', { name: 'New tournament' }).click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Venue').fill('The Copper Lantern');
  await page.getByLabel('Organiser').fill('Ada');
  await page.getByLabel('Most players').fill(max);
  await page.getByLabel('Game').selectOption('pokemon');
  await page.getByLabel('Base format').selectOption('limited');
  await page.getByLabel('Format name').fill('Sealed');
  await page.getByRole('button', { name: 'Create the tournament' }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

export async function registerAll(page, people) {
  await page.getByRole('link', { name: 'Players' }).click();
  await page.getByLabel('Names').fill(people.join('\n'));
  await page.getByRole('button', { name: 'Register all' }).click();
  await page.getByRole('rowheader', { name: people.at(-1) }).waitFor();
}

export async function register(page, name) {
  await page.getByRole('link', { name: 'Players' }).click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await page.getByRole('rowheader', { name }).waitFor();
}

export async function pairRound(page, number) {
  await toRounds(page);
  await page.getByRole('button', { name: `Pair round ${number}` }).click();
  await page.getByRole('heading', { level: 2, name: `Round ${number}`, exact: true }).waitFor();
}

export async function toRounds(page) {
  await page.getByRole('link', { name: 'Rounds', exact: true }).click();
  await page.locator('#round-heading').waitFor();
}

/** Presses a result at a table, as its button shows it. */
export async function enter(page, table, score) {
  const bar = page.getByRole('toolbar', { name: `Result of Table ${table}:` });
  const button = bar.getByRole('button').filter({ hasText: score });
  await button.click();
  await page.locator(`[role=toolbar][aria-label^="Result of Table ${table}:"]`)
    .locator('[aria-pressed=true]').filter({ hasText: score }).waitFor();
}

/** Enters these results from the first table on. */
export async function enterAll(page, scores) {
  for (const [place, score] of scores.entries()) {
    await enter(page, place + 1, score);
  }
}

export async function finish(page) {
  await page.getByRole('button', { name: 'Finish the tournament' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Finish it' }).click();
  await page.getByText('The tournament is over. Final standings').waitFor();
}
