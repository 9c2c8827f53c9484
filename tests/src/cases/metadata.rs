//! What services keep with players, tournaments, registrations and matches. What holds for JSON
//! values of any kind is shown by a component's `config`.

use serde_json::{Value, json};
use tournament_core::json::{JsonObject, MAX_METADATA_BYTES};
use tournament_core::{
    Dataset, Id, Match, MatchFilter, Player, RegisterOptions, RepositoryExt, Tournament,
    TournamentRegistration,
};

use crate::harness::Case;
use crate::sample::{Parents, Sample};
use crate::{expect, fixture};

/// A kind of row that has metadata.
trait Described: Sample {
    fn metadata(&mut self) -> &mut JsonObject;

    /// A sample with this metadata.
    fn described(parents: &Parents, number: i64, metadata: Value) -> Self {
        let mut row = Self::sample(parents, number);
        *row.metadata() = fixture::object(metadata);
        row
    }
}

impl Described for Player {
    fn metadata(&mut self) -> &mut JsonObject {
        &mut self.metadata
    }
}

impl Described for Tournament {
    fn metadata(&mut self) -> &mut JsonObject {
        &mut self.metadata
    }
}

impl Described for TournamentRegistration {
    fn metadata(&mut self) -> &mut JsonObject {
        &mut self.metadata
    }
}

impl Described for Match {
    fn metadata(&mut self) -> &mut JsonObject {
        &mut self.metadata
    }
}

/// Writes out a case for each kind of row that has metadata.
macro_rules! each_kind {
    ($($case:ident = $of_one:ident;)*) => {
        $(
            pub(crate) async fn $case(case: &Case<'_>) {
                let parents = Parents::store(case.rows()).await;
                $of_one::<Player>(case, &parents).await;
                $of_one::<Tournament>(case, &parents).await;
                $of_one::<TournamentRegistration>(case, &parents).await;
                $of_one::<Match>(case, &parents).await;
            }
        )*
    };
}

each_kind! {
    it_is_normalised_by_every_way_into_the_store = is_normalised;
    it_is_read_alike_by_every_way_out_of_the_store = is_read_alike;
    it_can_be_filled_replaced_and_emptied = is_replaced;
    sixteen_kibibytes_are_kept_and_one_byte_more_is_refused = is_bounded;
    thirty_deep_is_kept_and_thirty_one_is_refused = is_shallow;
    nul_is_refused_in_keys_and_strings = has_no_nul;
}

async fn is_normalised<E: Described>(case: &Case<'_>, parents: &Parents) {
    let rough = json!({ "zero": -0.0, "one": 1.0, "large": [9_007_199_254_740_993_i64, 1e16] });
    let kept = json!({ "zero": 0, "one": 1, "large": [9_007_199_254_740_992.0, 1e16] });
    let kept = fixture::object(kept);
    let rows = E::of(case.rows());
    let [mut created, mut among_many, mut imported, mut changed]: [E; 4] =
        [1, 2, 3, 4].map(|number| E::described(parents, number, rough.clone()));

    assert_eq!(*rows.create(&created).await.unwrap().metadata(), kept, "{}: create", E::KIND);
    let many = rows.create_many(std::slice::from_ref(&among_many)).await;
    assert_eq!(*many.unwrap()[0].metadata(), kept, "{}: create_many", E::KIND);
    let mut dataset = Dataset::new();
    E::list_in(&mut dataset).push(imported.clone());
    case.rows().import(&dataset).await.unwrap();

    changed.metadata().clear();
    let mut stored = rows.create(&changed).await.unwrap();
    *stored.metadata() = fixture::object(rough);
    assert_eq!(*rows.update(&stored).await.unwrap().metadata(), kept, "{}: update", E::KIND);

    for row in [&mut created, &mut among_many, &mut imported, &mut changed] {
        *row = rows.get(row.id()).await.unwrap();
        assert_eq!(*row.metadata(), kept, "{}", E::KIND);
    }
}

