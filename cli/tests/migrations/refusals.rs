//! Databases that may not be changed.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::backend::{Backend, Subject, on_each};
use crate::support::Ended;

mod of_users {
    use super::a_user_without_the_right_to_make_tables_is_told_so;
    use crate::backend::on_each;

    on_each![servers: a_user_without_the_right_to_make_tables_is_told_so];
}

on_each![a_url_that_leads_nowhere_is_told_without_its_password];

fn a_user_without_the_right_to_make_tables_is_told_so(backend: Backend) {
    let subject = Subject::new(backend, "rights");
    let guest = format!("td_guest_{}", std::process::id());
    let hosts = ["localhost", "127.0.0.1"];
    let (create, drop) = match backend {
        Backend::Postgres => (
            format!(
                "CREATE ROLE {guest} LOGIN PASSWORD 'hunter2'; \
                 REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
            ),
            format!("DROP OWNED BY {guest}; DROP ROLE {guest};"),
        ),
        _ => (
            hosts
                .map(|host| {
                    format!(
                        "CREATE USER {guest}@'{host}' IDENTIFIED BY 'hunter2'; \
                         SET @grant = CONCAT('GRANT SELECT ON ', DATABASE(), '.* TO {guest}@''{host}'''); \
                         PREPARE statement FROM @grant; EXECUTE statement;"
                    )
                })
                .concat(),
            hosts.map(|host| format!("DROP USER {guest}@'{host}';")).concat(),
        ),
    };
    subject.sql(&create);
    let (scheme, rest) = subject.url.split_once("://").unwrap();
    let (_, rest) = rest.split_once('@').unwrap();
    let url = format!("{scheme}://{guest}:hunter2@{rest}");
    for arguments in [&["migrate", "up"][..], &["import", "--migrate", "-"]] {
        let refused = subject.place.td(&[&["--db", &url], arguments].concat()).exits(4);
        let sentence = refused.sentence();
        let expected = "the history of migrations could not be made: the user lacks a right";
        assert!(sentence.contains(expected), "{sentence}");
        assert!(!sentence.contains("hunter2"), "{sentence}");
    }
    // Whoever may only look is told how it stands all the same.
    subject.place.td(&["--db", &url, "migrate", "check"]).exits(1);
    subject.place.td(&["--db", &url, "migrate", "status"]).succeeds();
    subject.sql(&drop);
}

/// Root may write to any file, so another user tries.
#[test]
fn a_file_that_may_only_be_read_is_told_so() {
    let subject = Subject::new(Backend::Sqlite, "read_only");
    subject.td(&["migrate", "up", "--to", "1"]).succeeds();
    let set = |path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    let program = subject.place.path("td");
    std::fs::copy(env!("CARGO_BIN_EXE_td"), &program).unwrap();
    set(program.clone(), 0o755);
    set(subject.file(), 0o444);
    set(subject.place.path("."), 0o555);
    let before = std::fs::read(subject.file()).unwrap();
    let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let td = |arguments: &[&str]| {
        let mut command = if is_root {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        Ended::of(command.args(subject.arguments(arguments)).output().unwrap())
    };
    for arguments in
        [&["migrate", "up"][..], &["migrate", "down", "--yes"], &["migrate", "redo", "--yes"]]
    {
        let refused = td(arguments).exits(4);
        let expected = "the database file cannot be written to";
        assert!(refused.sentence().contains(expected), "{}", refused.err);
    }
    td(&["migrate", "check"]).exits(1);
    td(&["migrate", "status"]).succeeds();
    assert!(std::fs::read(subject.file()).unwrap() == before);
    set(subject.place.path("."), 0o755);
}

fn a_url_that_leads_nowhere_is_told_without_its_password(backend: Backend) {
    let subject = Subject::new(backend, "nowhere_url");
    let url = match backend {
        Backend::Sqlite => format!("sqlite:{}", subject.place.path("no/where.db").display()),
        Backend::Postgres => "postgres://bot:hunter2@127.0.0.1:1/cup".to_owned(),
        Backend::MariaDb | Backend::MySql => "mysql://bot:hunter2@127.0.0.1:1/cup".to_owned(),
    };
    for command in ["up", "down", "redo", "status", "check", "repair"] {
        let refused = subject.place.td(&["--db", &url, "migrate", command]).exits(4);
        let sentence = refused.sentence();
        assert!(sentence.contains("the store is unavailable"), "{sentence}");
        assert!(!sentence.contains("hunter2"), "{sentence}");
    }
}
