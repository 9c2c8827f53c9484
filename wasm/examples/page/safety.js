// How safe the data is, in the foot of every view, and at its top if it is not kept at all.

import { notice } from './notices.js';
import { isKept, isLost, store } from './session.js';
import { howSafe } from './storage.js';

/** One sentence on how safe the data is. */
export const safety = () => (isLost()
  ? 'No longer kept: nothing that is changed now is stored.'
  : howSafe(isKept(), store().persistence));

/** The sentence in the foot. The browser may take its time to answer, so it is written again and again. */
export function showKept() {
  document.getElementById('kept').textContent = safety();
}

export function showSafety() {
  showKept();
  if (!isKept()) {
    notice(
      'This page works in memory: everything is gone once it is closed or reloaded. '
        + 'Export the data before.',
      { key: 'memory', dismissable: false },
    );
  }
}