async fn is_read_alike<E: Described>(case: &Case<'_>, parents: &Parents) {
    let kept = json!({ "start.gg": { "id": 4_567_891_234_i64, "é": [true, null, 0.1] }, "": "🎲" });
    let rows = E::of(case.rows());
    let given: Vec<E> = vec![
        E::described(parents, 1, kept),
        E::described(parents, 2, json!({})),
        E::described(parents, 3, json!({ "a": {} })),
    ];
    rows.create_many(&given).await.unwrap();
    let mut exported = case.store.export().await.unwrap();
    let listed = rows.list_all(&E::Filter::default()).await.unwrap();
    let unit = case.unit().await;
    for row in &given {
        assert_eq!(rows.get(row.id()).await.unwrap(), *row);
        assert_eq!(E::of(&*unit).get(row.id()).await.unwrap(), *row);
        assert!(listed.contains(row), "{row:?}");
        assert!(E::list_in(&mut exported).contains(row), "{row:?}");
    }
    let mut row = E::described(parents, 4, json!({ "of": "a unit" }));
    assert_eq!(E::of(&*unit).create(&row).await.unwrap(), row);
    row.metadata().insert("also".to_owned(), json!("changed"));
    let changed = E::of(&*unit).update(&row).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(rows.get(row.id()).await.unwrap(), changed);
    row.set_version(2);
    assert_eq!(changed, row);
}

async fn is_replaced<E: Described>(case: &Case<'_>, parents: &Parents) {
    let rows = E::of(case.rows());
    let row = rows.create(&E::described(parents, 1, json!({}))).await.unwrap();
    let mut last = row.clone();
    for metadata in [json!({ "a": 1, "b": 2 }), json!({ "a": null }), json!({})] {
        let mut expected = last.clone();
        *expected.metadata() = fixture::object(metadata);
        last = rows.update(&expected).await.unwrap();
        expected.set_version(expected.version() + 1);
        assert_eq!(last, expected, "nothing is merged, and nothing else is changed");
        assert_eq!(rows.get(row.id()).await.unwrap(), expected);
    }
    let mut stale = row.clone();
    stale.metadata().insert("lost".to_owned(), json!(true));
    expect::conflict(rows.update(&stale).await, row.id(), 1, 4);
    assert_eq!(rows.get(row.id()).await.unwrap(), last);
}

/// Refused by every way into the store, where `stored` is a row of this number.
async fn expect_refused<E: Described>(case: &Case<'_>, stored: &E, parents: &Parents, bad: Value) {
    let rows = E::of(case.rows());
    let new = E::described(parents, 2, bad.clone());
    expect::validation(rows.create(&new).await, E::KIND, &["metadata"]);
    let at_0 = [(Some(0), "metadata")];
    let many = rows.create_many(std::slice::from_ref(&new)).await;
    expect::validation_at(many, E::KIND, &at_0);
    let mut dataset = Dataset::new();
    E::list_in(&mut dataset).push(new.clone());
    expect::validation_at(case.rows().import(&dataset).await, E::KIND, &at_0);
    expect::not_found(rows.get(new.id()).await, new.id());
    let mut changed = stored.clone();
    *changed.metadata() = fixture::object(bad);
    expect::validation(rows.update(&changed).await, E::KIND, &["metadata"]);
    assert_eq!(rows.get(stored.id()).await.unwrap(), *stored);
}

/// Metadata of so many bytes.
fn of_size(bytes: usize) -> Value {
    let frame = r#"{"x":""}"#.len();
    json!({ "x": "a".repeat(bytes - frame) })
}

async fn is_bounded<E: Described>(case: &Case<'_>, parents: &Parents) {
    assert_eq!(MAX_METADATA_BYTES, 16 * 1024);
    let row = E::described(parents, 1, of_size(MAX_METADATA_BYTES));
    let row = E::of(case.rows()).create(&row).await.unwrap();
    assert_eq!(E::of(case.rows()).get(row.id()).await.unwrap(), row);
    expect_refused(case, &row, parents, of_size(MAX_METADATA_BYTES + 1)).await;
    // Bytes are counted, not characters.
    expect_refused(case, &row, parents, json!({ "x": "é".repeat(MAX_METADATA_BYTES / 2) })).await;
}

/// Metadata so deep, itself counted.
fn nested(depth: usize) -> Value {
    (1..depth).fold(json!({}), |inner, _| json!({ "a": inner }))
}

async fn is_shallow<E: Described>(case: &Case<'_>, parents: &Parents) {
    let row = E::described(parents, 1, nested(30));
    let row = E::of(case.rows()).create(&row).await.unwrap();
    assert_eq!(E::of(case.rows()).get(row.id()).await.unwrap(), row);
    expect_refused(case, &row, parents, nested(31)).await;
}

