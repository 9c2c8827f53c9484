// Who takes part: registering, dropping and coming back.

import { act } from '../act.js';
import { announce } from '../announce.js';
import { element, personName, unseen } from '../dom.js';
import { drop, problemsOfNames, registerPlayers, remove, takeBack } from '../event/players.js';
import { isComing, isOver, takingPart } from '../event/read.js';
import { explain } from '../explain.js';
import { focusOn, replace } from '../focus.js';
import { clearProblems, field, showProblems } from '../form.js';
import { count, label } from '../labels.js';
import { store } from '../session.js';

export function playersPart(event, reread) {
  const heading = element('h2', {}, 'Registered players');
  const table = element('div', {});
  const forms = element('div', { class: 'side' },
    registrationForm(event, reread, {
      title: 'Register a player',
      control: element('input', { id: 'player-name', type: 'text', autocomplete: 'off' }),
      name: 'Name',
      press: 'Register',
      namesIn: (text) => [{ line: 1, name: text.trim() }],
      at: () => 'The name',
    }),
    registrationForm(event, reread, {
      title: 'Register several',
      control: element('textarea', { id: 'player-names', rows: 5, autocomplete: 'off' }),
      name: 'Names',
      hint: 'One on each line.',
      press: 'Register all',
      namesIn: linesOf,
      at: ({ line, name }) => `Line ${line} (${shortened(name)})`,
    }));
  const closed = element('p', { class: 'hint' }, 'The tournament is over.');
  const update = (now) => {
    forms.hidden = isOver(now);
    closed.hidden = !isOver(now);
    replace(table, playersTable(now, async (said) => {
      await reread();
      if (document.activeElement === document.body) {
        focusOn(heading);
      }
      announce(said);
    }));
  };
  return {
    node: element('div', { class: 'with-side' },
      forms,
      element('section', { class: 'card' }, heading, closed, table)),
    update,
  };
}

function linesOf(text) {
  return text.split(/\r?\n/)
    .map((line, index) => ({ line: index + 1, name: line.trim() }))
    .filter(({ name }) => name !== '');
}

const shortened = (name) => ([...name].length > 20 ? `${[...name].slice(0, 20).join('')}…` : name);

function registrationForm(event, reread, { title, control, name, hint, press, namesIn, at }) {
  const id = event.tournament.id;
  const submit = (submitted) => {
    submitted.preventDefault();
    const form = submitted.currentTarget;
    clearProblems(form);
    const given = namesIn(control.value);
    const show = (messages) =>
      showProblems(form, messages.map((message) => ({ control: control.id, message })));
    act(form.querySelector('button'), async () => {
      const names = given.map((one) => one.name);
      const problems = names.length === 0
        ? ['There is no name here.']
        : (await problemsOfNames(names)).map(({ index, message }) => `${at(given[index])} ${message}.`);
      if (problems.length > 0) {
        show(problems);
        return;
      }
      const registered = await registerPlayers(store(), { id }, names);
      control.value = '';
      control.focus();
      await reread();
      announce(registered.length === 1
        ? `${given[0].name} is number ${registered[0].sequence_id}.`
        : `${count(registered.length, 'player')} registered.`);
    }, (error) => {
      if (error.code === 'full') {
        show([`${explain(error)} Nobody was registered.`]);
      }
      return error.code === 'full';
    });
  };
  return element('form', { class: 'card form', novalidate: true, onsubmit: submit },
    element('h2', {}, title),
    field(name, control, hint),
    element('div', { class: 'buttons' }, element('button', { class: 'primary' }, press)));
}

function playersTable(event, done) {
  if (event.registrations.length === 0) {
    return element('p', { class: 'hint' }, 'Nobody is registered yet.');
  }
  return element('div', { class: 'table-frame' }, element('table', { class: 'players' },
    element('caption', {}, `${count(takingPart(event).length, 'player')} taking part`),
    element('thead', {}, element('tr', {},
      element('th', { scope: 'col', class: 'number' }, 'No.'),
      element('th', { scope: 'col' }, 'Name'),
      element('th', { scope: 'col' }, 'Status'),
      !isOver(event) && element('th', { scope: 'col' }, unseen('Action')))),
    element('tbody', {}, event.registrations.map((row) => playerRow(event, row, done)))));
}

function playerRow(event, registration, done) {
  const name = event.names.get(registration.player_id);
  const { text, work, said } = changeOf(event, registration);
  return element('tr', { class: registration.status },
    element('td', { class: 'number' }, String(registration.sequence_id)),
    element('th', { scope: 'row' }, personName(name)),
    element('td', {}, label(registration.status)),
    !isOver(event) && element('td', { class: 'action' }, element('button', {
      type: 'button',
      id: `change-${registration.id}`,
      class: 'plain',
      onclick: (pressed) => act(pressed.currentTarget, async () => {
        await work();
        await done(`${name} ${said}.`);
      }),
    }, text, unseen(` ${name}`))));
}

/** What can be done with a registration at this point of the tournament. */
function changeOf(event, registration) {
  if (registration.status === 'dropped') {
    return {
      text: 'Take back',
      said: 'takes part again',
      work: () => takeBack(store(), registration, !isComing(event)),
    };
  }
  return isComing(event)
    ? { text: 'Remove', said: 'was removed', work: () => remove(store(), registration) }
    : { text: 'Drop', said: 'has dropped', work: () => drop(store(), registration) };
}
