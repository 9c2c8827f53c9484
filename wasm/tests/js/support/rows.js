// Rows to test with.

import { randomUUID } from 'node:crypto';

/** An id that no row has. */
export const absent = () => randomUUID();

/** A store with a tournament under way: a row of every kind, by its name. */
export async function world(store) {
  const [ada, ben, cleo, dora] = await store.players.createMany(
    ['Ada', 'Ben', 'Cleo', 'Dora'].map((name) => ({ name, discord_id: name.toLowerCase() })),
  );
  const venue = await store.venues.create({ name: 'The Copper Lantern' });
  const format = await store.formats.create({
    name: 'Pauper',
    game_system: 'magic_the_gathering',
    base_format: 'constructed',
    card_pool: 'Pauper',
  });
  const tournament = await store.tournaments.create({
    name: 'Friday Night',
    format_id: format.id,
    venue_id: venue.id,
    created_by: ada.id,
  });
  const registration = await store.registrations.register(tournament.id, ada.id);
  const component = await store.components.create({
    tournament_id: tournament.id,
    type: 'swiss',
    name: 'Swiss rounds',
    sequence_order: 1,
  });
  const round = await store.rounds.create({
    tournament_id: tournament.id,
    component_id: component.id,
    round_number: 1,
  });
  const match = await store.matches.create({
    ...place(round),
    table_number: 1,
    player1_id: ada.id,
    player2_id: ben.id,
    player1_wins: 2,
  });
  const players = { ada, ben, cleo, dora };
  return { store, ...players, venue, format, tournament, registration, component, round, match };
}

/** What a match takes over from its round. */
export const place = (round) => ({
  tournament_id: round.tournament_id,
  component_id: round.component_id,
  round_id: round.id,
  round_number: round.round_number,
});

const TIME = '2026-11-24T18:00:00Z';
const LATER = '2026-11-24T19:30:00.250Z';
const metadata = { guild: '42', seats: [1, 2.5, null, true, { a: 'ä' }] };

/**
 * Each kind of row: its repository; the least that it can be made of, of the rows of a world; every
 * other field with a value that is not its default; a change; filters that let the row through, and one
 * that does not.
 */
