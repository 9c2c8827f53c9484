// What went wrong, and what to do about it, in words for whoever runs the tournament.

const byCode = {
  not_found: () => 'This is no longer there; the page shows what is.',
  validation: (error) =>
    `This cannot be done: ${error.problems.map(({ field, message }) => `${field} ${message}`).join('; ')}.`,
  conflict: () => 'This had changed in the meantime. It has been read again: look, and decide anew.',
  already_exists: () => 'This is already stored; the page shows what is.',
  reference_missing: () => 'Something that this belongs to is no longer there; the page shows what is.',
  still_referenced: () => 'Other entries still need this one, so it cannot be deleted.',
  full: (error) => `The tournament is full: it takes ${error.maxPlayers} players.`,
  aborted: () => 'The change was broken off; nothing was stored. Try again.',
  busy: () => 'The store is in use just now; nothing was stored. Try again.',
  unavailable: (error) => (error.outcomeUnknown
    ? 'The browser did not say whether the change was stored. Look before you enter it again.'
    : 'The browser could not store the change, mostly because its storage is full or switched off. '
      + 'Nothing was changed.'),
  broken: () => 'The engine of this page has stopped. What was stored is safe: reload the page to go on.',
  corrupt: () => 'Something that is stored is damaged and cannot be read.',
  schema_outdated: () => 'What is stored was written by an older version that this page cannot read.',
  schema_too_new: () => 'What is stored was written by a newer version of this page: reload it.',
};

export function explain(error) {
  const words = byCode[error.code];
  return words ? words(error) : 'Something went wrong that this page has no remedy for. Reload it and try again.';
}
