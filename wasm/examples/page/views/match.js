// One match: who plays, the result, and the buttons to enter or correct it.

import { act } from '../act.js';
import { announce } from '../announce.js';
import { element, personName, unseen } from '../dom.js';
import { isPlayed, resultOf, score, usualResults, winnerOf } from '../event/results.js';
import { recordResult } from '../event/rounds.js';
import { store } from '../session.js';
import { otherResult } from './other-result.js';
import { toolbar } from './toolbar.js';

export function matchCard(event, match, reread) {
  const names = [match.player1_id, match.player2_id].map((id) => event.names.get(id));
  if (match.player2_id === null) {
    return element('li', { class: 'card match bye' },
      element('h3', {}, 'Bye'),
      element('p', {}, personName(names[0]), ' has no opponent and wins the match.'));
  }
  const table = match.table_number === null ? 'Match' : `Table ${match.table_number}`;
  const record = (control, result, atField) => act(control, async () => {
    await recordResult(store(), match, result);
    await reread();
    announce(result ? said(names, result) : `${table} is open again.`, { quiet: true });
  }, atField);
  const more = otherResult(match, names, record);
  return element('li', { class: isPlayed(match) ? 'card match played' : 'card match' },
    element('h3', {}, table),
    versus(match, names),
    toolbar(`Result of ${table}: ${names[0]} against ${names[1]}`, [
      ...usualResults(event.format.match_structure).map((result) =>
        resultButton(match, names, result, record)),
      more.button,
    ]),
    more.form);
}

function versus(match, names) {
  const result = resultOf(match);
  const winner = isPlayed(match) ? winnerOf(result) : null;
  const side = (place) => element('span', { class: winner === place ? 'side-name won' : 'side-name' },
    personName(names[place - 1]), winner === place && unseen(' (won)'));
  return element('p', { class: 'versus' },
    side(1),
    isPlayed(match)
      ? element('strong', { class: 'score' }, score(result))
      : element('span', { class: 'score open' }, 'vs', unseen(', no result yet')),
    side(2));
}

function resultButton(match, names, result, record) {
  const isThis = isPlayed(match) && score(resultOf(match)) === score(result);
  return element('button', {
    type: 'button',
    id: `result-${match.id}-${result.join('-')}`,
    'aria-pressed': String(isThis),
    'aria-label': `${score(result)} ${outcome(names, result)}`,
    onclick: (pressed) => record(pressed.currentTarget, result),
  }, score(result));
}

const outcome = (names, result) =>
  ['draw', `${names[0]} wins`, `${names[1]} wins`][winnerOf(result)];

const said = (names, result) => `${names[0]} ${score(result)} ${names[1]}: stored.`;
