//! Several at one database.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::backend::{Backend, Subject, on_each};
use crate::support::Ended;

on_each![
    of_twenty_at_once_one_migrates_and_the_others_find_it_current,
    whoever_waits_in_vain_is_told_who_holds_the_lock_and_a_killed_holder_frees_it,
    only_what_was_agreed_to_is_done,
];

fn of_twenty_at_once_one_migrates_and_the_others_find_it_current(backend: Backend) {
    let subject = Subject::new(backend, "twenty");
    let run = |arguments: &[&str]| -> Vec<usize> {
        let children: Vec<_> =
            (0..20).map(|_| subject.place.spawn(&subject.arguments(arguments))).collect();
        let ended = children.into_iter().map(|child| Ended::of(child.wait_with_output().unwrap()));
        ended
            .map(|ended| {
                let report = &ended.succeeds().json_lines()[0];
                assert_eq!(report["to"], backend.known().len());
                report["ran"].as_array().unwrap().len()
            })
            .collect()
    };
    let ran = run(&["migrate", "up", "--json"]);
    assert_eq!(ran.iter().filter(|&&ran| ran == 0).count(), 19, "{ran:?}");
    assert_eq!(ran.iter().sum::<usize>(), backend.known().len(), "{ran:?}");
    subject.td(&["migrate", "check"]).succeeds();
    assert_eq!(run(&["migrate", "up", "--json"]).iter().sum::<usize>(), 0);
}

/// A file has no connection that somebody else could end.
mod by_the_server {
    use super::a_holder_whose_connection_is_ended_frees_the_lock;
    use crate::backend::on_each;

    on_each![servers: a_holder_whose_connection_is_ended_frees_the_lock];
}

/// Somebody reads the table that the second migration changes first, and does not end.
struct Reader<'s> {
    subject: &'s Subject,
    child: std::process::Child,
}

impl<'s> Reader<'s> {
    fn new(subject: &'s Subject) -> Self {
        let mut child =
            subject.client_command().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let begin = "BEGIN; SELECT count(*) FROM players;\n";
        std::io::Write::write_all(child.stdin.as_mut().unwrap(), begin.as_bytes()).unwrap();
        let mut said = [0; 1];
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut said).unwrap();
        Self { subject, child }
    }

    /// `td migrate up`, once it has the lock and waits for the table.
    fn blocked_up(&self) -> std::process::Child {
        let patient = with_lock_timeout(self.subject);
        let child = self.subject.place.spawn(&["--db", &patient, "migrate", "up"]);
        let began = Instant::now();
        let waits = match self.subject.backend {
            Backend::Postgres => {
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
                 AND query LIKE '%ADD COLUMN%' AND datname = current_database();"
            }
            _ => {
                "SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE() \
                 AND state LIKE 'Waiting for table metadata lock%';"
            }
        };
        while self.subject.sql(waits) != "1" {
            assert!(began.elapsed() < Duration::from_secs(20), "it never came to wait");
        }
        child
    }

    fn end(mut self) {
        drop(self.child.stdin.take());
        self.child.wait().unwrap();
    }
}

fn with_lock_timeout(subject: &Subject) -> String {
    let joint = if subject.url.contains('?') { '&' } else { '?' };
    format!("{}{joint}lock_timeout=30000", subject.url)
}

/// The server's number of who holds the lock; nothing where nobody does.
fn lock_holder(subject: &Subject) -> String {
    let id = subject.sql(match subject.backend {
        Backend::Postgres => {
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database());"
        }
        _ => {
            "SELECT IS_USED_LOCK(CONCAT('tournament_migrations ', \
             LEFT(SHA2(DATABASE(), 256), 40)));"
        }
    });
    if id == "NULL" { String::new() } else { id }
}

