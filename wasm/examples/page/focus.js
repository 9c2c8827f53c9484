// Where the keyboard is after something on the page has changed.

/** Replaces what is in a region; what had the focus has it again if it is still there, by its id. */
export function replace(region, ...children) {
  const id = region.contains(document.activeElement) ? document.activeElement.id : '';
  region.replaceChildren(...children.flat().filter(Boolean));
  const again = id && document.getElementById(id);
  if (again) {
    again.focus({ preventScroll: true });
  }
}

/** Moves the focus to a heading or a message, which the keyboard does not reach by itself. */
export function focusOn(node) {
  if (!node.hasAttribute('tabindex') && !node.matches('a[href], button, input, select, textarea')) {
    node.setAttribute('tabindex', '-1');
  }
  node.focus();
}

/** The children for these items, of which those of the same key are kept as they are. */
export function keyed(list, items, key, create) {
  const before = new Map([...list.children].map((child) => [child.dataset.key, child]));
  replace(list, ...items.map((item) => {
    const node = before.get(key(item)) ?? create(item);
    node.dataset.key = key(item);
    return node;
  }));
}
