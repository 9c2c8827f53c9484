//! Futures that are dropped half-way, a runtime of one thread that must not stop, and a write-ahead
//! log that must not grow for ever.

#![allow(clippy::unwrap_used)] // Helpers stop the test when they cannot go on.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use tournament_core::{
    Dataset, Id, Page, Player, PlayerFilter, Repositories, Repository, Store, UnitOptions,
};
use tournament_sqlite::{SqliteOptions, SqliteStore, Synchronous};

async fn open(path: &Path, synchronous: Synchronous) -> SqliteStore {
    SqliteOptions::new(path)
        .with_synchronous(synchronous)
        .with_busy_timeout(Duration::from_secs(20))
        .with_migrate(true)
        .open()
        .await
        .unwrap()
}

fn players(number: usize) -> Vec<Player> {
    (0..number).map(|n| Player::new(format!("Player {n:06}"))).collect()
}

async fn count(repository: &dyn Repository<Player>) -> u64 {
    repository.count(&PlayerFilter::default()).await.unwrap()
}

/// Polls the future until this long has passed, then drops it. True if it came to its end.
async fn give_up_after<T>(time: Duration, future: impl Future<Output = T>) -> bool {
    tokio::time::timeout(time, future).await.is_ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn dropped_calls_are_done_or_not_and_the_store_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("x.db"), Synchronous::Full).await;
    let (mut least, mut most) = (0, 0);
    for moment in 0..60 {
        let time = Duration::from_micros(moment * 150);
        let ended = give_up_after(time, store.players().create(&Player::new("Ada"))).await;
        least += u64::from(ended);
        most += 1;
        let ended = give_up_after(time * 2, store.players().create_many(&players(100))).await;
        least += 100 * u64::from(ended);
        most += 100;
    }
    // Waits behind whatever is still under way on another thread.
    store.players().create(&Player::new("Ben")).await.unwrap();
    let found = count(store.players()).await - 1;
    assert!((least..=most).contains(&found), "{least} <= {found} <= {most}");
    let singles = Repositories::players(&store).find_by_name("Ada").await.unwrap().len() as u64;
    assert_eq!((found - singles) % 100, 0, "a part of a list was stored");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_unit_dropped_at_any_moment_stores_nothing_and_lets_go() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("x.db"), Synchronous::Full).await;
    for moment in 0..40 {
        let unit = async {
            let unit = store.begin(UnitOptions::new()).await.unwrap();
            unit.players().create_many(&players(200)).await.unwrap();
            tokio::time::sleep(Duration::from_secs(60)).await;
            unit.commit().await.unwrap();
        };
        assert!(!give_up_after(Duration::from_micros(moment * 200), unit).await);
    }
    store.players().create(&Player::new("Ada")).await.unwrap();
    assert_eq!(count(store.players()).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_dropped_write_finishes_its_unit_unless_it_had_not_begun() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("x.db"), Synchronous::Full).await;
    let many = players(5_000);
    let mut finished = 0;
    let mut moment = Duration::ZERO;
    while finished < 3 {
        moment += Duration::from_millis(1);
        let unit = store.begin(UnitOptions::new()).await.unwrap();
        unit.players().create(&Player::new("Ada")).await.unwrap();
        if give_up_after(moment, unit.players().create_many(&many)).await {
            // Too late to be dropped: the loop began anew too slowly, or the disk is too fast.
            moment = Duration::ZERO;
            unit.rollback().await.unwrap();
            continue;
        }
        match unit.players().count(&PlayerFilter::default()).await {
            Ok(found) => {
                assert_eq!(found, 1, "a part of a dropped write is in the unit");
                unit.rollback().await.unwrap();
            }
            Err(error) => {
                assert_eq!(error.code(), "aborted");
                assert_eq!(unit.commit().await.unwrap_err().code(), "aborted");
                finished += 1;
            }
        }
    }
    store.players().create(&Player::new("Cleo")).await.unwrap();
    assert_eq!(count(store.players()).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_commit_that_is_dropped_is_done_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("x.db"), Synchronous::Full).await;
    let mut before = 0;
    for moment in 0..40 {
        let unit = store.begin(UnitOptions::new()).await.unwrap();
        unit.players().create_many(&players(10)).await.unwrap();
        let ended = give_up_after(Duration::from_micros(moment * 100), unit.commit()).await;
        // The next writer begins once that one has ended, whichever way.
        let next = store.begin(UnitOptions::new()).await.unwrap();
        let after = count(next.players()).await;
        assert!(after == before + 10 || (after == before && !ended), "{before} {after} {ended}");
        before = after;
        next.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn a_writer_that_gave_up_waiting_takes_nobodys_place() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("x.db"), Synchronous::Normal).await;
    let unit = store.begin(UnitOptions::new()).await.unwrap();
    for _ in 0..10 {
        let time = Duration::from_millis(1);
        assert!(!give_up_after(time, store.begin(UnitOptions::new())).await);
        assert!(!give_up_after(time, store.players().create(&Player::new("Ada"))).await);
    }
    unit.rollback().await.unwrap();
    store.players().create(&Player::new("Ben")).await.unwrap();
    assert_eq!(count(store.players()).await, 1);
}

