// What the page shows, as data.

/** Goes to the standings and reads them. */
export async function standingsOn(page) {
  await page.getByRole('link', { name: 'Standings', exact: true }).click();
  await page.getByRole('heading', { name: 'Standings', exact: true }).waitFor();
  return standingRows(page);
}

/** The rows of the standings: `{ rank, name, points, record, omw, gw, ogw }`. */
export const standingRows = (page) => page.locator('.standings tbody tr').evaluateAll((rows) =>
  rows.map((row) => {
    const text = (selector) => row.querySelector(selector).textContent;
    return {
      rank: Number(text('.rank')),
      name: text('.name'),
      points: Number(text('.points')),
      record: text('.record'),
      omw: text('.omw'),
      gw: text('.gw'),
      ogw: text('.ogw'),
    };
  }));

/** The matches of the round that is shown: `{ names, score }`, one name for a bye. */
export const matchesOn = (page) => page.locator('.match').evaluateAll((cards) => cards.map((card) => ({
  names: [...card.querySelectorAll('.name')].map((name) => name.textContent),
  score: card.querySelector('strong.score')?.textContent ?? null,
})));

/** Who meets whom, in whichever order. */
export const pairsOf = (matches) => matches
  .filter(({ names }) => names.length === 2)
  .map(({ names }) => [...names].sort().join(' – '));

export const byesOf = (matches) => matches
  .filter(({ names }) => names.length === 1)
  .map(({ names }) => names[0]);
