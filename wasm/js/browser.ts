// The package in browsers, with or without a bundler.

import { fetchModule } from './fetch.js';
import { packageOver, type Package } from './package.js';

export * from './exports.js';

// Bundlers find the file by exactly this expression.
const here = /* @__PURE__ */ packageOver(() => fetchModule(new URL('./tournament.wasm', import.meta.url)));

export const openMemory: Package['openMemory'] = here.openMemory;
export const openPersistent: Package['openPersistent'] = here.openPersistent;
export const deletePersistent: Package['deletePersistent'] = here.deletePersistent;
export const validate: Package['validate'] = here.validate;
export const standings: Package['standings'] = here.standings;
export const moveTo: Package['moveTo'] = here.moveTo;
export const admit: Package['admit'] = here.admit;
