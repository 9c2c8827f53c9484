// What to offer where the store itself can no longer be used as before.

import { announce } from './announce.js';
import { explain } from './explain.js';
import { notice } from './notices.js';
import { showKept, showSafety } from './safety.js';
import { isKept, lose, store, use } from './session.js';
import { copyToMemory } from './storage.js';

const reload = { text: 'Reload the page', press: () => location.reload() };

const download = {
  text: 'Export the data',
  stays: true,
  press: () => store().download('tournaments.json'),
};

const goOnInMemory = {
  text: 'Go on in memory',
  async press() {
    const kept = store();
    use(await copyToMemory(kept), false);
    showSafety();
    announce('The page goes on in memory.');
    await kept.close().catch(() => {});
  },
};

/** Shows a notice with a way on if there is one for this error, and answers whether it did. */
export function offerRemedy(error) {
  const ways = {
    broken: [reload],
    unavailable: isKept() ? [goOnInMemory, download] : [reload],
    corrupt: [reload, download],
    schema_outdated: [reload],
    schema_too_new: [reload],
    backend: [reload],
  }[error.code];
  if (ways) {
    notice(explain(error), { key: error.code, buttons: ways, urgent: true });
  }
  return ways !== undefined;
}

/** The browser has taken the storage away from under an open store. */
export function storageLost(reason) {
  lose();
  showKept();
  notice(
    `This page is no longer kept: ${reason}. What you see is still here, but nothing more is stored.`,
    { key: 'lost', buttons: [goOnInMemory, download, reload], urgent: true },
  );
}
