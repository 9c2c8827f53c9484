// Who takes part.

import { isTournamentError, validate } from '../../../dist/browser.js';
import { nowOrLater } from './time.js';

/** What is wrong with the names, all of it: `{ index, message }`, which reads on from the name. */
export async function problemsOfNames(names) {
  const looked = await Promise.allSettled(names.map((name) => validate('player', { name })));
  return looked.flatMap(({ reason }, index) => {
    if (reason && !isTournamentError(reason, 'validation')) {
      throw reason;
    }
    return (reason?.problems ?? []).map(({ message }) => ({ index, message }));
  });
}

/**
 * Registers players by name, all or none. Who is known by that name and not in this tournament yet
 * is the same person; otherwise it is somebody new, so that two of one name can play.
 */
export function registerPlayers(store, tournament, names) {
  return store.transaction(async (tx) => {
    const { status } = await tx.tournaments.get(tournament.id);
    const as = { status: status === 'in_progress' ? 'late_entry' : 'active' };
    const people = await peopleOf(tx, tournament, names);
    const registrations = [];
    for (const person of people) {
      registrations.push(await tx.registrations.register(tournament.id, person.id, as));
    }
    return registrations;
  });
}

async function peopleOf(tx, tournament, names) {
  const people = [];
  const taken = new Set();
  const unknown = [];
  for (const [place, name] of names.entries()) {
    const person = await stranger(tx, tournament, name, taken);
    if (person) {
      taken.add(person.id);
      people[place] = person;
    } else {
      unknown.push(place);
    }
  }
  const created = await tx.players.createMany(unknown.map((place) => ({ name: names[place] })));
  created.forEach((person, index) => {
    people[unknown[index]] = person;
  });
  return people;
}

/** Somebody of this name who is not in the tournament. */
async function stranger(tx, tournament, name, taken) {
  for (const person of await tx.players.findByName(name)) {
    if (!taken.has(person.id) && !await tx.registrations.findByPlayer(tournament.id, person.id)) {
      return person;
    }
  }
  return null;
}

export const drop = (store, registration) => store.registrations.update({
  ...registration,
  status: 'dropped',
  drop_time: nowOrLater(registration.registration_time),
});

/** Who comes back after a round has been paired plays on as a late entry. */
export const takeBack = (store, registration, hasBegun) => store.registrations.update({
  ...registration,
  status: hasBegun ? 'late_entry' : 'active',
  drop_time: null,
});

/** Before anything is paired, a registration can simply go. */
export const remove = (store, registration) =>
  store.registrations.delete(registration.id, registration.version);