#[tokio::test]
async fn calls_of_one_unit_made_at_once_follow_one_another() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("x.db"), Synchronous::Full).await;
    let unit = store.begin(UnitOptions::new()).await.unwrap();
    let many = players(5_000);
    let (ada, ben) = (Player::new("Ada"), Player::new("Ben"));
    let (one, two, three, four) = tokio::join!(
        unit.players().create_many(&many),
        unit.players().create(&ada),
        count(unit.players()),
        unit.players().create(&ben),
    );
    assert_eq!(one.unwrap().len(), 5_000);
    two.unwrap();
    assert!(three <= 5_002);
    four.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(count(store.players()).await, 5_002);
}

/// The answer of a future that never waits: it neither changes threads nor gives way.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the future waits"),
    }
}

#[tokio::test]
async fn rows_pages_and_quick_commits_do_not_change_threads() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("x.db"), Synchronous::Normal).await;
    let ada = at_once(store.players().create(&Player::new("Ada"))).unwrap();
    assert_eq!(at_once(store.players().get(ada.id)).unwrap(), ada);
    assert_eq!(at_once(store.players().find_by_name("Ada")).unwrap(), std::slice::from_ref(&ada));
    at_once(store.players().list(&PlayerFilter::default(), &Page::new())).unwrap();
    let ada = at_once(store.players().update(&ada)).unwrap();
    at_once(store.players().delete(ada.id, Some(ada.version))).unwrap();
    let unit = at_once(store.begin(UnitOptions::new())).unwrap();
    at_once(unit.players().create(&ada)).unwrap();
    at_once(unit.commit()).unwrap();
}

#[test]
fn many_rows_of_one_name_are_read_on_another_thread() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder.path().join("x.db"), Synchronous::Normal).await;
        let adas = |number| (0..number).map(|_| Player::new("Ada")).collect::<Vec<_>>();
        store.players().create_many(&adas(999)).await.unwrap();
        assert_eq!(at_once(store.players().find_by_name("Ada")).unwrap().len(), 999);
        store.players().create_many(&adas(2_000)).await.unwrap();

        // While the only other thread is taken, what is to be done there is not done.
        let (release, taken) = std::sync::mpsc::channel::<()>();
        let thread = tokio::task::spawn_blocking(move || taken.recv());
        let mut find = store.players().find_by_name("Ada");
        assert!(find.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(release);
        thread.await.unwrap().unwrap_err();
        let found = find.await.unwrap();
        assert_eq!(found.len(), 2_999);
        assert!(found.is_sorted_by_key(|player| player.id));
    });
}

