// Any other result of a match, and taking a result back.

import { element } from '../dom.js';
import { isPlayed, resultOf } from '../event/results.js';
import { clearProblems, field, nameOf, showProblems } from '../form.js';

const fields = ['player1_wins', 'player2_wins', 'draws'];

/** A button that opens the form, and the form. */
export function otherResult(match, names, record) {
  const idOf = (name) => `${name}-${match.id}`;
  const formId = `other-${match.id}`;
  const texts = [`Games won by ${names[0]}`, `Games won by ${names[1]}`, 'Drawn games'];
  const result = resultOf(match);

  const submit = (submitted) => {
    submitted.preventDefault();
    clearProblems(form);
    const given = fields.map((name) => form.querySelector(`#${idOf(name)}`));
    const unclear = given.filter((control) =>
      control.validity.badInput || control.value === '' || !Number.isInteger(Number(control.value)));
    if (unclear.length > 0) {
      showProblems(form, unclear.map(({ id }) =>
        ({ control: id, message: `${nameOf(id)}: must be a whole number.` })));
      return;
    }
    record(form.querySelector('button'), given.map((control) => Number(control.value)), atField);
  };
  const atField = (error) => {
    if (error.code !== 'validation') {
      return false;
    }
    showProblems(form, error.problems.map(({ field: name, message }) => {
      const control = idOf(fields.includes(name) ? name : fields[0]);
      return { control, message: `${nameOf(control)}: ${message}.` };
    }));
    return true;
  };

  const form = element('form', { id: formId, class: 'other', hidden: true, novalidate: true, onsubmit: submit },
    element('fieldset', {},
      element('legend', {}, 'Other result'),
      fields.map((name, place) => field(texts[place], element('input', {
        id: idOf(name), type: 'number', min: 0, step: 1, inputmode: 'numeric', value: result[place],
      })))),
    element('div', { class: 'buttons' },
      element('button', { class: 'primary' }, 'Store'),
      isPlayed(match) && element('button', {
        type: 'button',
        class: 'plain',
        onclick: (pressed) => record(pressed.currentTarget, null),
      }, 'Take the result back')));

  const button = element('button', {
    type: 'button',
    id: `other-button-${match.id}`,
    'aria-expanded': 'false',
    'aria-controls': formId,
    'aria-label': 'Other result',
    onclick() {
      form.hidden = !form.hidden;
      button.setAttribute('aria-expanded', String(!form.hidden));
      if (!form.hidden) {
        form.querySelector('input').focus();
      }
    },
  }, '…');
  return { button, form };
}
