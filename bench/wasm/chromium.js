// The measurements in a page.

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';

const root = join(import.meta.dirname, '../..');
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

export async function measureInChromium() {
  const server = await serve();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const results = await page.evaluate(async () => {
      const [director, { InMemoryDatabase }, { measure }] = await Promise.all([
        import('/wasm/dist/browser.js'),
        import('/brackets-memory-db.js'),
        import('/bench/wasm/measure.js'),
      ]);
      return measure(director, InMemoryDatabase);
    });
    return { place: `Chromium ${browser.version()}`, results };
  } finally {
    await browser.close();
    server.close();
  }
}

const types = { '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** Serves the repository, an empty page, and brackets-memory-db as a module. */
async function serve() {
  const made = {
    '/': ['text/html', '<!doctype html><link rel="icon" href="data:,">'],
    '/brackets-memory-db.js': ['text/javascript', await bracketsAsModule()],
  };
  const server = createServer(async (request, response) => {
    const [type, content] = made[request.url] ?? [
      types[extname(request.url)],
      await readFile(join(root, request.url)).catch(() => null),
    ];
    response.writeHead(content === null ? 404 : 200, {
      'content-type': type ?? 'application/octet-stream',
      // Pages that are isolated have a clock of 5 µs; others one of 100.
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(content);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Both of its CommonJS files, unchanged, within one module. */
async function bracketsAsModule() {
  const require = createRequire(import.meta.url);
  const own = require.resolve('brackets-memory-db');
  const rfdc = createRequire(own).resolve('rfdc');
  const wrapped = async (path) => `(module, exports, require) => {\n${await readFile(path, 'utf8')}\n}`;
  return `
    const run = (file, require) => {
      const module = { exports: {} };
      file(module, module.exports, require);
      return module.exports;
    };
    const rfdc = run(${await wrapped(rfdc)});
    export const { InMemoryDatabase } = run(${await wrapped(own)}, () => rfdc);
  `;
}
