// Chromium, and what a page showed in it.

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { args, executablePath } from './chromium.js';

/** A browser of its own, with a fresh profile; to be closed. */
export function openBrowser() {
  return chromium.launch({ executablePath, args });
}

/**
 * Opens a page and waits until it shows something: `{ text, errors }`, what it shows and every error
 * that it reported.
 */
export async function look(browser, url) {
  const page = await browser.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) errors.push(message.text());
  });
  page.on('requestfailed', (request) => errors.push(`${request.url()} failed`));
  page.on('response', (response) => {
    if (response.status() >= 400) errors.push(`${response.url()}: ${response.status()}`);
  });
  try {
    await page.goto(url);
    const body = page.locator('body');
    await body
      .filter({ hasText: /\S/ })
      .waitFor({ timeout: 20_000 })
      .catch(() => {});
    return { text: (await body.textContent()).trim(), errors };
  } finally {
    await page.close();
  }
}

const types = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

/**
 * A plain server of a folder's files: `{ url, close }`. `typeOf` may give a file another content type
 * than the usual one.
 */
export async function serve(folder, typeOf = (path) => types[extname(path)]) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
    try {
      const content = await readFile(join(folder, path));
      response.writeHead(200, { 'content-type': typeOf(path) ?? 'application/octet-stream' });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
