// The package in Node.

import { readFile } from 'node:fs/promises';

import { packageOver, type Package } from './package.js';

export * from './exports.js';

const here = /* @__PURE__ */ packageOver(async () =>
  WebAssembly.compile(await readFile(new URL('./tournament.wasm', import.meta.url))),
);

export const openMemory: Package['openMemory'] = here.openMemory;
export const openPersistent: Package['openPersistent'] = here.openPersistent;
export const deletePersistent: Package['deletePersistent'] = here.deletePersistent;
export const validate: Package['validate'] = here.validate;
export const standings: Package['standings'] = here.standings;
export const moveTo: Package['moveTo'] = here.moveTo;
export const admit: Package['admit'] = here.admit;
