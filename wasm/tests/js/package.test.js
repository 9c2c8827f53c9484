// What users download.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { installed, json, packed, project, sources } from './support/project.js';

const files = packed().files.map((file) => file.path);
const folder = installed(project());
const description = json(folder, 'package.json');

describe('the packed package', () => {
  it('holds the engine, the code and the declarations of both entries, and a README', () => {
    const needed = ['tournament.wasm', 'node.js', 'browser.js', 'node.d.ts', 'browser.d.ts'];
    for (const file of ['package.json', 'README.md', ...needed.map((name) => `dist/${name}`)]) {
      assert.ok(files.includes(file), `${file} is in the package: ${files}`);
    }
  });

  it('holds nothing else: no source, test, example or map', () => {
    const allowed =
      /^(package\.json|README\.md|(dist\/)?LICENSE[-A-Z]*|dist\/([\w-]+\/)*[\w-]+(\.js|\.d\.ts|\.wasm))$/;
    assert.deepEqual(
      files.filter((file) => !allowed.test(file)),
      [],
    );
    assert.deepEqual(
      files.filter((file) => file.endsWith('.wasm')),
      ['dist/tournament.wasm'],
    );
  });

  it('declares every module that it holds', () => {
    const modules = files.filter((file) => file.endsWith('.js') && !file.endsWith('/glue.js'));
    const undeclared = modules.filter((file) => !files.includes(file.replace(/js$/, 'd.ts')));
    assert.deepEqual(undeclared, []);
  });

  it('needs nothing else and runs nothing when it is installed', () => {
    for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies', 'bundleDependencies']) {
      assert.deepEqual(Object.keys(description[kind] ?? {}), [], kind);
    }
    const run = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];
    assert.deepEqual(
      run.filter((name) => name in (description.scripts ?? {})),
      [],
    );
  });

  it('names only files that it holds', () => {
    const named = [...JSON.stringify(description.exports).matchAll(/"\.\/([^"]+)"(?!:)/g)].map((m) => m[1]);
    assert.ok(named.length >= 4, `found ${named}`);
    assert.deepEqual(
      [...named, description.types.slice(2)].filter((file) => !files.includes(file)),
      [],
    );
  });

  it('says that it is free of side effects, so that bundlers leave out what is not used', () => {
    assert.equal(description.sideEffects, false);
  });

  it('names no path of the machine on which it was built', () => {
    const telling = [sources, '/.cargo/', '/home/', '/root/'];
    for (const file of files) {
      const content = readFileSync(join(folder, file), 'latin1');
      assert.deepEqual(
        telling.filter((path) => content.includes(path)),
        [],
        file,
      );
    }
  });

  it('has the version of the engine', () => {
    const manifest = readFileSync(join(sources, '../Cargo.toml'), 'utf8');
    const version = /^\[workspace\.package\][^[]*?^version = "([^"]+)"/m.exec(manifest)[1];
    assert.equal(description.version, version);
  });
});
