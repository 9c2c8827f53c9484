// Fresh projects outside the repository, with the package installed as users get it: from what
// `npm pack` makes, without running any script.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The package's sources: `wasm/`. */
export const sources = join(dirname(fileURLToPath(import.meta.url)), '../../..');

const folders = [];
process.on('exit', () => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** An empty folder that is gone when the tests end. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'tournament-js-'));
  folders.push(folder);
  return folder;
}

let made;

/** The package as `npm pack` makes it: `{ path, files }`, the files with `path` and `size`. */
export function packed() {
  if (made) return made;
  if (!existsSync(join(sources, 'dist/node.js'))) {
    throw new Error('wasm/dist is not there: run wasm/build');
  }
  const folder = temporaryFolder();
  const [report] = JSON.parse(
    npm(sources, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder),
  );
  made = { path: join(folder, report.filename), files: report.files };
  return made;
}

/**
 * A fresh project with the package in its `node_modules`, beginning with the files of `start`, a
 * folder, if there is one.
 */
export function project(start) {
  const folder = temporaryFolder();
  if (start) cpSync(start, folder, { recursive: true });
  const described = join(folder, 'package.json');
  const description = start ? json(described) : { private: true, type: 'module' };
  // The bundlers are run from here, where their versions are locked.
  delete description.devDependencies;
  writeFileSync(described, JSON.stringify(description));
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--offline'];
  npm(folder, 'install', ...options, packed().path);
  return folder;
}

/** The installed package's folder in a project. */
export function installed(folder) {
  return join(folder, 'node_modules/tournament-director');
}

/** What `import 'tournament-director'` gives in a project. */
export function imported(folder) {
  const resolve = createRequire(join(folder, 'package.json')).resolve;
  return import(pathToFileURL(resolve('tournament-director')).href);
}

/** The JSON in a file. */
export function json(...path) {
  return JSON.parse(readFileSync(join(...path), 'utf8'));
}

function npm(folder, ...args) {
  return execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
