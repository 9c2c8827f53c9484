// Prints what a page downloads, and fails where that is more than it may be.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/**
 * Bytes, compressed with brotli, of the WebAssembly module and all JavaScript together: a little more than they
 * are, so that growth is noticed.
 */
const MOST = 222_000;

const dist = join(import.meta.dirname, '../dist');

function sizes(paths) {
  const contents = Buffer.concat(paths.map((path) => readFileSync(join(dist, path))));
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: contents.length,
  };
  return {
    raw: contents.length,
    gzip: gzipSync(contents, { level: 9 }).length,
    brotli: brotliCompressSync(contents, { params }).length,
  };
}

const files = readdirSync(dist, { recursive: true }).sort();
const wasm = sizes(files.filter((file) => file.endsWith('.wasm')));
const scripts = sizes(files.filter((file) => file.endsWith('.js')));
const together = {
  raw: wasm.raw + scripts.raw,
  gzip: wasm.gzip + scripts.gzip,
  brotli: wasm.brotli + scripts.brotli,
};

const row = (name, cells) => name.padEnd(16) + cells.map((cell) => String(cell).padStart(10)).join('');
console.log(row('bytes', Object.keys(together)));
console.log(row('tournament.wasm', Object.values(wasm)));
console.log(row('JavaScript', Object.values(scripts)));
console.log(row('together', Object.values(together)));

if (together.brotli > MOST) {
  console.error(`wasm/build: ${together.brotli} bytes with brotli, and at most ${MOST} are allowed`);
  process.exitCode = 1;
}
