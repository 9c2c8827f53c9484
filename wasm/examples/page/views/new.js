// A new tournament.

import { baseFormats, gameSystems } from '../../../dist/browser.js';
import { act } from '../act.js';
import { announce } from '../announce.js';
import { element } from '../dom.js';
import { createTournament, otherFormat, problemsOf } from '../event/tournaments.js';
import { choice, clearProblems, field, nameOf, showProblems } from '../form.js';
import { label } from '../labels.js';
import { store } from '../session.js';

// Where the page asks for a field of the rows that it stores. The others follow from these: the card
// pool of a format is refused only where its name is.
const controls = {
  'tournament.name': 'new-name',
  'tournament.registration.max_players': 'new-max',
  'venue.name': 'new-venue',
  'player.name': 'new-organiser',
  'format.name': 'new-format',
};

export async function newView() {
  const form = element('form', { class: 'card form', novalidate: true, onsubmit: submit },
    element('fieldset', {},
      element('legend', {}, 'The event'),
      field('Name', textBox('new-name')),
      field('Venue', textBox('new-venue')),
      field('Organiser', textBox('new-organiser'), 'Whoever runs it; may play too.'),
      field('Most players', element('input', {
        id: 'new-max', type: 'number', min: 0, step: 1, inputmode: 'numeric',
      }), 'Leave empty for any number.')),
    element('fieldset', {},
      element('legend', {}, 'The format'),
      field('Game', choice('new-game', gameSystems, label)),
      field('Base format', choice('new-base', baseFormats, label)),
      field('Format name', textBox('new-format'), 'For instance Pauper, Standard or Booster Draft.'),
      field('Matches', choice('new-structure', ['BO3', 'BO1'], label))),
    element('div', { class: 'buttons' },
      element('button', { class: 'primary' }, 'Create the tournament'),
      element('a', { class: 'button plain', href: '#/' }, 'Cancel')));
  return {
    title: 'New tournament',
    reread: async () => {},
    node: element('div', { class: 'narrow' }, element('h1', {}, 'New tournament'), form),
  };
}

const textBox = (id) => element('input', { id, type: 'text', required: true, autocomplete: 'off' });

function submit(event) {
  event.preventDefault();
  const form = event.currentTarget;
  clearProblems(form);
  act(form.querySelector('button'), async () => {
    const wish = read(form);
    const problems = await findProblems(form, wish);
    if (problems.length > 0) {
      showProblems(form, problems);
      return;
    }
    const tournament = await createTournament(store(), wish);
    location.hash = `#/tournaments/${tournament.id}/players`;
    announce(`${tournament.name} was created. Now register the players.`);
  });
}

function read(form) {
  const text = (id) => form.querySelector(`#${id}`).value.trim();
  return {
    name: text('new-name'),
    venue: text('new-venue'),
    organiser: text('new-organiser'),
    maxPlayers: text('new-max') === '' ? null : Number(text('new-max')),
    gameSystem: text('new-game'),
    baseFormat: text('new-base'),
    format: text('new-format'),
    matchStructure: text('new-structure'),
  };
}

async function findProblems(form, wish) {
  const isWhole = !form.querySelector('#new-max').validity.badInput
    && Number.isInteger(wish.maxPlayers ?? 0);
  const looked = isWhole ? wish : { ...wish, maxPlayers: null };
  const problems = (await problemsOf(looked))
    .map(({ entity, field: name, message }) => ({ control: controls[`${entity}.${name}`], message }))
    .filter(({ control }) => control !== undefined)
    .map(({ control, message }) => ({ control, message: `${nameOf(control)} ${message}.` }));
  if (!isWhole) {
    problems.push({ control: 'new-max', message: `${nameOf('new-max')} must be a whole number.` });
  }
  const other = problems.length === 0 ? await otherFormat(store(), wish) : null;
  if (other) {
    problems.push({ control: 'new-format', message: already(other) });
  }
  return problems;
}

const already = (format) =>
  `This format is already known as ${label(format.base_format)}`
  + `${format.match_structure ? `, ${label(format.match_structure)}` : ''}. `
  + 'Choose the same, or another name.';
