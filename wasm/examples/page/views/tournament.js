// One tournament: its head, and one of its three parts beneath.

import { element, personName } from '../dom.js';
import { readEvent, takingPart } from '../event/read.js';
import { replace } from '../focus.js';
import { count, label } from '../labels.js';
import { store } from '../session.js';
import { playersPart } from './players.js';
import { roundsPart } from './rounds.js';
import { standingsPart } from './standings.js';

const parts = {
  players: { text: 'Players', make: playersPart },
  rounds: { text: 'Rounds', make: roundsPart },
  standings: { text: 'Standings', make: standingsPart },
};

/** A part answers `{ node, update }`; `update` is given the event as it is now. */
export async function tournamentView([, id, name = 'players', number]) {
  const head = element('div', { class: 'event-head' });
  const heading = element('h1', {});
  const facts = element('div', { class: 'facts' });
  head.append(heading, facts);
  const event = await readEvent(store(), id);

  const reread = async () => update(await readEvent(store(), id));
  const part = parts[name].make(event, reread, number && Number(number));
  const update = (now) => {
    heading.replaceChildren(personName(now.tournament.name));
    replace(facts, describe(now));
    part.update(now);
  };
  update(event);
  return {
    title: `${event.tournament.name}: ${parts[name].text}`,
    reread,
    node: element('div', {}, head, tabs(id, name), part.node),
  };
}

const describe = ({ tournament, format, venue, ...event }) => [
  element('span', { class: `chip ${tournament.status}` }, label(tournament.status)),
  element('span', {}, personName(venue.name)),
  element('span', {}, `${label(format.game_system)}, `, personName(format.name)),
  element('span', {}, count(takingPart(event).length, 'player'),
    tournament.registration.max_players !== null && ` of ${tournament.registration.max_players}`),
];

const tabs = (id, current) => element('nav', { class: 'tabs', 'aria-label': 'Parts of the tournament' },
  Object.entries(parts).map(([name, { text }]) => element('a', {
    href: `#/tournaments/${id}/${name}`,
    'aria-current': name === current && 'page',
  }, text)));
