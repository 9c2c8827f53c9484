// Opening a store: kept in the browser, or in memory.

import { deletePersistent, openMemory, openPersistent } from '../../dist/browser.js';

const name = 'tournament-director-example';

export const openKept = (options) => openPersistent({ name, ...options });

/** Deletes what is kept, and begins anew. */
export async function openEmptied() {
  await deletePersistent(name);
  return openKept();
}

/** A store in memory that begins with all that another holds. */
export async function copyToMemory(from) {
  const memory = await openMemory();
  if (from) {
    await memory.import(await from.export());
  }
  return memory;
}

/** One sentence for each thing that opening brought to light. */
export function whatHappened({ evicted, recovered }) {
  return [
    evicted
      && 'The browser has deleted what this page had kept, to free space: '
        + 'if you have an exported file, import it.',
    recovered > 0
      && 'The end of the stored record was damaged: the page went back to the last whole change, '
        + 'so look whether the latest results are there.',
  ].filter(Boolean);
}

/** One sentence on how safe it is. */
export function howSafe(isKept, persistence) {
  if (!isKept) {
    return 'In memory only: nothing is kept once this page is closed.';
  }
  switch (persistence.persisted) {
    case true:
      return 'Kept in this browser, which has promised not to delete it by itself.';
    case false:
      return 'Kept in this browser, which may delete it when space runs short: export it now and then.';
    default:
      return 'Kept in this browser, which does not say for how long: export it now and then.';
  }
}
