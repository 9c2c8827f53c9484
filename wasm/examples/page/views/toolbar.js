// A row of buttons that is one stop of the Tab key; the arrow keys move within it.
// https://www.w3.org/WAI/ARIA/apg/patterns/toolbar/

import { element } from '../dom.js';

const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export function toolbar(name, buttons) {
  const stop = (chosen) => buttons.forEach((button) => {
    button.tabIndex = button === chosen ? 0 : -1;
  });
  stop(buttons.find((button) => button.getAttribute('aria-pressed') === 'true') ?? buttons[0]);
  const move = (event) => {
    const place = buttons.indexOf(document.activeElement);
    const next = {
      Home: 0,
      End: buttons.length - 1,
    }[event.key] ?? (place + (steps[event.key] ?? NaN) + buttons.length) % buttons.length;
    if (place >= 0 && Number.isInteger(next)) {
      event.preventDefault();
      buttons[next].focus();
    }
  };
  return element('div', {
    role: 'toolbar',
    class: 'results',
    'aria-label': name,
    onkeydown: move,
    onfocusin: (event) => stop(event.target),
  }, buttons);
}
