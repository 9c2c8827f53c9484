// What is measured, in Node and in pages alike. Times are in milliseconds.

import { MapStore } from './map.js';

const SIZES = [500, 5_000];
const ROUNDS = 41;
// So many that the engines have compiled what they run often for good, which they do step by step.
const WARM_UP = 60;
const CALLS = 200;
const LISTED = 100;
const PLAYERS = 1_000;
const SWISS_ROUNDS = 15;

/** Every measurement: `{ work, ours, peers: { name: time } }`, the time of one call. */
export async function measure(director, InMemoryDatabase) {
  const results = [];
  for (const size of SIZES) {
    const stores = await filled(size, director, InMemoryDatabase);
    results.push(await takingTurns(`get, ${size} rows`, CALLS, gets(size, stores)));
    results.push(await takingTurns(`create, ${size} rows`, size / 10, creates(size, stores)));
    results.push(await takingTurns(`list of ${LISTED}, ${size} rows`, CALLS / 10, lists(stores)));
    await stores.ours.close();
  }
  results.push(...(await standings(director)));
  return results;
}

/** A player's row like no other, every field filled. */
function player(number) {
  const digits = String(number).padStart(6, '0');
  return {
    id: crypto.randomUUID(),
    version: 1,
    name: `Player ${digits}`,
    discord_id: `discord-${digits}`,
    email: `player-${digits}@example.org`,
    created_at: '2026-11-24T18:00:00Z',
    metadata: { club: 'The Copper Lantern', seat: number, notes: ['left-handed', null] },
  };
}

async function filled(size, director, InMemoryDatabase) {
  const rows = Array.from({ length: size }, (_, number) => player(number));
  const ours = await director.openMemory();
  await ours.players.createMany(rows);
  const map = new MapStore();
  for (const row of rows) await map.create(row);
  const brackets = new InMemoryDatabase();
  await brackets.insert('participant', rows.map(asParticipant));
  return { rows, ours, map, brackets };
}

/** brackets-memory-db gives each row an id of its own. */
function asParticipant({ id, ...row }) {
  return { key: id, ...row };
}

function gets(size, { rows, ours, map, brackets }) {
  // A stride that meets every row, so that no call finds the neighbours of the last one's.
  let place = 0;
  const next = () => (place = (place + 7_919) % size);
  const expect = (row, number) => {
    if (row.name !== rows[number].name) throw new Error(`${row.name} was given for row ${number}`);
  };
  const call = (get) => ({
    run: async () => {
      const number = next();
      expect(await get(number), number);
    },
  });
  return {
    ours: call((number) => ours.players.get(rows[number].id)),
    Map: call((number) => map.get(rows[number].id)),
    'brackets-memory-db': call((number) => brackets.select('participant', number)),
  };
}

/** Each turn adds a tenth to what is stored, and takes it away again, which is not timed. */
function creates(size, { ours, map, brackets }) {
  let number = size;
  const prepare = () => Array.from({ length: size / 10 }, () => player(number++));
  return {
    ours: {
      prepare,
      run: (row) => ours.players.create(row),
      restore: async (rows) => {
        for (const { id } of rows) await ours.players.delete(id);
      },
    },
    Map: {
      prepare,
      run: (row) => map.create(row),
      restore: async (rows) => rows.forEach(({ id }) => map.delete(id)),
    },
    'brackets-memory-db': {
      prepare: () => prepare().map(asParticipant),
      run: (row) => brackets.insert('participant', row),
      restore: async (rows) => {
        for (const { key } of rows) await brackets.delete('participant', { key });
      },
    },
  };
}

function lists({ rows, ours, map, brackets }) {
  const expect = (items) => {
    if (items.length < LISTED || items[LISTED - 1].name !== rows[LISTED - 1].name)
      throw new Error('another list');
  };
  return {
    ours: { run: async () => expect((await ours.players.list({}, { limit: LISTED })).items) },
    Map: { run: async () => expect(await map.list(LISTED)) },
    'brackets-memory-db': {
      run: async () => expect((await brackets.select('participant')).slice(0, LISTED)),
    },
  };
}

async function standings(director) {
  const store = await director.openMemory();
  const { tournament, components, registrations, matches } = await largeTournament(store);
  const expect = (ranked) => {
    if (ranked.length !== PLAYERS) throw new Error(`${ranked.length} players were ranked`);
  };
  const shown = `${PLAYERS} players, ${SWISS_ROUNDS} rounds`;
  const stored = { run: async () => expect(await store.standings(tournament.id)) };
  const given = { run: async () => expect(await director.standings({ components, registrations, matches })) };
  return [
    await takingTurns(`standings, ${shown}`, 1, { ours: stored }),
    await takingTurns(`standings of rows that are passed in, ${shown}`, 1, { ours: given }),
  ];
}

async function largeTournament(store) {
  const people = Array.from({ length: PLAYERS }, (_, number) => ({ name: `Player ${number}` }));
  const players = await store.players.createMany(people);
  const venue = await store.venues.create({ name: 'The Hall' });
  const format = await store.formats.create({
    name: 'Modern',
    game_system: 'magic_the_gathering',
    base_format: 'constructed',
    card_pool: 'Modern',
  });
  const tournament = await store.tournaments.create({
    name: 'The Open',
    format_id: format.id,
    venue_id: venue.id,
    created_by: players[0].id,
  });
  const within = { tournament_id: tournament.id };
  const registrations = await store.registrations.createMany(
    players.map(({ id }, place) => ({ ...within, player_id: id, sequence_id: place + 1 })),
  );
  const swiss = { ...within, type: 'swiss', name: 'Swiss', sequence_order: 1 };
  const component = await store.components.create(swiss);
  const matches = [];
  for (let round_number = 1; round_number <= SWISS_ROUNDS; round_number += 1) {
    const round = await store.rounds.create({ ...within, component_id: component.id, round_number });
    matches.push(...(await store.matches.createMany(pairings(players, component, round))));
  }
  return { tournament, components: [component], registrations, matches };
}

/** Every round shifts the second half, so that nobody meets anybody twice. */
function pairings(players, component, round) {
  const half = players.length / 2;
  return players.slice(0, half).map((first, place) => {
    const second = half + ((place + round.round_number) % half);
    const wins = (place * 7 + second * 3 + round.round_number) % 3;
    return {
      tournament_id: component.tournament_id,
      component_id: component.id,
      round_id: round.id,
      round_number: round.round_number,
      table_number: place + 1,
      player1_id: first.id,
      player2_id: players[second].id,
      player1_wins: wins,
      player2_wins: 2 - wins,
    };
  });
}

/** Times candidates that take turns: the median of the rounds, of one call. */
async function takingTurns(work, calls, candidates) {
  const names = Object.keys(candidates);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    // Who goes first changes from round to round.
    const order = names.map((_, place) => names[(place + round + WARM_UP) % names.length]);
    for (const name of order) {
      const time = await timed(calls, candidates[name]);
      if (round >= 0) times[name].push(time / calls);
    }
  }
  const medians = names.map((name) => [name, median(times[name])]);
  const { ours, ...peers } = Object.fromEntries(medians);
  return { work, ours, peers };
}

async function timed(calls, { prepare, run, restore }) {
  const given = prepare?.() ?? [];
  const begin = performance.now();
  for (let call = 0; call < calls; call += 1) await run(given[call]);
  const time = performance.now() - begin;
  await restore?.(given);
  return time;
}

function median(times) {
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}
