// The life of a tournament, step by step.

import { moveTo } from '../../../dist/browser.js';

const steps = ['draft', 'registration_open', 'registration_closed', 'in_progress', 'completed'];

/** The tournament, moved on to a later status by way of those between. */
export async function advancedTo(tournament, status) {
  const [now, then] = [tournament.status, status].map((one) => steps.indexOf(one));
  let advanced = tournament;
  for (const next of steps.slice(now + 1, then + 1)) {
    advanced = await moveTo(advanced, next);
  }
  return advanced;
}