export const kinds = [
  {
    kind: 'player',
    repository: 'players',
    least: () => ({ name: 'Zoë Ålund' }),
    defaults: { discord_id: null, email: null, metadata: {} },
    others: { discord_id: 'zoe#1', email: 'zoe@example.org', created_at: TIME, metadata },
    change: { name: 'Zoë Lund' },
  },
  {
    kind: 'venue',
    repository: 'venues',
    least: () => ({ name: 'The Blue Boar' }),
    defaults: { address: null, description: null },
    others: { address: '3 Harbour Lane', description: 'Upstairs.\nMind the step.' },
    change: { address: '4 Harbour Lane' },
  },
  {
    kind: 'format',
    repository: 'formats',
    least: () => ({
      name: 'Sealed',
      game_system: 'star_wars_unlimited',
      base_format: 'limited',
      card_pool: 'Six packs',
    }),
    defaults: { sub_format: null, match_structure: null, description: null },
    others: { sub_format: 'Sealed', match_structure: 'BO3', description: 'From six packs.' },
    change: { base_format: 'special' },
    filters: [{ game_system: 'star_wars_unlimited' }],
    other: () => ({ game_system: 'pokemon' }),
  },
  {
    kind: 'tournament',
    repository: 'tournaments',
    least: ({ format, venue, ben }) => ({
      name: 'Saturday',
      format_id: format.id,
      venue_id: venue.id,
      created_by: ben.id,
    }),
    defaults: {
      status: 'draft',
      visibility: 'public',
      registration: {
        auto_open_time: null,
        auto_close_time: null,
        registration_password: null,
        late_registration_password: null,
        to_override_password: null,
        allow_to_override: true,
        max_players: null,
      },
      start_time: null,
      end_time: null,
      description: null,
      registration_deadline: null,
      auto_advance_rounds: false,
      metadata: {},
    },
    others: {
      status: 'registration_open',
      visibility: 'private',
      registration: {
        auto_open_time: TIME,
        auto_close_time: LATER,
        registration_password: 'owl',
        late_registration_password: 'late owl',
        to_override_password: 'night owl',
        allow_to_override: false,
        max_players: 64,
      },
      start_time: TIME,
      end_time: LATER,
      created_at: TIME,
      description: 'Bring sleeves.',
      registration_deadline: LATER,
      auto_advance_rounds: true,
      metadata,
    },
    change: { status: 'registration_closed' },
    filters: [
      { status: 'registration_open' },
      { visibility: 'private' },
      ({ ben }) => ({ created_by: ben.id }),
      ({ format, venue, ben }) => ({ format_id: format.id, venue_id: venue.id, created_by: ben.id }),
    ],
    other: () => ({ status: 'cancelled' }),
  },
  {
    kind: 'registration',
    repository: 'registrations',
    least: ({ tournament, ben }) => ({
      tournament_id: tournament.id,
      player_id: ben.id,
      sequence_id: 7,
    }),
    defaults: { status: 'active', drop_time: null, notes: null, metadata: {} },
    others: {
      status: 'dropped',
      registration_time: TIME,
      drop_time: LATER,
      notes: 'Left early.',
      metadata,
    },
    change: { status: 'late_entry' },
    filters: [
      ({ ben }) => ({ player_id: ben.id }),
      { status: 'dropped' },
      ({ tournament, ben }) => ({ tournament_id: tournament.id, player_id: ben.id, status: 'dropped' }),
    ],
    other: () => ({ tournament_id: absent() }),
  },
  {
    kind: 'component',
    repository: 'components',
    least: ({ tournament }) => ({
      tournament_id: tournament.id,
      type: 'single_elimination',
      name: 'Top 8',
      sequence_order: 2,
    }),
    defaults: { status: 'pending', config: {} },
    others: { status: 'active', config: { cut: 8 }, created_at: TIME },
    change: { status: 'completed' },
    filters: [],
    shared: ({ tournament }) => ({ tournament_id: tournament.id }),
    other: () => ({ tournament_id: absent() }),
  },
  {
    kind: 'round',
    repository: 'rounds',
    least: ({ component }) => ({
      tournament_id: component.tournament_id,
      component_id: component.id,
      round_number: 2,
    }),
    defaults: {
      start_time: null,
      end_time: null,
      time_limit_minutes: null,
      scheduled_start: null,
      scheduled_end: null,
      auto_advance: false,
      status: 'pending',
    },
    others: {
      start_time: TIME,
      end_time: LATER,
      time_limit_minutes: 50,
      scheduled_start: TIME,
      scheduled_end: LATER,
      auto_advance: true,
      status: 'active',
    },
    change: { status: 'completed' },
    filters: [],
    shared: ({ component }) => ({ tournament_id: component.tournament_id, component_id: component.id }),
    other: () => ({ component_id: absent() }),
  },
  {
    kind: 'match',
    repository: 'matches',
    // Less would be a bye.
    least: ({ round, cleo, dora }) => ({
      ...place(round),
      player1_id: cleo.id,
      player2_id: dora.id,
    }),
    defaults: {
      table_number: null,
      player1_wins: 0,
      player2_wins: 0,
      draws: 0,
      status: 'pending',
      start_time: null,
      end_time: null,
      notes: null,
      metadata: {},
    },
    others: {
      table_number: 2,
      player1_wins: 2,
      player2_wins: 1,
      draws: 1,
      status: 'active',
      start_time: TIME,
      end_time: LATER,
      notes: 'A long one.',
      metadata,
    },
    change: { status: 'completed' },
    filters: [({ cleo }) => ({ player_id: cleo.id })],
    shared: ({ round }) => ({
      tournament_id: round.tournament_id,
      component_id: round.component_id,
      round_id: round.id,
    }),
    other: () => ({ player_id: absent() }),
  },
];
