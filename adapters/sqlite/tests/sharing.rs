//! Several stores on one file, as several processes have them.

#![allow(clippy::unwrap_used)] // Helpers stop the test when they cannot go on.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tournament_core::{
    BaseFormat, Dataset, Error, Format, GameSystem, Id, Player, PlayerFilter, RegisterOptions,
    RegistrationFilter, Repositories, Repository, RepositoryExt, Store, StoreExt, Tournament,
    TournamentRegistration, UnitOptions, Venue,
};
use tournament_sqlite::{SqliteOptions, SqliteStore, Synchronous};

async fn open(path: &Path, busy: Duration) -> SqliteStore {
    SqliteOptions::new(path)
        .with_synchronous(Synchronous::Normal)
        .with_busy_timeout(busy)
        .with_migrate(true)
        .open()
        .await
        .unwrap()
}

struct Pair {
    _folder: TempDir,
    one: Arc<SqliteStore>,
    two: Arc<SqliteStore>,
}

impl Pair {
    async fn open(busy: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        Self {
            one: Arc::new(open(&path, busy).await),
            two: Arc::new(open(&path, busy).await),
            _folder: folder,
        }
    }
}

/// What a tournament refers to, the tournament, and this many players.
fn tournament(players: usize) -> (Dataset, Id<Tournament>) {
    let players: Vec<_> = (0..players).map(|n| Player::new(format!("Player {n}"))).collect();
    let venue = Venue::new("Hall");
    let format = Format::new(
        format!("Draft {}", venue.id),
        GameSystem::Pokemon,
        BaseFormat::Limited,
        "Base",
    );
    let tournament = Tournament::new("Cup", format.id, venue.id, players[0].id);
    let id = tournament.id;
    let dataset = Dataset {
        players,
        venues: vec![venue],
        formats: vec![format],
        tournaments: vec![tournament],
        ..Dataset::new()
    };
    (dataset, id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn numbers_are_given_once_across_stores() {
    let pair = Pair::open(Duration::from_secs(30)).await;
    let (dataset, id) = tournament(64);
    pair.one.import(&dataset).await.unwrap();
    let tasks: Vec<_> = dataset
        .players
        .iter()
        .zip([&pair.one, &pair.two].into_iter().cycle())
        .map(|(player, store)| {
            let (store, player) = (Arc::clone(store), player.id);
            tokio::spawn(async move {
                let options = RegisterOptions::new();
                store.registrations().register(id, player, &options).await.unwrap().sequence_id
            })
        })
        .collect();
    let mut numbers = BTreeSet::new();
    for task in tasks {
        numbers.insert(task.await.unwrap());
    }
    assert_eq!(numbers, (1..=64).collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_unit_makes_the_other_stores_writers_wait_and_not_its_readers() {
    let pair = Pair::open(Duration::from_millis(200)).await;
    let ada = pair.one.players().create(&Player::new("Ada")).await.unwrap();
    let unit = pair.one.begin(UnitOptions::new()).await.unwrap();
    unit.players().create(&Player::new("Ben")).await.unwrap();

    let began = Instant::now();
    let refused = pair.two.players().create(&Player::new("Cleo")).await.unwrap_err();
    assert_eq!(refused.code(), "busy");
    assert!(refused.is_retryable());
    assert!(began.elapsed() >= Duration::from_millis(200), "{:?}", began.elapsed());
    let refused = pair.two.begin(UnitOptions::new()).await.map(drop).unwrap_err();
    assert_eq!(refused.code(), "busy");
    assert_eq!(pair.two.clear().await.unwrap_err().code(), "busy");

    assert_eq!(pair.two.players().get(ada.id).await.unwrap(), ada);
    let players: &dyn Repository<Player> = pair.two.players();
    assert_eq!(players.count(&PlayerFilter::default()).await.unwrap(), 1);

    unit.commit().await.unwrap();
    assert_eq!(players.count(&PlayerFilter::default()).await.unwrap(), 2);
    pair.two.players().create(&Player::new("Cleo")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_writer_that_waits_goes_on_when_the_other_store_is_done() {
    let pair = Pair::open(Duration::from_secs(30)).await;
    let unit = pair.one.begin(UnitOptions::new()).await.unwrap();
    let two = Arc::clone(&pair.two);
    let waiting = tokio::spawn(async move { two.players().create(&Player::new("Ben")).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!waiting.is_finished());
    unit.commit().await.unwrap();
    waiting.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn units_of_two_stores_that_meet_all_succeed_when_retried() {
    let pair = Pair::open(Duration::from_millis(500)).await;
    let ada = pair.one.players().create(&Player::new("0")).await.unwrap();
    let tasks: Vec<_> = (0..16)
        .zip([&pair.one, &pair.two].into_iter().cycle())
        .map(|(_, store)| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                store
                    .transact(|tx| {
                        Box::pin(async move {
                            let mut player = tx.players().get(ada.id).await?;
                            let number: u32 = player.name.parse().unwrap_or_default();
                            player.name = (number + 1).to_string();
                            tx.players().update(&player).await?;
                            Ok::<_, Error>(())
                        })
                    })
                    .await
                    .unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(pair.two.players().get(ada.id).await.unwrap().name, "16");
}

/// A process of its own that imports datasets of 50 rows, one after another, until it is killed.
struct Importer(Child);

const IMPORTER_FILE: &str = "TOURNAMENT_SQLITE_IMPORTER_FILE";

impl Importer {
    fn start(path: &Path) -> Self {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "importer"])
            .env(IMPORTER_FILE, path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }
}

impl Drop for Importer {
    fn drop(&mut self) {
        // Killed at once: it is not asked, and cannot clean up.
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

const ROWS: usize = 23;

/// No test of its own: the other process of the tests below, which start it and kill it.
#[tokio::test]
async fn importer() {
    let Some(path) = std::env::var_os(IMPORTER_FILE).map(PathBuf::from) else { return };
    let store = open(&path, Duration::from_secs(30)).await;
    loop {
        store.import(&whole()).await.unwrap();
    }
}

/// A tournament of as many registrations as it has players.
fn whole() -> Dataset {
    let (mut dataset, id) = tournament(ROWS);
    dataset.registrations = dataset
        .players
        .iter()
        .zip(1..)
        .map(|(player, number)| TournamentRegistration::new(id, player.id, number))
        .collect();
    dataset
}

async fn wait_for_tournaments(store: &SqliteStore, more_than: usize) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while store.export().await.unwrap().tournaments.len() <= more_than {
        assert!(Instant::now() < deadline, "the other process imports nothing");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_process_killed_at_any_moment_leaves_whole_imports_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let mut stored = 0;
    for moment in 0..20_u64 {
        let importer = Importer::start(&path);
        // Spread over the time of several imports, each time another moment of one.
        tokio::time::sleep(Duration::from_millis(60 + moment * 7)).await;
        drop(importer);

        let store = open(&path, Duration::from_secs(30)).await;
        let found = store.export().await.unwrap();
        let tournaments = found.tournaments.len();
        assert!(tournaments >= stored, "a confirmed import is gone");
        assert_eq!(found.players.len(), tournaments * ROWS);
        assert_eq!(found.registrations.len(), tournaments * ROWS);
        for tournament in &found.tournaments {
            let filter = RegistrationFilter::default().with_tournament(tournament.id);
            let rows = store.registrations().list_all(&filter).await.unwrap();
            assert_eq!(rows.len(), ROWS);
        }
        stored = tournaments;
        store.import(&whole()).await.unwrap();
        stored += 1;
        store.close().await.unwrap();
    }
    assert!(stored > 20, "the other process never imported anything");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_write_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let store = open(&path, Duration::from_secs(30)).await;
    let importers = [Importer::start(&path), Importer::start(&path)];
    wait_for_tournaments(&store, 2).await;
    for _ in 0..20 {
        store.import(&whole()).await.unwrap();
    }
    drop(importers);
    let found = store.export().await.unwrap();
    assert!(found.tournaments.len() > 22);
    assert_eq!(found.registrations.len(), found.tournaments.len() * ROWS);
}
