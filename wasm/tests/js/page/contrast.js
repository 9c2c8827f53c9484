// The contrast of text, by WCAG 2.2, success criterion 1.4.3.

/** Runs in the page: each text that is hard to read, with its contrast. */
export function lowContrast() {
  const channels = (color) => color.match(/[\d.]+/g).map(Number);

  function behind(node) {
    for (let up = node; up; up = up.parentElement) {
      const [red, green, blue, alpha = 1] = channels(getComputedStyle(up).backgroundColor);
      if (alpha === 1) {
        return [red, green, blue];
      }
      if (alpha > 0) {
        throw new Error(`${up.outerHTML.slice(0, 80)} lets through what is behind it`);
      }
    }
    return [255, 255, 255];
  }

  function luminance(color) {
    const [red, green, blue] = color.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  function contrast(node) {
    const [one, other] = [channels(getComputedStyle(node).color).slice(0, 3), behind(node)].map(luminance);
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  }

  function needed(node) {
    const { fontSize, fontWeight } = getComputedStyle(node);
    const size = Number.parseFloat(fontSize);
    return size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700) ? 3 : 4.5;
  }

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    const text = texts.currentNode.textContent.trim();
    const isSeen = text !== '' && node.checkVisibility() && !node.closest('.unseen, :disabled, option');
    if (isSeen && contrast(node) < needed(node)) {
      found.push(`${text}: ${contrast(node).toFixed(2)}`);
    }
  }
  return found;
}
