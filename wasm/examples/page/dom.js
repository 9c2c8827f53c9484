// Elements. Text only ever enters the page as text nodes, never as markup.

/**
 * An element with attributes and children. An attribute that is `true` is set empty, one that is
 * `false`, `null` or `undefined` is left out, and one named `on…` is a listener.
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) {
      node.addEventListener(name.slice(2), value);
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, value === true ? '' : value);
    }
  }
  node.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return node;
}

/** Somebody's name: isolated, so that a name in another direction does not turn its surroundings. */
export const personName = (name) => element('bdi', { class: 'name' }, name);

/** Text for screen readers alone. */
export const unseen = (text) => element('span', { class: 'unseen' }, text);
