// The starts of the README, each in a fresh project with nothing configured.

import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { look, openBrowser, serve } from './support/browser.js';
import { run, served } from './support/programs.js';
import { project, sources } from './support/project.js';

const SHOWN = 'Players: Ada, Ben';

/** A fresh project that begins as this start does. */
const begun = (name) => project(join(sources, 'examples/starts', name));

describe('in Node, without a warning', () => {
  for (const [name, how] of [
    ['node-import', 'import'],
    ['node-require', 'require'],
  ]) {
    it(`by ${how}`, async () => {
      const { code, stdout, stderr } = await run(begun(name), 'node', 'index.js');
      assert.equal(stderr, '');
      assert.equal(stdout, `${SHOWN}\n`);
      assert.equal(code, 0);
    });
  }
});

describe('in Chromium, without an error or a warning', () => {
  let browser;
  before(async () => (browser = await openBrowser()));
  after(() => browser?.close());

  async function shows(t, { url, close }, times = 1) {
    t.after(close);
    for (let time = 0; time < times; time += 1) {
      assert.deepEqual(await look(browser, url), { text: SHOWN, errors: [] });
    }
  }

  it('by Vite while developing, before and after it has prepared the package', async (t) => {
    await shows(t, await served(begun('vite'), 'vite', '--port', '0'), 2);
  });

  it('by Vite as built', async (t) => {
    const folder = begun('vite');
    await builds(folder, 'vite', 'build');
    await shows(t, await served(folder, 'vite', 'preview', '--port', '0'));
  });

  it('by webpack as built', async (t) => {
    await shows(t, await serve(await builtByWebpack(begun('webpack'))));
  });

  it('by a plain page', async (t) => {
    await shows(t, await serve(begun('page')));
  });

  it('by a plain page whose server does not know the type of WebAssembly', async (t) => {
    const types = { '.html': 'text/html', '.js': 'text/javascript' };
    await shows(t, await serve(begun('page'), (path) => types[extname(path)]));
  });

  it('in a worker by Vite, while developing and as built', async (t) => {
    const folder = begun('vite');
    putIntoWorker(join(folder, 'main.js'));
    await shows(t, await served(folder, 'vite', '--port', '0'));
    await builds(folder, 'vite', 'build');
    await shows(t, await served(folder, 'vite', 'preview', '--port', '0'));
  });

  it('in a worker by webpack', async (t) => {
    const folder = begun('webpack');
    putIntoWorker(join(folder, 'src/index.js'));
    await shows(t, await serve(await builtByWebpack(folder)));
  });
});

async function builds(folder, bundler, ...args) {
  const { code, stdout, stderr } = await run(folder, bundler, ...args);
  assert.equal(code, 0, stdout + stderr);
}

async function builtByWebpack(folder) {
  await builds(folder, 'webpack', '--mode', 'production');
  cpSync(join(folder, 'index.html'), join(folder, 'dist/index.html'));
  return join(folder, 'dist');
}

/** Makes a start's entry one that leaves the work to a worker. */
function putIntoWorker(entry) {
  cpSync(join(import.meta.dirname, 'worker/page.js'), entry);
  cpSync(join(import.meta.dirname, 'worker/worker.js'), join(dirname(entry), 'worker.js'));
}
