// Somebody who has a keyboard alone.

import assert from 'node:assert/strict';

const MOST_STOPS = 120;

/** What has the focus: its name as it is read out, and whether one can see that it has it. */
const focused = (page) => page.evaluate(() => {
  const node = document.activeElement;
  const text = (parts) => parts.map((part) => part.textContent.trim()).join(' ');
  const name = node.getAttribute('aria-label')
    ?? (node.labels?.length ? text([...node.labels]) : node.textContent.trim());
  const bar = node.closest('[role=toolbar]');
  const { outlineStyle, outlineWidth } = getComputedStyle(node);
  return {
    name: name.replace(/\s+/g, ' '),
    bar: bar?.getAttribute('aria-label') ?? null,
    isBody: node === document.body,
    isVisible: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
  };
});

/** Presses Tab until what has the focus is called so, or is in a toolbar called so. */
export async function tabTo(page, name, { back = false } = {}) {
  const wanted = (text) => text !== null && (name instanceof RegExp ? name.test(text) : text === name);
  for (let stops = 0; stops < MOST_STOPS; stops += 1) {
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
    const now = await focused(page);
    if (!now.isBody) {
      assert.ok(now.isVisible, `one sees that “${now.name}” has the focus`);
    }
    if (wanted(now.name) || wanted(now.bar)) {
      return now;
    }
  }
  return assert.fail(`the Tab key does not reach ${name}`);
}

export async function press(page, name, key = 'Enter') {
  await tabTo(page, name);
  await page.keyboard.press(key);
}

export async function type(page, name, text) {
  await tabTo(page, name);
  await page.keyboard.type(text);
}

/** Enters a result at a table: into its toolbar, along it by arrow keys, and Space. */
export async function enter(page, table, score) {
  await tabTo(page, new RegExp(`^Result of Table ${table}:`));
  await page.keyboard.press('Home');
  for (let moves = 0; ; moves += 1) {
    const { name } = await focused(page);
    if (name.startsWith(`${score} `)) {
      break;
    }
    assert.ok(moves < 8, `the arrow keys reach ${score}`);
    await page.keyboard.press('ArrowRight');
  }
  await page.keyboard.press('Space');
  await page.locator(`[role=toolbar][aria-label^="Result of Table ${table}:"] [aria-pressed=true]`)
    .filter({ hasText: score }).waitFor();
  assert.match((await focused(page)).bar ?? '', new RegExp(`Table ${table}:`), 'the focus stays there');
}

export { focused };