/// A process that holds the lock, and what the others say of it.
fn holder(subject: &Subject) -> (std::process::Child, Option<Reader<'_>>, String) {
    if subject.backend == Backend::Sqlite {
        let mut child =
            subject.client_command().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let begin = "BEGIN IMMEDIATE; SELECT 1;\n";
        std::io::Write::write_all(child.stdin.as_mut().unwrap(), begin.as_bytes()).unwrap();
        let mut said = [0; 1];
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut said).unwrap();
        let named = format!("process {} (sqlite3) holds the database file", child.id());
        return (child, None, named);
    }
    let reader = Reader::new(subject);
    let child = reader.blocked_up();
    let id = lock_holder(subject);
    let named = match subject.backend {
        Backend::Postgres => format!("process {id} of the server, user "),
        _ => format!("connection {id} of root@"),
    };
    let named = format!("another is migrating the database ({named}");
    (child, Some(reader), named)
}

fn whoever_waits_in_vain_is_told_who_holds_the_lock_and_a_killed_holder_frees_it(backend: Backend) {
    let subject = Subject::new(backend, "holder");
    subject.td(&["migrate", "up", "--to", "1"]).succeeds();
    let (mut child, reader, named) = holder(&subject);
    let began = Instant::now();
    let refused = subject.td(&["migrate", "up", "--wait", "1"]).exits(4);
    assert!(refused.sentence().contains(&named), "{}", refused.err);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    // What only looks waits for nobody.
    subject.td(&["migrate", "status"]).succeeds();

    child.kill().unwrap();
    child.wait().unwrap();
    if let Some(reader) = reader {
        reader.end();
    }
    let unfinished = subject.td(&["migrate", "status"]).succeeds().out.contains("unfinished");
    assert_eq!(unfinished, !backend.is_transactional());
    let mend = if unfinished { &["migrate", "repair", "--yes"][..] } else { &["migrate", "up"] };
    subject.td(mend).succeeds();
    subject.is_sound();
}

fn a_holder_whose_connection_is_ended_frees_the_lock(backend: Backend) {
    let subject = Subject::new(backend, "ended");
    subject.td(&["migrate", "up", "--to", "1"]).succeeds();
    let (child, reader, _) = holder(&subject);
    let id = lock_holder(&subject);
    subject.sql(&match backend {
        Backend::Postgres => format!("SELECT pg_terminate_backend({id});"),
        _ => format!("KILL {id};"),
    });
    let ended = Ended::of(child.wait_with_output().unwrap()).exits(4);
    let sentence = ended.sentence();
    assert!(sentence.contains("migration 2 (metadata) failed at statement 1 of "), "{sentence}");
    reader.unwrap().end();
    let status = subject.td(&["migrate", "status"]).succeeds().out;
    let advised = if backend.is_transactional() {
        assert!(sentence.contains("nothing of it was kept"), "{sentence}");
        &["migrate", "up"][..]
    } else {
        assert!(sentence.contains("run `td migrate repair`"), "{sentence}");
        assert!(status.contains("run `td migrate repair`"), "{status}");
        &["migrate", "repair", "--yes"]
    };
    subject.td(advised).succeeds();
    subject.is_sound();
}

/// Between the question and the answer another goes back further.
fn only_what_was_agreed_to_is_done(backend: Backend) {
    let subject = Subject::migrated(backend, "agreed");
    let events = crate::support::published::season(1, 8, 3, 1);
    let events = subject.place.write("season.jsonl", events);
    subject.td(&["import", events.to_str().unwrap(), "--json"]).succeeds();
    let mut asking = subject
        .place
        .command(&subject.arguments(&["migrate", "down", "--to", "0"]))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = [0; 1];
    std::io::Read::read_exact(asking.stderr.as_mut().unwrap(), &mut said).unwrap();
    subject.td(&["migrate", "down", "--to", "1", "--yes"]).succeeds();
    drop(std::io::Write::write_all(asking.stdin.as_mut().unwrap(), b"yes\n"));
    let refused = Ended::of(asking.wait_with_output().unwrap()).exits(4);
    assert!(
        refused.err.contains("another program migrated the database meanwhile"),
        "{}",
        refused.err
    );
    assert_eq!(subject.sql("SELECT count(*) FROM tournaments;"), "1");
}
