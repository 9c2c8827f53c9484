// The rounds: pairing, results, and the end.

import { act } from '../act.js';
import { announce } from '../announce.js';
import { ask } from '../dialog.js';
import { element } from '../dom.js';
import { isComing, isOver, matchesOf, openMatches, takingPart, usualRounds } from '../event/read.js';
import { finish, pairNextRound } from '../event/rounds.js';
import { focusOn, keyed, replace } from '../focus.js';
import { count } from '../labels.js';
import { store } from '../session.js';
import { matchCard } from './match.js';
import { shortStandings } from './standings.js';

export function roundsPart(event, reread, number) {
  const { id } = event.tournament;
  const rounds = element('div', {});
  const heading = element('h2', { id: 'round-heading' });
  const progress = element('p', { class: 'hint' });
  const matches = element('ul', { class: 'matches' });
  const buttons = element('div', { class: 'buttons' });
  const aside = element('aside', { class: 'card beside', 'aria-label': 'Standings so far' });

  const update = (now) => {
    const round = now.rounds.find((one) => one.round_number === number) ?? now.rounds.at(-1);
    rounds.replaceChildren(roundLinks(id, now, round));
    heading.textContent = round ? `Round ${round.round_number}` : 'No round yet';
    progress.textContent = progressOf(now, round);
    keyed(matches, round ? matchesOf(now, round) : [], ({ id: match, version }) => `${match} ${version}`,
      (match) => matchCard(now, match, reread));
    replace(buttons, nextSteps(now, { reread, heading }));
    aside.replaceChildren(shortStandings(now));
    aside.hidden = now.rounds.length === 0;
  };
  return {
    node: element('div', { class: 'with-aside' },
      element('section', { 'aria-labelledby': 'round-heading' },
        rounds, heading, progress, matches, buttons),
      aside),
    update,
  };
}

const roundLinks = (id, event, current) => (event.rounds.length < 2 ? '' : element('nav',
  { class: 'rounds', 'aria-label': 'Rounds' },
  event.rounds.map((round) => element('a', {
    href: `#/tournaments/${id}/rounds/${round.round_number}`,
    'aria-current': round === current && 'page',
    'aria-label': `Round ${round.round_number}`,
  }, String(round.round_number)))));

function progressOf(event, round) {
  if (!round) {
    const players = takingPart(event).length;
    return players < 2
      ? 'Register two players at least, then pair the first round.'
      : `${count(players, 'player')}: ${count(usualRounds(players), 'round')} `
        + 'leave one at most without a loss.';
  }
  const open = openMatches(event, round);
  const all = matchesOf(event, round).length;
  return open === 0
    ? 'All results are in. They can still be corrected.'
    : `${all - open} of ${count(all, 'result')} in.`;
}

/** The buttons for what may come next. */
function nextSteps(event, view) {
  const last = event.rounds.at(-1);
  if (isOver(event)) {
    return element('p', { class: 'hint' }, 'The tournament is over. ',
      element('a', { href: `#/tournaments/${event.tournament.id}/standings` }, 'Final standings'));
  }
  if (takingPart(event).length < 2 && isComing(event)) {
    return element('a', {
      class: 'button primary',
      href: `#/tournaments/${event.tournament.id}/players`,
    }, 'Register players');
  }
  if (last && openMatches(event, last) > 0) {
    return element('p', { class: 'hint' },
      `Round ${event.rounds.length + 1} can be paired once all results are in.`);
  }
  const enough = event.rounds.length >= usualRounds(event.registrations.length);
  const pairButton = takingPart(event).length >= 2 && pairingButton(event, enough, view);
  const finishButton = last && finishingButton(event, enough, view);
  return enough ? [finishButton, pairButton] : [pairButton, finishButton];
}

const pairingButton = (event, enough, { reread, heading }) => element('button', {
  type: 'button',
  id: 'pair',
  class: enough ? 'plain' : 'primary',
  onclick: (pressed) => act(pressed.currentTarget, async () => {
    const round = await pairNextRound(store(), event);
    const here = `#/tournaments/${event.tournament.id}/rounds`;
    // The newest round is what this address shows.
    history.replaceState(null, '', here);
    await reread();
    focusOn(heading);
    announce(`Round ${round.round_number} is paired.`);
  }),
}, `Pair round ${event.rounds.length + 1}`);

const finishingButton = (event, enough, { reread, heading }) => element('button', {
  type: 'button',
  id: 'finish',
  class: enough ? 'primary' : 'plain',
  async onclick({ currentTarget }) {
    const yes = await ask({
      title: 'Finish the tournament?',
      text: 'No round and no player can be added afterwards. Results can still be corrected.',
      yes: 'Finish it',
    });
    if (yes) {
      act(currentTarget, async () => {
        await finish(store(), event);
        await reread();
        focusOn(heading);
        announce('The tournament is over.');
      });
    }
  },
}, 'Finish the tournament');
