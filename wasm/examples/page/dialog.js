// A question before something that cannot be taken back.

import { element } from './dom.js';

/** Whether the user says yes. The focus returns to where it was. */
export function ask({ title, text, yes }) {
  const dialog = element('dialog', { 'aria-labelledby': 'ask-title', 'aria-describedby': 'ask-text' },
    element('form', { method: 'dialog' },
      element('h2', { id: 'ask-title' }, title),
      element('p', { id: 'ask-text' }, text),
      element('div', { class: 'buttons' },
        element('button', { value: 'no', class: 'plain', autofocus: true }, 'Cancel'),
        element('button', { value: 'yes', class: 'danger' }, yes))));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      answer(dialog.returnValue === 'yes');
    });
  });
}
