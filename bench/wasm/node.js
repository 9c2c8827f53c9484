// The measurements in this process.

import brackets from 'brackets-memory-db';

import * as director from '../../wasm/dist/node.js';
import { measure } from './measure.js';

export async function measureInNode() {
  return {
    place: `Node ${process.versions.node}`,
    results: await measure(director, brackets.InMemoryDatabase),
  };
}
