//! Many tasks at once for a while, and a connection is killed every second.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tournament_core::{
    Dataset, Error, Id, Match, MatchFilter, Page, Player, RegisterOptions, Result, Store, StoreExt,
    Tournament,
};

use super::{Server, Way, event};

const DURATION: Duration = Duration::from_secs(20);
const TASKS: usize = 64;
const PLAYERS: usize = 60_000;

/// Matches that single calls report, and as many pairs that are only ever changed together.
const MATCHES: usize = 16;

/// No call may take longer.
const PATIENCE: Duration = Duration::from_secs(15);

/// What the calls said. A row that no call changed is left out.
#[derive(Default)]
struct Said {
    /// How often each match's result was stored, and how often it may have been.
    reports: BTreeMap<Id<Match>, (i64, i64)>,
    registered: BTreeMap<Id<Player>, i64>,
    maybe_registered: BTreeSet<Id<Player>>,
    refused: BTreeSet<Id<Player>>,
    reads: usize,
    killed: usize,
    unknown: usize,
}

struct Storm {
    store: Arc<dyn Store>,
    tournament: Id<Tournament>,
    players: Vec<Id<Player>>,
    next_player: AtomicUsize,
    singles: Vec<Id<Match>>,
    pairs: Vec<(Id<Match>, Id<Match>)>,
    said: Mutex<Said>,
}

fn dataset() -> Dataset {
    let mut rows = event(PLAYERS);
    let round = rows.rounds[0].clone();
    let matches = (0..3 * MATCHES).map(|number| {
        let (one, two) = (&rows.players[2 * number], &rows.players[2 * number + 1]);
        Match::new(&round, one.id, two.id)
    });
    rows.matches = matches.collect();
    rows
}

/// Whether the error says that the call was not done and may be tried again.
fn is_known_failure(error: &Error) -> bool {
    matches!(
        error,
        Error::Busy { .. }
            | Error::Conflict { .. }
            | Error::Unavailable { outcome_unknown: false, .. }
    )
}

fn is_unknown(error: &Error) -> bool {
    matches!(error, Error::Unavailable { outcome_unknown: true, .. })
}

async fn in_time<T>(call: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, call).await.expect("a call hangs")
}

impl Storm {
    fn say(&self, what: impl FnOnce(&mut Said)) {
        what(&mut self.said.lock().unwrap());
    }

    /// Counts one more draw, by the version that was read.
    async fn report(&self, turn: usize) {
        let id = self.singles[turn % MATCHES];
        let Ok(mut game) = in_time(self.store.matches().get(id)).await else { return };
        game.draws += 1;
        let answer = in_time(self.store.matches().update(&game)).await;
        self.tally(&[id], &answer.map(drop));
    }

    /// Counts one more draw in two matches, together.
    async fn report_both(&self, turn: usize) {
        let (one, two) = self.pairs[turn % MATCHES];
        let answer = in_time(self.store.transact(|tx| {
            Box::pin(async move {
                for id in [one, two] {
                    let mut game = tx.matches().get(id).await?;
                    game.draws += 1;
                    tx.matches().update(&game).await?;
                }
                Ok::<_, Error>(())
            })
        }))
        .await;
        self.tally(&[one, two], &answer);
    }

    fn tally(&self, ids: &[Id<Match>], answer: &Result<()>) {
        self.say(|said| {
            for id in ids {
                let (stored, maybe) = said.reports.entry(*id).or_default();
                match answer {
                    Ok(()) => *stored += 1,
                    Err(error) if is_unknown(error) => *maybe += 1,
                    Err(error) => assert!(is_known_failure(error), "{error:?}"),
                }
            }
            said.unknown += usize::from(answer.as_ref().is_err_and(is_unknown));
        });
    }

    async fn register(&self) {
        let next = self.next_player.fetch_add(1, Ordering::Relaxed);
        let Some(&player) = self.players.get(next) else {
            return tokio::time::sleep(Duration::from_millis(100)).await;
        };
        let options = RegisterOptions::new();
        let registrations = self.store.registrations();
        let answer = in_time(registrations.register(self.tournament, player, &options)).await;
        self.say(|said| match answer {
            Ok(row) => assert!(said.registered.insert(player, row.sequence_id).is_none()),
            Err(error) if is_unknown(&error) => {
                said.unknown += 1;
                said.maybe_registered.insert(player);
            }
            Err(error) => {
                assert!(is_known_failure(&error), "{error:?}");
                said.refused.insert(player);
            }
        });
    }

