// One short message at a time, read out and shown without moving the focus.

const SHOWN_FOR_MS = 6000;

let hiding;

/** `quiet`: only read out, where the page already shows it. */
export function announce(text, { quiet = false } = {}) {
  const region = document.getElementById('announcement');
  region.className = quiet ? 'unseen' : 'toast';
  // Emptied first: the same text twice is to be read twice.
  region.textContent = '';
  clearTimeout(hiding);
  requestAnimationFrame(() => {
    region.textContent = text;
    hiding = setTimeout(() => {
      region.textContent = '';
    }, SHOWN_FOR_MS);
  });
}
