// The store that the page works on. It may be exchanged: for one in memory if the browser keeps
// nothing more.

let current = null;
let kept = false;
let lost = false;

export const store = () => current;

/** Whether the store is one that the browser keeps. */
export const isKept = () => kept;

/** Whether the browser has taken its storage away since. */
export const isLost = () => lost;

export function use(opened, isPersistent) {
  current = opened;
  kept = isPersistent;
  lost = false;
}

export function lose() {
  lost = true;
}
