// Before a store is open: somebody else has it, or the browser keeps nothing.

import { announce } from '../announce.js';
import { element } from '../dom.js';
import { focusOn } from '../focus.js';
import { copyToMemory, openEmptied, openKept } from '../storage.js';

/** Resolves once there is a store to work on: `{ store, isKept, asked }`. */
export async function openingView(region) {
  let open = keptWith({});
  for (let asked = false; ; asked = true) {
    try {
      return { ...await open(), asked };
    } catch (error) {
      open = await choose(region, matter(error, open), asked);
    }
  }
}

const keptWith = (options) => async () => ({ store: await openKept(options), isKept: true });
const recovered = keptWith({ recover: true });
const emptied = async () => ({ store: await openEmptied(), isKept: true });
const memory = async () => ({ store: await copyToMemory(), isKept: false });

/** Shows what is the matter and resolves with the way to open that the user chose. */
function choose(region, { title, text, ways, still }, again) {
  const status = element('p', { role: 'status', class: 'hint' }, again && still);
  return new Promise((answer) => {
    const heading = element('h1', {}, title);
    region.replaceChildren(element('section', { class: 'card panel' },
      heading,
      text.map((sentence) => element('p', {}, sentence)),
      element('div', { class: 'buttons' }, ways.map((way, place) => element('button', {
        type: 'button',
        class: place === 0 ? 'primary' : 'plain',
        onclick(event) {
          for (const button of event.target.parentElement.children) {
            button.disabled = true;
          }
          status.textContent = way.meanwhile ?? '';
          answer(way.open);
        },
      }, way.text))),
      status));
    document.title = `${title} · Tournament Director`;
    if (again) {
      focusOn(heading);
      announce(status.textContent || title);
    }
  });
}

const tryAgain = { text: 'Try again', open: keptWith({}) };
const inMemory = { text: 'Go on in memory', open: memory };

/** What is the matter, after this way to open has failed. */
function matter(error, tried) {
  switch (error.code) {
    case 'busy':
      return {
        title: 'Open in another tab',
        still: 'It is still open in the other tab.',
        text: [
          'Another tab or window has these tournaments open. Only one at a time can work on them.',
          'Close the other one, then go on here with the same data.',
        ],
        ways: [
          { text: 'Go on here', open: keptWith({}) },
          {
            text: 'Wait until it is closed',
            open: keptWith({ wait: true }),
            meanwhile: 'Waiting. This tab goes on as soon as the other one is closed.',
          },
        ],
      };
    case 'corrupt':
      return tried === recovered ? beyondRepair : damaged;
    case 'schema_too_new':
      return {
        title: 'Stored by a newer version',
        text: ['A newer version of this page has stored these tournaments. Reload the page to get it.'],
        ways: [tryAgain, inMemory],
      };
    case 'unavailable':
      return {
        title: 'This browser keeps nothing for this page',
        text: [
          'The browser refuses to store data here: this happens in private windows, when the disk is '
            + 'full, or when site data is blocked in the settings.',
          'You can go on in memory. Everything is then gone once the page is closed, '
            + 'so export the data before.',
        ],
        ways: [tryAgain, inMemory],
      };
    default:
      throw error;
  }
}

const damaged = {
  title: 'What is stored is damaged',
  text: [
    'The record of the tournaments in this browser cannot be read to its end.',
    'The page can go back to the last whole change. What came after it is then lost.',
  ],
  ways: [{ text: 'Go back to the last whole change', open: recovered }, inMemory],
};

const beyondRepair = {
  title: 'What is stored cannot be read',
  text: [
    'The record of the tournaments in this browser is damaged from its beginning.',
    'The page can delete it and begin anew. If you have an exported file, import it then.',
  ],
  ways: [inMemory, { text: 'Delete it and begin anew', open: emptied }],
};
