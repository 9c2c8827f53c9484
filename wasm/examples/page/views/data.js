// Taking the data along: export, import, and deleting all of it.

import { act } from '../act.js';
import { announce } from '../announce.js';
import { ask } from '../dialog.js';
import { element } from '../dom.js';
import { clearProblems, field, showProblems } from '../form.js';
import { count } from '../labels.js';
import { safety } from '../safety.js';
import { store } from '../session.js';

const FILE = 'tournaments.json';
const SHOWN_PROBLEMS = 5;

export async function dataView() {
  return {
    title: 'Export and import',
    reread: async () => {},
    node: element('div', { class: 'narrow' },
      element('h1', {}, 'Export and import'),
      exportCard(), importCard(), keptCard()),
  };
}

const exportCard = () => element('section', { class: 'card form' },
  element('h2', {}, 'Export'),
  element('p', {}, 'One file with everything: players, venues, formats, tournaments and results.'),
  element('div', { class: 'buttons' }, element('button', {
    type: 'button',
    class: 'primary',
    onclick: (pressed) => act(pressed.currentTarget, async () => {
      await store().download(FILE);
      announce(`${FILE} goes to your downloads.`);
    }),
  }, 'Download the file')),
  element('h3', {}, 'On the command line'),
  element('p', { id: 'native' }, 'The native program takes the same file on, into any of its databases:'),
  element('pre', { tabindex: 0, 'aria-labelledby': 'native' }, element('code', {},
    `td migrate up\ntd import ${FILE}\ntd standings --all`)));

function importCard() {
  const file = element('input', { id: 'import-file', type: 'file', accept: '.json,application/json' });
  const way = (value, text, checked) => element('label', { class: 'option' },
    element('input', { type: 'radio', name: 'import-way', value, checked }), element('span', {}, text));
  const form = element('form', { class: 'card form', novalidate: true, onsubmit: submit },
    element('h2', {}, 'Import'),
    field('A file that was exported', file),
    element('fieldset', { class: 'options' },
      element('legend', {}, 'What is here already'),
      way('add', 'Stays; the file is added to it', true),
      way('replace', 'Gives way to the file')),
    element('div', { class: 'buttons' }, element('button', { class: 'primary' }, 'Import the file')));

  function submit(submitted) {
    submitted.preventDefault();
    clearProblems(form);
    const replace = form.elements['import-way'].value === 'replace';
    act(form.querySelector('button'), async () => {
      const [chosen] = file.files;
      if (!chosen) {
        showProblems(form, [{ control: file.id, message: 'Choose a file first.' }]);
        return;
      }
      const dataset = await store().upload(chosen, { replace });
      form.reset();
      const { tournaments = [], players = [] } = dataset;
      announce(`Imported: ${count(tournaments.length, 'tournament')} and ${count(players.length, 'player')}.`);
    }, (error) => refused(form, file.id, error));
  }
  return form;
}

/** Says at the file's field what is wrong with the file, if it is the file. */
function refused(form, control, error) {
  const messages = {
    validation: problemsIn,
    already_exists: () => ['Something in the file is here already, or is taken twice. '
      + 'Nothing was imported. The file can replace what is here.'],
    reference_missing: () => ['Something in the file belongs to what neither the file nor this page '
      + 'has. Nothing was imported.'],
  }[error.code]?.(error);
  if (!messages) {
    return false;
  }
  showProblems(form, messages.map((message) => ({ control, message })));
  return true;
}

function problemsIn({ problems }) {
  const listed = problems.slice(0, SHOWN_PROBLEMS).map(({ entity, index, field: name, message }) =>
    `${entity}${index == null ? '' : ` no. ${index + 1}`}: ${name} ${message}.`);
  const more = problems.length - listed.length;
  return [
    'The file cannot be imported; nothing of it was.',
    ...listed,
    ...(more > 0 ? [`And ${count(more, 'more problem')}.`] : []),
  ];
}

const keptCard = () => element('section', { class: 'card form' },
  element('h2', {}, 'What is kept here'),
  element('p', {}, safety()),
  element('div', { class: 'buttons' }, element('button', {
    type: 'button',
    class: 'plain danger-text',
    async onclick({ currentTarget }) {
      const yes = await ask({
        title: 'Delete everything?',
        text: 'All tournaments, players, venues and formats on this page go. This cannot be undone.',
        yes: 'Delete everything',
      });
      if (yes) {
        act(currentTarget, async () => {
          await store().clear();
          announce('Everything was deleted.');
        });
      }
    },
  }, 'Delete everything …')));
