// What the declarations must refuse. The compiler fails where an error that is expected is not there.

import {
  type Player,
  type Store,
  TournamentError,
  entityKinds,
  isTournamentError,
  moveTo,
  openMemory,
  openPersistent,
  standings,
  validate,
} from 'tournament-director';

const store: Store = await openMemory();
const player: Player = await store.players.create({ name: 'Ada' });

// @ts-expect-error a name is needed
await store.players.create({});
// @ts-expect-error a name is text
await store.players.create({ name: 7 });
// @ts-expect-error players have no such field
await store.players.create({ name: 'Ada', nickname: 'A' });
// @ts-expect-error a player is no venue
await store.venues.update(player);
// @ts-expect-error an update takes the whole row
await store.players.update({ id: player.id, name: 'Ada' });
// @ts-expect-error there is no such game
await store.formats.create({ name: 'Blitz', game_system: 'chess', base_format: 'special', card_pool: '' });
// @ts-expect-error an id is text
await store.players.get(7);
// @ts-expect-error one row is not several
await store.players.createMany({ name: 'Ada' });
// @ts-expect-error metadata is JSON
await store.players.create({ name: 'Ada', metadata: { count: 1n } });
// @ts-expect-error metadata is an object
await store.players.create({ name: 'Ada', metadata: [] });
// @ts-expect-error tournaments have no such status
await store.tournaments.list({ status: 'over' });
// @ts-expect-error matches are not listed by status
await store.matches.list({ status: 'active' });
// @ts-expect-error pages have no such setting
await store.players.list({}, { size: 10 });
// @ts-expect-error a version is a number
await store.players.delete(player.id, '1');
// @ts-expect-error there may be none
(await store.players.findByDiscordId('ada')).name;
// @ts-expect-error there may be no address
(await store.venues.get(player.id)).address.length;
// @ts-expect-error only players have one
await store.venues.findByDiscordId('ada');
// @ts-expect-error a transaction is no store
await store.transaction((tx) => tx.close());
// @ts-expect-error transactions have no such option
await store.transaction(() => 1, { readonly: true });
// @ts-expect-error a dataset holds lists
await store.import({ players: player });
// @ts-expect-error there is no such kind
await validate('players', { name: 'Ada' });
// @ts-expect-error a player is no format
await validate('format', player);
// @ts-expect-error standings need matches
await standings({ components: [], registrations: [] });
// @ts-expect-error there is no such status
await moveTo(await store.tournaments.get(player.id), 'over');
// @ts-expect-error a name is needed
await openPersistent({});
// @ts-expect-error durability is one of two
await openPersistent({ name: 'club', durability: 'eventual' });
// @ts-expect-error there is no such code
isTournamentError(null, 'wrong');
// @ts-expect-error the list is for reading
entityKinds.push('player');
// @ts-expect-error stores are opened, not made
new Store();

const error: unknown = null;
// @ts-expect-error it is not known to be an error of the package
error.code;
if (isTournamentError(error)) {
  // @ts-expect-error there may be none
  error.field.length;
  // @ts-expect-error errors are for reading
  error.code = 'full';
  // @ts-expect-error there is no such code
  error.code === 'wrong';
  const known: TournamentError = error;
  console.log(known.code);
}
