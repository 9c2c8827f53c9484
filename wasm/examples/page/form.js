// Fields with a label, a hint and a place for what is wrong with them.

import { element } from './dom.js';

/** A labelled field around a control, which must have an id. */
export function field(text, control, hint) {
  const hintId = `${control.id}-hint`;
  const problemId = `${control.id}-problem`;
  control.setAttribute('aria-describedby', hint ? `${hintId} ${problemId}` : problemId);
  return element('div', { class: 'field' },
    element('label', { for: control.id }, text),
    hint && element('p', { class: 'hint', id: hintId }, hint),
    control,
    element('p', { class: 'problem', id: problemId, hidden: true }));
}

export function choice(id, values, text, chosen) {
  return element('select', { id },
    values.map((value) => element('option', { value, selected: value === chosen }, text(value))));
}

export function clearProblems(form) {
  for (const control of form.querySelectorAll('[aria-invalid]')) {
    control.removeAttribute('aria-invalid');
  }
  for (const problem of form.querySelectorAll('.problem')) {
    problem.hidden = true;
    problem.replaceChildren();
  }
}

/** Shows each problem, `{ control, message }`, at its control, and goes to the first. */
export function showProblems(form, problems) {
  clearProblems(form);
  for (const { control, message } of problems) {
    document.getElementById(control).setAttribute('aria-invalid', 'true');
    const place = document.getElementById(`${control}-problem`);
    place.hidden = false;
    place.append(element('span', {}, message));
  }
  form.querySelector('[aria-invalid]')?.focus();
}

/** What a control is called, for a problem whose message reads on from it. */
export const nameOf = (control) =>
  document.querySelector(`label[for="${control}"]`)?.firstChild.textContent ?? '';
