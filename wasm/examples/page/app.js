// The frame around the views: opens the store, then shows what the address asks for.

import { onReread } from './act.js';
import { element } from './dom.js';
import { focusOn } from './focus.js';
import { notice } from './notices.js';
import { storageLost } from './remedies.js';
import { showKept, showSafety } from './safety.js';
import { store, use } from './session.js';
import { whatHappened } from './storage.js';
import { dataView } from './views/data.js';
import { listView } from './views/list.js';
import { newView } from './views/new.js';
import { openingView } from './views/opening.js';
import { tournamentView } from './views/tournament.js';

// Each view answers `{ title, node, reread }`: `reread` brings up to date what it shows, and leaves what is
// being typed.
const routes = [
  [/^#\/new$/, newView],
  [/^#\/data$/, dataView],
  [/^#\/tournaments\/([^/]+)(?:\/(players|standings))?$/, tournamentView],
  [/^#\/tournaments\/([^/]+)\/(rounds)(?:\/(\d+))?$/, tournamentView],
];

let shown = 0;

export async function start() {
  const opened = await openingView(document.getElementById('view'));
  use(opened.store, opened.isKept);
  if (opened.isKept) {
    whatHappened(opened.store.persistence).forEach((sentence) => notice(sentence));
    opened.store.onLost(storageLost);
  }
  showSafety();
  document.getElementById('site-nav').hidden = false;
  addEventListener('hashchange', () => show({ moved: true }));
  skipWithoutMoving();
  await show({ moved: opened.asked });
}

/** The address says which view is shown, so the link past the head must leave it alone. */
function skipWithoutMoving() {
  document.querySelector('.skip').addEventListener('click', (event) => {
    event.preventDefault();
    focusOn(document.getElementById('main'));
  });
}

async function show({ moved = false } = {}) {
  shown += 1;
  const mine = shown;
  const [, view, found] = match(location.hash);
  const { title, node, reread } = await view(found).catch(missing);
  if (mine !== shown) {
    return;
  }
  onReread(() => reread().catch(() => show()));
  document.title = `${title} · Tournament Director`;
  document.getElementById('view').replaceChildren(node);
  markCurrent();
  showKept();
  if (moved) {
    scrollTo(0, 0);
    focusOn(node.querySelector('h1'));
  }
}

function match(hash) {
  for (const [pattern, view] of routes) {
    const found = pattern.exec(hash);
    if (found) {
      return [pattern, view, found];
    }
  }
  return [null, listView, null];
}

function missing(error) {
  if (!['not_found', 'validation'].includes(error.code)) {
    throw error;
  }
  const title = 'This tournament is not here';
  return {
    title,
    reread: async () => {},
    node: element('div', {},
      element('h1', {}, title),
      element('p', {}, 'It may have been deleted. ', element('a', { href: '#/' }, 'All tournaments'))),
  };
}

function markCurrent() {
  const here = location.hash === '#/data' ? '#/data' : '#/';
  for (const link of document.querySelectorAll('#site-nav a')) {
    if (link.getAttribute('href') === here) {
      link.setAttribute('aria-current', location.hash === here ? 'page' : 'true');
    } else {
      link.removeAttribute('aria-current');
    }
  }
}
