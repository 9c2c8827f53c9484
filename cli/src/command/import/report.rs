//! What is said of an import: line by line, and in the end.

use std::io::{self, IsTerminal, Write};
use std::time::Instant;

use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use serde::Serialize;
use tournament_core::{Error, Id, Tournament};
use tournament_director::import::{Outcome, Progress};

use crate::failure::{Sentence, one_line};
use crate::output::Output;

pub(super) struct Report {
    /// `None` once whoever read it has gone: the import goes on without.
    out: Option<Output>,
    json: bool,
    /// Whether the file must be named beside the line.
    several: bool,
    file: String,
    bar: ProgressBar,
    watched: Option<Progress>,
    began: Instant,
    stored: u64,
    already_stored: u64,
    refused: u64,
    rows: usize,
}

#[derive(Serialize)]
struct Answered<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    line: u64,
    #[serde(flatten)]
    answer: Answer<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Answer<'a> {
    Event {
        tournament_id: Id<Tournament>,
        players: usize,
        matches: usize,
        #[serde(skip_serializing_if = "Option::is_none")]
        already_stored: Option<bool>,
    },
    Dataset {
        players: usize,
        matches: usize,
        rows: usize,
    },
    Refused {
        error: &'a Error,
    },
}

impl Report {
    pub(super) fn new(json: bool, several: bool) -> Self {
        // Lines and a bar on one terminal would run into one another.
        let bar = if json && io::stdout().is_terminal() {
            ProgressBar::hidden()
        } else {
            // Draws on the standard error, and only where that is a terminal.
            ProgressBar::no_length()
        };
        Self {
            out: Some(Output::new()),
            json,
            several,
            file: String::new(),
            bar,
            watched: None,
            began: Instant::now(),
            stored: 0,
            already_stored: 0,
            refused: 0,
            rows: 0,
        }
    }

    pub(super) fn begin_file(&mut self, name: &str) {
        self.watched = None;
        self.file = one_line(name);
    }

    pub(super) fn watch(&mut self, progress: &Progress) {
        let template = match progress.size() {
            Some(size) => {
                self.bar.set_length(size);
                "{wide_bar} {percent:>3} %  {msg}"
            }
            None => "{spinner} {msg}",
        };
        let style = ProgressStyle::with_template(template);
        self.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        self.watched = Some(progress.clone());
    }

    pub(super) fn stored(&mut self, line: u64, outcome: &Outcome) -> io::Result<()> {
        if outcome.already_stored {
            self.already_stored += 1;
        } else {
            self.stored += 1;
        }
        self.rows += outcome.rows;
        self.advance();
        let Outcome { players, matches, rows, .. } = *outcome;
        self.line(
            line,
            match outcome.tournament_id {
                Some(tournament_id) => Answer::Event {
                    tournament_id,
                    players,
                    matches,
                    already_stored: outcome.already_stored.then_some(true),
                },
                None => Answer::Dataset { players, matches, rows },
            },
        )
    }

    /// `explained` where nobody else says what is wrong.
    pub(super) fn refused(&mut self, line: u64, error: &Error, explained: bool) -> io::Result<()> {
        self.advance();
        if explained {
            self.refused += 1;
        }
        if explained && !self.json {
            let text = format!("{}:{line}: {}", self.file, Sentence(error));
            // Nothing can be said where even this fails; the exit code still tells.
            self.bar.suspend(|| drop(writeln!(io::stderr().lock(), "{text}")));
        }
        self.line(line, Answer::Refused { error })
    }

    /// The summary, where lines were not asked for.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.bar.finish_and_clear();
        if self.json {
            return Ok(());
        }
        let seconds = self.began.elapsed().as_secs_f64();
        let Self { stored, already_stored, refused, rows, .. } = *self;
        let text = format!(
            "stored          {}\nalready stored  {}\nrefused         {}\nrows            {}, {} per \
             second\n",
            HumanCount(stored),
            HumanCount(already_stored),
            HumanCount(refused),
            HumanCount(rows as u64),
            HumanCount(per_second(rows, seconds)),
        );
        self.write(|out| out.write_all(text.as_bytes()))
    }

    /// How far the import has come, for a message.
    pub(super) fn so_far(&self) -> String {
        let stored = self.stored + self.already_stored;
        format!(
            "{stored} {} stored whole",
            if stored == 1 { "document is" } else { "documents are" }
        )
    }

    /// How many documents were refused, if any was.
    pub(super) fn refusals(&self) -> Option<String> {
        let all = self.stored + self.already_stored + self.refused;
        (self.refused > 0).then(|| format!("{} of {all} documents were refused", self.refused))
    }

    fn advance(&mut self) {
        if let Some(progress) = &self.watched {
            self.bar.set_position(progress.read());
        }
        self.bar.set_message(format!(
            "{} stored, {} refused",
            self.stored + self.already_stored,
            self.refused
        ));
    }

    fn line(&mut self, line: u64, answer: Answer<'_>) -> io::Result<()> {
        if !self.json {
            return Ok(());
        }
        let file = self.several.then(|| self.file.clone());
        self.write(|out| out.json(&Answered { file: file.as_deref(), line, answer }))
    }

    /// Writes and flushes: whoever reads sees each line as soon as its event is stored.
    fn write(&mut self, write: impl FnOnce(&mut Output) -> io::Result<()>) -> io::Result<()> {
        let Some(out) = &mut self.out else { return Ok(()) };
        match write(out).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.out = None;
                Ok(())
            }
            answer => answer,
        }
    }
}

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn per_second(rows: usize, seconds: f64) -> u64 {
    if seconds > 0.0 { (rows as f64 / seconds) as u64 } else { 0 }
}