async fn has_no_nul<E: Described>(case: &Case<'_>, parents: &Parents) {
    let row = E::of(case.rows()).create(&E::sample(parents, 1)).await.unwrap();
    for bad in [json!({ "a": "\0" }), json!({ "a\0": 1 }), json!({ "a": [{ "\0": null }] })] {
        expect_refused(case, &row, parents, bad).await;
    }
}

pub(crate) async fn a_registration_is_made_with_it(case: &Case<'_>) {
    let parents = Parents::store(case.rows()).await;
    let registrations = case.store.registrations();
    let (tournament, players) = (parents.tournament.id, &parents.players);
    let given = fixture::object(json!({ "deck": "https://example.org/🎲", "seed": 3.0 }));
    let kept = fixture::object(json!({ "deck": "https://example.org/🎲", "seed": 3 }));
    let options = RegisterOptions::new().with_metadata(given);
    let registered = registrations.register(tournament, players[0].id, &options).await.unwrap();
    assert_eq!(registered.metadata, kept);
    assert_eq!(registrations.get(registered.id).await.unwrap(), registered);
    let without = RegisterOptions::new();
    let registered = registrations.register(tournament, players[1].id, &without).await.unwrap();
    assert!(registrations.get(registered.id).await.unwrap().metadata.is_empty());

    for bad in [of_size(MAX_METADATA_BYTES + 1), nested(31), json!({ "\0": 1 })] {
        let options = RegisterOptions::new().with_metadata(fixture::object(bad));
        let refused = registrations.register(tournament, players[2].id, &options).await;
        expect::validation(refused, tournament_core::EntityKind::Registration, &["metadata"]);
    }
    let options: RegisterOptions = serde_json::from_value(json!({ "status": "active" })).unwrap();
    assert_eq!(options, without, "JSON may leave it out");
}

/// Some databases gather what they sort, and have bounds for it.
pub(crate) async fn many_rows_with_as_much_as_there_may_be_come_in_order(case: &Case<'_>) {
    let parents = Parents::store(case.rows()).await;
    let (ada, ben) = (parents.players[0].id, parents.players[1].id);
    let metadata = fixture::object(of_size(MAX_METADATA_BYTES));
    let matches: Vec<Match> = (1..=120)
        .map(|table| {
            Match::new(&parents.round, ada, ben)
                .with_table_number(table)
                .with_notes("é".repeat(5_000))
                .with_metadata(metadata.clone())
        })
        .collect();
    let shuffled: Vec<_> = matches.iter().rev().cloned().collect();
    case.store.matches().create_many(&shuffled).await.unwrap();
    let of_tournament = MatchFilter::default().with_tournament(parents.tournament.id);
    let of_round = MatchFilter::default().with_round(parents.round.id);
    for filter in [&of_tournament, &of_tournament.clone().with_player(ada), &of_round] {
        let listed = case.store.matches().list_all(filter).await.unwrap();
        assert_eq!(listed.len(), matches.len());
        assert!(listed == matches, "{filter:?}");
    }
    let of_player = MatchFilter::default().with_player(ben);
    let listed = case.store.matches().list_all(&of_player).await.unwrap();
    assert_eq!(listed.len(), matches.len());
    assert!(listed.is_sorted_by_key(|row| row.id));
    let exported = case.store.export().await.unwrap();
    assert!(exported.matches == listed);
}

async fn expect_empty<E: Described>(case: &Case<'_>, id: Id<E>) {
    assert!(E::of(case.rows()).get(id).await.unwrap().metadata().is_empty(), "{}", E::KIND);
}

pub(crate) async fn a_dataset_without_it_can_be_read(case: &Case<'_>) {
    let parents = Parents::store(case.rows()).await;
    let mut stored = Dataset::new();
    stored.players.push(Player::sample(&parents, 1));
    stored.tournaments.push(Tournament::sample(&parents, 1));
    stored.registrations.push(TournamentRegistration::sample(&parents, 1));
    stored.matches.push(Match::sample(&parents, 1));
    let mut json = serde_json::to_value(&stored).unwrap();
    for list in ["players", "tournaments", "registrations", "matches"] {
        let row = json[list][0].as_object_mut().unwrap();
        row.remove("metadata").expect("it is written");
    }
    let read: Dataset = serde_json::from_value(json).unwrap();
    case.rows().import(&read).await.unwrap();
    expect_empty(case, stored.players[0].id).await;
    expect_empty(case, stored.tournaments[0].id).await;
    expect_empty(case, stored.registrations[0].id).await;
    expect_empty(case, stored.matches[0].id).await;
}
