//! A runner that dies in the middle.

use std::process::Stdio;

use crate::backend::{Backend, Subject, on_each};
use crate::proxy::Proxy;
use crate::support::Ended;
use crate::support::published::season;

on_each![
    killed_at_any_moment_of_the_first_migration_it_can_be_mended_as_advised,
    killed_at_any_moment_of_the_second_it_loses_nothing_of_the_rows,
    killed_at_any_moment_of_going_back_it_loses_nothing_but_what_goes,
];

fn killed_at_any_moment_of_the_first_migration_it_can_be_mended_as_advised(backend: Backend) {
    let subject = Subject::new(backend, "stopped_first");
    let outcomes = at_each_moment(
        &subject,
        &["migrate", "up", "--to", "1"],
        &|| drop(subject.td(&["migrate", "down", "--to", "0", "--yes"])),
        &|| assert_eq!(subject.sql("SELECT count(*) FROM matches;"), "0"),
    );
    outcomes.are_those_of(backend, backend.known()[0].up.matches("CREATE ").count());
}

fn killed_at_any_moment_of_the_second_it_loses_nothing_of_the_rows(backend: Backend) {
    let subject = with_rows(backend, "stopped_second");
    let rows = rows(&subject);
    let outcomes = at_each_moment(
        &subject,
        &["migrate", "up", "--to", "2"],
        &|| drop(subject.td(&["migrate", "down", "--to", "1", "--yes"]).succeeds()),
        &|| {
            assert_eq!(self::rows(&subject), rows);
            for table in ["players", "tournaments", "tournament_registrations", "matches"] {
                let unlike = "SELECT count(*) FROM TABLE WHERE CAST(metadata AS CHAR(9)) <> '{}';";
                assert_eq!(subject.sql(&unlike.replace("TABLE", table)), "0", "{table}");
            }
        },
    );
    outcomes.are_those_of(backend, 12);
}

fn killed_at_any_moment_of_going_back_it_loses_nothing_but_what_goes(backend: Backend) {
    let subject = with_rows(backend, "stopped_back");
    let rows = rows(&subject);
    let outcomes = at_each_moment(
        &subject,
        &["migrate", "down", "--to", "1", "--yes"],
        &|| drop(subject.td(&["migrate", "up"]).succeeds()),
        &|| assert_eq!(self::rows(&subject), rows),
    );
    outcomes.are_those_of(backend, 4);
}

/// What a database of version 1 holds of three events.
fn with_rows(backend: Backend, purpose: &str) -> Subject {
    let subject = Subject::migrated(backend, purpose);
    let events = subject.place.write("season.jsonl", season(3, 8, 3, 1));
    subject.td(&["import", events.to_str().unwrap(), "--json"]).succeeds();
    subject.td(&["migrate", "down", "--to", "1"]).succeeds();
    subject
}

fn rows(subject: &Subject) -> String {
    let sql = "SELECT id, version, name FROM players ORDER BY id; \
               SELECT id, version, last_sequence_id FROM tournaments ORDER BY id; \
               SELECT id, version, sequence_id FROM tournament_registrations ORDER BY id; \
               SELECT id, version, player1_wins FROM matches ORDER BY id;";
    subject.sql(sql)
}

/// How databases were found after a death.
#[derive(Default)]
struct Outcomes {
    moments: usize,
    unfinished: usize,
    whole: usize,
}

impl Outcomes {
    fn are_those_of(&self, backend: Backend, statements: usize) {
        let Self { moments, unfinished, whole } = self;
        let seen = format!("{moments} moments: {unfinished} unfinished, {whole} whole");
        println!("{seen}");
        if backend.is_transactional() {
            assert_eq!(*unfinished, 0, "{seen}");
            assert!(*whole >= 10 || backend == Backend::Sqlite, "{seen}");
        } else {
            // After it was begun, and after each statement and each note of it, but for the last.
            assert!(*unfinished >= 2 * statements - 1, "{seen}");
        }
    }
}

/// Runs `td` and kills it at each moment at which it waits for an answer, with what it asked for
/// done; follows the advice that it then gives, looks at the rows, and starts anew.
fn at_each_moment(
    subject: &Subject,
    arguments: &[&str],
    start_anew: &dyn Fn(),
    look: &dyn Fn(),
) -> Outcomes {
    let mut outcomes = Outcomes::default();
    loop {
        start_anew();
        let was_killed = if subject.backend == Backend::Sqlite {
            killed_after_a_while(subject, arguments, outcomes.moments)
        } else {
            killed_at(subject, arguments, outcomes.moments + 1)
        };
        if !was_killed {
            return outcomes;
        }
        outcomes.moments += 1;
        let status = subject.td(&["migrate", "status"]);
        if subject.backend == Backend::Sqlite && !subject.file().exists() {
            assert!(status.exits(4).sentence().contains("run `td migrate up`"));
        } else if status.succeeds().out.contains("unfinished") {
            outcomes.unfinished += 1;
            let refused = subject.td(&["migrate", "up"]).exits(4);
            assert!(refused.sentence().contains("`td migrate repair`"), "{}", refused.err);
        } else {
            outcomes.whole += 1;
        }
        follow_advice(subject);
        look();
    }
}

fn killed_at(subject: &Subject, arguments: &[&str], moment: usize) -> bool {
    let (_, address) = subject.url.split_once('@').unwrap();
    let (server, rest) = address.split_once('/').unwrap();
    let (before, _) = subject.url.split_once(server).unwrap();
    let proxy = Proxy::new(server.to_owned(), moment);
    let mut url = format!("{before}127.0.0.1:{}/{rest}", proxy.port);
    if subject.backend != Backend::Postgres && !url.contains("ssl-mode") {
        url.push_str(if url.contains('?') { "&ssl-mode=DISABLED" } else { "?ssl-mode=DISABLED" });
    }
    let child = subject.place.spawn(&[&["--db", &url], arguments].concat());
    proxy.client_is(child.id());
    let ended = Ended::of(child.wait_with_output().unwrap());
    if ended.status.success() {
        assert!(proxy.sent() < moment);
        return false;
    }
    assert_eq!(ended.status.code(), None, "{}", ended.err);
    true
}

/// A file is at no address: it is killed a little later each time, until it comes to its end.
fn killed_after_a_while(subject: &Subject, arguments: &[&str], moment: usize) -> bool {
    let mut child = subject
        .place
        .command(&subject.arguments(arguments))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_micros(300) * moment.try_into().unwrap());
    child.kill().unwrap();
    let status = child.wait().unwrap();
    // A little earlier it is not always: some moments are tried whatever came before.
    moment < 30 || !status.success()
}

/// Does as `td` advises until the schema is current.
fn follow_advice(subject: &Subject) {
    for _ in 0..4 {
        let check = subject.td(&["migrate", "check"]);
        if check.status.success() {
            return;
        }
        let advice = if check.err.is_empty() { &check.out } else { &check.err };
        let command = advice.split('`').nth(1).unwrap_or_else(|| panic!("no advice in {advice}"));
        let words: Vec<_> = command.split(' ').skip(1).collect();
        let asks = words == ["migrate", "repair"];
        let ended = subject.td_answering(&words, if asks { "yes\n" } else { "" });
        ended.exits(0);
    }
    panic!("td gave advice that did not mend the schema");
}
