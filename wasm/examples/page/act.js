// Everything that the user sets off and that touches the store.

import { announce } from './announce.js';
import { explain } from './explain.js';
import { offerRemedy } from './remedies.js';
import { showKept } from './safety.js';

let queue = Promise.resolve();
let reread = async () => {};

/** How the page reads again what it shows. */
export function onReread(read) {
  reread = read;
}

/**
 * Does the work of a button once what was set off before is done. Pressing it again meanwhile does
 * nothing. `atField` is asked first where the work fails: it shows what it can at a field and
 * answers whether it did.
 */
export function act(button, work, atField = () => false) {
  if (button.getAttribute('aria-disabled') === 'true') {
    return;
  }
  button.setAttribute('aria-disabled', 'true');
  queue = queue.then(async () => {
    try {
      await work();
    } catch (error) {
      await fail(error, atField);
    } finally {
      button.removeAttribute('aria-disabled');
      showKept();
    }
  });
}

async function fail(error, atField) {
  if (atField(error)) {
    return;
  }
  if (error.code !== 'broken') {
    await reread();
  }
  if (!offerRemedy(error)) {
    announce(explain(error));
  }
}
