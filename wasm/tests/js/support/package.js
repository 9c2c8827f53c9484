// The package, installed into a project of this test file's own.

import { imported, project } from './project.js';

export const folder = project();

/** What `import 'tournament-director'` gives. */
export const director = await imported(folder);
