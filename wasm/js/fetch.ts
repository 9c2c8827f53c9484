import { unavailable } from './errors.js';
import type { Module } from './generated/glue.js';

/** What every module begins with: a NUL and `asm`. */
const MAGIC = 0x6d736100;

/** Fetches and compiles the module. */
export async function fetchModule(url: URL): Promise<Module> {
  let bytes = await fetched(url);
  if (!isModule(bytes)) {
    // Up to version 7 Vite's development server moves the package's code to a folder of its own, and leaves
    // the module where it was.
    const unmoved = url.href.replace('/.vite/deps/', '/tournament-director/dist/');
    if (unmoved !== url.href) bytes = await fetched(new URL(unmoved));
  }
  if (!isModule(bytes)) throw unavailable(`${url.href} is not the package's WebAssembly module`);
  return WebAssembly.compile(bytes);
}

async function fetched(url: URL): Promise<ArrayBuffer> {
  try {
    const response = await fetch(url);
    return await response.arrayBuffer();
  } catch (cause) {
    throw unavailable(`${url.href} cannot be fetched`, { cause });
  }
}

function isModule(bytes: ArrayBuffer): boolean {
  return bytes.byteLength > 4 && new DataView(bytes).getUint32(0, true) === MAGIC;
}