/// Calls that never wait would otherwise never let another task have the only thread.
#[tokio::test]
async fn one_call_after_another_gives_way_to_other_tasks() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("x.db"), Synchronous::Normal).await;
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();
    let ran = Arc::new(AtomicBool::new(false));
    let other = || {
        ran.store(false, Ordering::Relaxed);
        let ran = Arc::clone(&ran);
        tokio::spawn(async move { ran.store(true, Ordering::Relaxed) });
    };
    other();
    for _ in 0..1_000 {
        store.players().get(ada.id).await.unwrap();
    }
    assert!(ran.load(Ordering::Relaxed), "reads kept the thread");
    // Fewer than make a log that is carried over elsewhere.
    other();
    for _ in 0..200 {
        store.players().delete(Id::new(), None).await.unwrap_err();
    }
    assert!(ran.load(Ordering::Relaxed), "writes kept the thread");
    let unit = store.begin(UnitOptions::new()).await.unwrap();
    other();
    for _ in 0..1_000 {
        unit.players().get(ada.id).await.unwrap();
    }
    assert!(ran.load(Ordering::Relaxed), "a unit's calls kept the thread");
}

#[test]
fn commits_that_wait_for_the_disk_do_so_on_another_thread() {
    // With one such thread, and that one occupied, a commit must wait for it.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder.path().join("x.db"), Synchronous::Full).await;
        let mut context = Context::from_waker(Waker::noop());
        let unit = store.begin(UnitOptions::new()).await.unwrap();
        at_once(unit.players().create(&Player::new("Ada"))).unwrap();

        let (free, occupied) = std::sync::mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || occupied.recv());
        let mut commit = unit.commit();
        assert!(commit.as_mut().poll(&mut context).is_pending());
        free.send(()).unwrap();
        commit.await.unwrap();

        let (free, occupied) = std::sync::mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || occupied.recv());
        let ben = Player::new("Ben");
        let mut create = store.players().create(&ben);
        assert!(create.as_mut().poll(&mut context).is_pending());
        free.send(()).unwrap();
        create.await.unwrap();
        assert_eq!(count(store.players()).await, 2);
    });
}

/// The longest time for which the runtime's only thread ran nothing else.
struct Pulse {
    running: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<Duration>,
}

impl Pulse {
    fn start() -> Self {
        let running = Arc::new(AtomicBool::new(true));
        let goes_on = Arc::clone(&running);
        let task = tokio::spawn(async move {
            let mut longest = Duration::ZERO;
            while goes_on.load(Ordering::Relaxed) {
                let began = Instant::now();
                tokio::time::sleep(Duration::from_millis(1)).await;
                longest = longest.max(began.elapsed());
            }
            longest
        });
        Self { running, task }
    }

    async fn stop(self) -> Duration {
        self.running.store(false, Ordering::Relaxed);
        self.task.await.unwrap()
    }
}

/// Runs what is long, and expects the thread to have been free for most of it.
async fn expect_free<T>(what: &str, work: impl Future<Output = T>) -> T {
    let pulse = Pulse::start();
    tokio::task::yield_now().await;
    let began = Instant::now();
    let value = work.await;
    let took = began.elapsed();
    let longest = pulse.stop().await;
    assert!(longest < took / 2, "{what}: {longest:?} of {took:?} at once");
    value
}

#[tokio::test(flavor = "current_thread")]
async fn long_work_leaves_the_only_thread_free() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let store = open(&path, Synchronous::Full).await;
    let many = players(60_000);
    let stored = expect_free("create_many", store.players().create_many(&many)).await.unwrap();
    assert_eq!(stored.len(), many.len());

    let unit = store.begin(UnitOptions::new()).await.unwrap();
    let more = players(60_000);
    expect_free("create_many in a unit", unit.players().create_many(&more)).await.unwrap();
    unit.commit().await.unwrap();

    let exported = expect_free("export", store.export()).await.unwrap();
    let page = Page::new().with_limit(1).with_offset(119_000);
    let mut last = expect_free("a deep offset", async {
        let mut last = None;
        for _ in 0..10 {
            last = Some(store.players().list(&PlayerFilter::default(), &page).await.unwrap());
        }
        last
    })
    .await
    .unwrap();
    assert_eq!(last.items.pop().unwrap().name, "Player 059500");
    expect_free("clear", store.clear()).await.unwrap();
    expect_free("import", store.import(&exported)).await.unwrap();
    assert_eq!(count(store.players()).await, 120_000);
}

