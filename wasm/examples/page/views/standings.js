// The standings, whole and in short.

import { element, personName, unseen } from '../dom.js';

const percent = (share) => (share * 100).toFixed(1);

export function standingsPart() {
  const region = element('div', {});
  return {
    node: element('section', { class: 'card' }, element('h2', {}, 'Standings'), region),
    update: (event) => region.replaceChildren(...whole(event)),
  };
}

function whole(event) {
  if (event.standings.length === 0) {
    return [element('p', { class: 'hint' }, 'Nobody is registered yet.')];
  }
  const columns = [
    ['points', 'Points', ({ points }) => String(points)],
    ['record', 'Record', record],
    ['omw', 'OMW %', (row) => percent(row.opponents_match_win)],
    ['gw', 'GW %', (row) => percent(row.game_win)],
    ['ogw', 'OGW %', (row) => percent(row.opponents_game_win)],
  ];
  return [
    element('div', { class: 'table-frame' },
      table(event, caption(event), columns)),
    element('p', { class: 'hint' },
      'Record: matches won–lost–drawn. Equal points are decided by OMW %, the average match-win '
        + 'percentage of the opponents, then GW %, the games won by the player, then OGW %, the '
        + 'average of the opponents’.'),
  ];
}

/** Beside the rounds, where there is room. */
export const shortStandings = (event) => element('div', { class: 'table-frame' },
  table(event, 'Standings so far', [
    ['points', 'Points', ({ points }) => String(points)],
    ['record', 'Record', record],
  ]));

function caption(event) {
  const rounds = event.rounds.length;
  if (event.tournament.status === 'completed') {
    return 'Final standings';
  }
  return rounds === 0 ? 'Before the first round' : `During or after round ${rounds}`;
}

const record = ({ wins, losses, draws }) => `${wins}–${losses}–${draws}`;

function table(event, title, columns) {
  const dropped = new Set(event.registrations
    .filter(({ status }) => status === 'dropped')
    .map((row) => row.player_id));
  return element('table', { class: 'standings' },
    element('caption', {}, title),
    element('thead', {}, element('tr', {},
      element('th', { scope: 'col', class: 'number rank' }, '#', unseen(' Rank')),
      element('th', { scope: 'col' }, 'Name'),
      columns.map(([name, text]) => element('th', { scope: 'col', class: `number ${name}` }, text)))),
    element('tbody', {}, event.standings.map((row) => element('tr', {},
      element('td', { class: 'number rank' }, String(row.rank)),
      element('th', { scope: 'row' },
        personName(event.names.get(row.player_id)),
        dropped.has(row.player_id) && element('span', { class: 'dropped-mark' }, ' dropped')),
      columns.map(([name, , text]) => element('td', { class: `number ${name}` }, text(row)))))));
}
