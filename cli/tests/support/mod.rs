//! Runs `td` as its users do: as a program, in a folder of its own.
#![allow(dead_code)] // Each test program uses a part of it.

pub(crate) mod published;
pub(crate) mod servers;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A folder for one test, gone with it.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A place whose default database is there and empty.
    pub(crate) fn migrated() -> Self {
        let place = Self::new();
        place.td(&["migrate", "up"]).succeeds();
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// `td` in this folder, without whatever the environment says of databases.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_td"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("DATABASE_URL")
            .env("TMPDIR", self.folder.path())
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn td(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.command(arguments).output().unwrap())
    }

    pub(crate) fn td_reading(&self, arguments: &[&str], input: &[u8]) -> Ended {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that has read enough closes its end: that is its right.
        drop(child.stdin.take().unwrap().write_all(input));
        Ended::of(child.wait_with_output().unwrap())
    }

    pub(crate) fn spawn(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// The standings of all tournaments, as JSON values.
    pub(crate) fn standings(&self, url: &str) -> Vec<Value> {
        self.td(&["--db", url, "standings", "--all", "--json"]).succeeds().json_lines()
    }
}

/// What a run of `td` left.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            status: output.status,
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Ended with this code, and without a panic.
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.status.code(), Some(code), "out: {}\nerr: {}", self.out, self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
        self
    }

    pub(crate) fn succeeds(self) -> Self {
        let ended = self.exits(0);
        assert_eq!(ended.err, "");
        ended
    }

    /// Each line of the output as a JSON document.
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The only line that was said on the standard error.
    pub(crate) fn sentence(&self) -> &str {
        let line = self.err.strip_suffix('\n').unwrap_or_else(|| panic!("{:?}", self.err));
        assert!(!line.contains('\n'), "{line}");
        line
    }
}

/// The words of a migration's line in what `td migrate status` prints.
pub(crate) fn step<'a>(status: &'a str, name: &str) -> Vec<&'a str> {
    status
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .find(|words| words.get(1) == Some(&name))
        .unwrap_or_else(|| panic!("{name} is not in {status}"))
}

pub(crate) fn url(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}
