// How a view looks, and whether everybody can use it: in both colour schemes, on a phone and on a wide screen.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { lowContrast } from './contrast.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pictures = fileURLToPath(new URL('../screenshots/', import.meta.url));
mkdirSync(pictures, { recursive: true });

const sizes = [{ width: 360, height: 740 }, { width: 1280, height: 900 }];
const schemes = ['light', 'dark'];

/** Takes the pictures of a view and looks it through each time. */
export async function look(page, name) {
  for (const viewport of sizes) {
    await page.setViewportSize(viewport);
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const which = `${name}-${viewport.width}-${colorScheme}`;
      await page.screenshot({ path: `${pictures}${which}.png`, fullPage: true });
      assert.deepEqual(await page.evaluate(lowContrast), [], `${which}: text stands out enough`);
      assert.deepEqual(await violations(page, colorScheme), [], `${which}: axe finds nothing`);
    }
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      `${name}: nothing sticks out at ${viewport.width} pixels`);
    assert.deepEqual(await page.evaluate(smallTargets), [], `${name}: a finger can hit everything`);
  }
}

/** What axe finds. The dark scheme differs in its colours alone. */
async function violations(page, colorScheme) {
  await page.evaluate(axe);
  const options = { resultTypes: ['violations'], ...(colorScheme === 'dark' && { runOnly: ['color-contrast'] }) };
  const result = await page.evaluate((how) => globalThis.axe.run(how), options);
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** What can be pressed and is smaller than 44 by 44 pixels, links within a sentence apart. */
function smallTargets() {
  const open = document.querySelector('dialog[open]') ?? document;
  return [...open.querySelectorAll('a, button, select, textarea, input:not([type=radio]), label.option')]
    .filter((node) => node.checkVisibility() && !node.closest('p') && !node.matches('.skip'))
    .map((node) => ({ node, box: node.getBoundingClientRect() }))
    .filter(({ box }) => box.width < 44 || box.height < 44)
    .map(({ node, box }) => `${node.outerHTML.slice(0, 80)} ${box.width}×${box.height}`);
}
