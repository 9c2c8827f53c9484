// What stays on the page until somebody has seen to it.

import { announce } from './announce.js';
import { element } from './dom.js';
import { explain } from './explain.js';
import { focusOn } from './focus.js';

/**
 * A notice with buttons, `{ text, press, stays }`: unless it stays, it goes when its button has done its
 * work. An urgent notice takes the focus. There is one at most of each key.
 */
export function notice(text, { buttons = [], urgent = false, key = text, dismissable = true } = {}) {
  const region = document.getElementById('notices');
  dismiss(key);
  const box = element('div', { class: urgent ? 'notice urgent' : 'notice', role: 'group', 'aria-label': 'Notice' },
    element('p', {}, text));
  box.dataset.notice = key;
  const all = dismissable ? [...buttons, { text: 'Hide this notice', press: () => {} }] : buttons;
  if (all.length > 0) {
    box.append(element('div', { class: 'buttons' }, all.map((button) => element('button', {
      type: 'button',
      class: buttons.includes(button) ? null : 'plain',
      async onclick() {
        try {
          await button.press();
        } catch (error) {
          announce(explain(error));
          return;
        }
        if (button.stays) {
          return;
        }
        if (box.contains(document.activeElement)) {
          focusOn(document.getElementById('main'));
        }
        box.remove();
      },
    }, button.text))));
  }
  region.append(box);
  if (urgent) {
    focusOn(box);
  }
}

export function dismiss(key) {
  for (const box of document.querySelectorAll('[data-notice]')) {
    if (box.dataset.notice === key) {
      box.remove();
    }
  }
}
