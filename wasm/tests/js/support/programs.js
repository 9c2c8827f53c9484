// Programs that tests start: the package's users' own, and their bundlers.

import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = join(dirname(fileURLToPath(import.meta.url)), '../node_modules/.bin');

/** Runs a program to its end: `{ code, stdout, stderr }`. A bare name is one of the bundlers here. */
export async function run(folder, program, ...args) {
  const child = start(folder, program, args);
  const ended = new Promise((resolve) => child.on('close', resolve));
  const [stdout, stderr, code] = await Promise.all([all(child.stdout), all(child.stderr), ended]);
  return { code, stdout, stderr };
}

/** Starts a server and waits for the address that it prints: `{ url, close }`. */
export async function served(folder, program, ...args) {
  const child = start(folder, program, args);
  const ended = new Promise((resolve) => child.on('close', resolve));
  let printed = '';
  const url = await new Promise((resolve, reject) => {
    const read = (chunk) => {
      printed += chunk;
      // Colours stand within the address.
      const address = /http:\/\/localhost:\d+\//.exec(printed.replace(/\x1b\[\d+m/g, ''));
      if (address) resolve(address[0]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('close', (code) => reject(new Error(`${program} ended with ${code}: ${printed}`)));
  });
  const close = () => {
    child.kill();
    return ended;
  };
  return { url, close };
}

function start(folder, program, args) {
  const path = program === 'node' ? process.execPath : join(bin, program);
  const env = { ...process.env, NO_COLOR: '1' };
  // The tests' own runner must not take a child for one of its test files.
  delete env.NODE_TEST_CONTEXT;
  return spawn(path, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function all(stream) {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}
