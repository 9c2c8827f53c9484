// All tournaments.

import { act } from '../act.js';
import { announce } from '../announce.js';
import { ask } from '../dialog.js';
import { element, personName, unseen } from '../dom.js';
import { readTournaments } from '../event/read.js';
import { deleteTournament } from '../event/tournaments.js';
import { focusOn } from '../focus.js';
import { count, label } from '../labels.js';
import { store } from '../session.js';

export async function listView() {
  const region = element('div', {});
  const heading = element('h1', {}, 'Tournaments');
  const paint = async () => {
    const rows = await readTournaments(store());
    region.replaceChildren(rows.length > 0
      ? element('ul', { class: 'cards' }, rows.map((row) => card(row, removed)))
      : empty());
  };
  const removed = async (name) => {
    await paint();
    focusOn(heading);
    announce(`${name} was deleted.`);
  };
  await paint();
  return {
    title: 'Tournaments',
    reread: paint,
    node: element('div', {},
      element('div', { class: 'title-row' },
        heading,
        element('a', { class: 'button primary', href: '#/new' }, 'New tournament')),
      region),
  };
}

const empty = () => element('div', { class: 'card empty' },
  element('p', {}, 'No tournament yet.'),
  element('p', { class: 'hint' },
    'Create one, register the players, and the page pairs the rounds and keeps the standings.'));

function card({ tournament, venue, players }, removed) {
  return element('li', { class: 'card tournament' },
    element('div', { class: 'tournament-main' },
      element('h2', {}, element('a', { href: `#/tournaments/${tournament.id}/players` },
        personName(tournament.name))),
      element('p', { class: 'hint' }, personName(venue.name), ` · ${count(players, 'player')}`)),
    element('span', { class: `chip ${tournament.status}` }, label(tournament.status)),
    element('button', {
      type: 'button',
      class: 'plain danger-text',
      onclick: (event) => askAndDelete(event.currentTarget, tournament, removed),
    }, 'Delete', unseen(` ${tournament.name}`)));
}

async function askAndDelete(button, tournament, removed) {
  const yes = await ask({
    title: 'Delete this tournament?',
    text: `${tournament.name} goes with its registrations, rounds and results. `
      + 'The players stay known for other tournaments.',
    yes: 'Delete it',
  });
  if (yes) {
    act(button, async () => {
      await deleteTournament(store(), tournament);
      await removed(tournament.name);
    });
  }
}