#[tokio::test(flavor = "current_thread")]
async fn waiting_for_another_process_leaves_the_only_thread_free() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let store = open(&path, Synchronous::Normal).await;
    let bare = rusqlite::Connection::open(&path).unwrap();
    bare.execute_batch("BEGIN IMMEDIATE").unwrap();
    let released = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        bare.execute_batch("ROLLBACK").unwrap();
    };
    let ada = Player::new("Ada");
    let created =
        expect_free("a wait", async { tokio::join!(store.players().create(&ada), released).0 });
    created.await.unwrap();
}

#[tokio::test]
async fn snapshots_take_no_connection_from_point_reads() {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteOptions::new(folder.path().join("x.db"))
        .with_busy_timeout(Duration::from_millis(100))
        .with_readers(2)
        .with_migrate(true);
    let store = options.open().await.unwrap();
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();
    let read_only = UnitOptions::new().read_only();
    let one = store.begin(read_only).await.unwrap();
    let two = store.begin(read_only).await.unwrap();
    let refused = store.begin(read_only).await.map(drop).unwrap_err();
    assert_eq!(refused.code(), "unavailable");
    assert_eq!(store.players().get(ada.id).await.unwrap(), ada);
    drop(one);
    store.begin(read_only).await.unwrap();
    drop(two);
}

/// In bytes.
fn log_of(path: &Path) -> u64 {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(log).unwrap().len()
}

/// Twice what a log of 1,000 pages that is carried over while as much again is written takes, and
/// room for what a slow disk lets come meanwhile.
const BOUND: u64 = 32 * 1024 * 1024;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_log_stays_bounded_under_steady_writers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let store = Arc::new(open(&path, Synchronous::Normal).await);
    let before = std::fs::metadata(&path).unwrap().len();
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for _ in 0..2_500 {
                    store.players().create(&Player::new("Ada")).await.unwrap();
                }
            })
        })
        .collect();
    let mut longest = 0;
    while !tasks.iter().all(tokio::task::JoinHandle::is_finished) {
        longest = longest.max(log_of(&path));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for task in tasks {
        task.await.unwrap();
    }
    // Some 20,000 commits of four pages or more: unbounded, the log would be over 300 MB.
    assert!(longest < BOUND, "{longest}");
    assert!(std::fs::metadata(&path).unwrap().len() > before, "nothing was carried over");
    assert_eq!(count(store.players()).await, 20_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_log_that_a_snapshot_held_back_shrinks_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let store = open(&path, Synchronous::Normal).await;
    let snapshot = store.begin(UnitOptions::new().read_only()).await.unwrap();
    store.import(&Dataset { players: players(200_000), ..Dataset::new() }).await.unwrap();
    let held_back = log_of(&path);
    assert!(held_back > BOUND, "{held_back}");
    assert_eq!(count(snapshot.players()).await, 0);
    snapshot.rollback().await.unwrap();

    let deadline = Instant::now() + Duration::from_secs(30);
    while log_of(&path) > BOUND {
        assert!(Instant::now() < deadline, "the log is {} bytes long", log_of(&path));
        for _ in 0..200 {
            store.players().create(&Player::new("Ada")).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_log_that_waits_for_a_unit_keeps_no_reader_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteOptions::new(folder.path().join("x.db"))
        .with_synchronous(Synchronous::Normal)
        .with_busy_timeout(Duration::from_secs(20))
        .with_readers(1)
        .with_migrate(true)
        .open()
        .await
        .unwrap();
    // Long enough to be carried over, which ends with waiting for the writer.
    store.players().create_many(&players(20_000)).await.unwrap();
    let unit = store.begin(UnitOptions::new()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let began = Instant::now();
    assert_eq!(count(store.players()).await, 20_000);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    unit.rollback().await.unwrap();
    store.close().await.unwrap();
}