    async fn read(&self) {
        let filter = MatchFilter::default().with_tournament(self.tournament);
        let answer = in_time(self.store.matches().list(&filter, &Page::new())).await;
        match answer {
            Ok(page) => {
                assert_eq!(page.items.len(), 3 * MATCHES);
                for game in page.items {
                    assert_eq!(game.draws, game.version - 1, "no update is half seen");
                }
            }
            Err(error) => assert!(is_known_failure(&error), "{error:?}"),
        }
        self.say(|said| said.reads += 1);
    }

    async fn task(self: Arc<Self>, number: usize) {
        let began = Instant::now();
        for turn in number.. {
            if began.elapsed() >= DURATION {
                break;
            }
            match number % 8 {
                0..=2 => self.report(turn).await,
                3 => self.report_both(turn).await,
                4..=6 => self.register().await,
                _ => self.read().await,
            }
        }
    }

    /// Kills a connection that the store has, each second another.
    async fn kill(&self, server: &dyn Server) {
        let began = Instant::now();
        while began.elapsed() < DURATION {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let killed = server.kill_one().await;
            self.say(|said| said.killed += usize::from(killed));
        }
    }

    async fn check(&self, eye: &dyn Store) {
        let stored = eye.export().await.unwrap();
        let said = self.said.lock().unwrap();

        for game in &stored.matches {
            assert_eq!(game.draws, game.version - 1, "no update was lost");
            let (acknowledged, maybe) = said.reports.get(&game.id).copied().unwrap_or_default();
            let range = acknowledged..=acknowledged + maybe;
            assert!(range.contains(&game.draws), "{} is not in {range:?}", game.draws);
        }
        let draws: BTreeMap<_, _> = stored.matches.iter().map(|row| (row.id, row.draws)).collect();
        for (one, two) in &self.pairs {
            assert_eq!(draws[one], draws[two], "a unit was stored by half");
        }

        let numbers: BTreeMap<_, _> =
            stored.registrations.iter().map(|row| (row.player_id, row.sequence_id)).collect();
        for (player, number) in &said.registered {
            assert_eq!(numbers.get(player), Some(number), "acknowledged");
        }
        for player in &said.refused {
            assert!(!numbers.contains_key(player), "refused, and stored");
        }
        for player in numbers.keys().filter(|player| !said.registered.contains_key(player)) {
            assert!(said.maybe_registered.contains(player), "stored, and nobody asked for it");
        }
        let given: BTreeSet<_> = numbers.values().copied().collect();
        let expected: BTreeSet<_> = (1..).take(numbers.len()).collect();
        assert_eq!(given, expected, "each number is given once, and none is left out");
        let last = stored.last_sequence_ids[&self.tournament];
        assert_eq!(Some(&last), given.last());

        let reports: i64 = said.reports.values().map(|(stored, _)| stored).sum();
        println!(
            "storm: {reports} reports, {} registrations and {} reads done, {} calls refused, {} of \
             unknown outcome, {} connections killed",
            said.registered.len(),
            said.reads,
            said.refused.len(),
            said.unknown,
            said.killed,
        );
        assert!(said.killed >= 15 && reports > 1_000 && said.registered.len() > 1_000);
    }
}

/// What was acknowledged is stored, what was refused is not, and what may have been is whole or not at
/// all.
pub async fn nothing_is_lost_or_done_twice_while_connections_are_killed(server: &dyn Server) {
    let store = server.open(&Way::default()).await;
    let dataset = dataset();
    store.import(&dataset).await.unwrap();
    let matches: Vec<_> = dataset.matches.iter().map(|game| game.id).collect();
    let all = Arc::new(Storm {
        store,
        tournament: dataset.tournaments[0].id,
        players: dataset.players.iter().map(|player| player.id).collect(),
        next_player: AtomicUsize::new(0),
        singles: matches[..MATCHES].to_vec(),
        pairs: matches[MATCHES..].chunks(2).map(|pair| (pair[0], pair[1])).collect(),
        said: Mutex::default(),
    });
    let tasks: Vec<_> =
        (0..TASKS).map(|number| tokio::spawn(Arc::clone(&all).task(number))).collect();
    all.kill(server).await;
    for task in tasks {
        task.await.unwrap();
    }
    let eye = server.open(&Way::default()).await;
    all.check(&*eye).await;
}
