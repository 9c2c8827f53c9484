// Serves the package as it was built, and an empty page to try it on.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

const DIST = new URL('../../../dist/', import.meta.url);

const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** Gives the address, and what ends it. */
export async function serve() {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (pathname === '/') {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>A store</title>');
      return;
    }
    try {
      const file = await readFile(new URL(`.${pathname}`, DIST));
      response.setHeader('content-type', TYPES[path.extname(pathname)] ?? 'text/plain');
      response.end(file);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Loopback counts as served securely, so there are locks.
  return { url: `http://localhost:${server.address().port}/`, close: () => server.close() };
}
