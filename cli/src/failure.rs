//! How a command ends other than well.

use std::error::Error as StdError;
use std::io::{self, Write};
use std::process::ExitCode;

use tournament_core::Error;

/// Why a command did not do all that it was asked to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Store(#[from] Error),
    /// Part or all of the input was refused; the reasons have been printed where they arose.
    #[error("{0}")]
    Refused(String),
    /// What was asked for is not there, or cannot be told from others.
    #[error("{0}")]
    NotThere(String),
    #[error("{0}")]
    Unhealthy(String),
    /// All has been printed; the code says what.
    #[error("exit code {0}")]
    Told(u8),
    #[error("interrupted: {0}")]
    Interrupted(String),
    #[error("the output cannot be written")]
    Output(#[from] io::Error),
    #[error("the program cannot start")]
    Runtime(#[source] io::Error),
}

impl Failure {
    /// Says what is wrong in one sentence and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        if !self.is_closed_pipe() && !matches!(self, Self::Told(_)) {
            // Where even this cannot be said, the exit code still can.
            drop(writeln!(io::stderr().lock(), "td: {}", Sentence(self)));
        }
        ExitCode::from(self.exit_code())
    }

    /// Whether whoever read the output has had enough, as `head` does: that is no failure.
    fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    fn exit_code(&self) -> u8 {
        match self {
            Self::Output(_) if self.is_closed_pipe() => 0,
            Self::Output(_) | Self::Runtime(_) => 1,
            Self::Refused(_) | Self::NotThere(_) => 3,
            Self::Store(error) if is_refusal(error) => 3,
            Self::Store(_) | Self::Unhealthy(_) => 4,
            Self::Told(code) => *code,
            Self::Interrupted(_) => 130,
        }
    }
}

/// Whether it is the input that is at fault, and not the store.
pub(crate) const fn is_refusal(error: &Error) -> bool {
    matches!(
        error,
        Error::NotFound { .. }
            | Error::Validation { .. }
            | Error::AlreadyExists { .. }
            | Error::ReferenceMissing { .. }
            | Error::StillReferenced { .. }
            | Error::Conflict { .. }
            | Error::Full { .. }
    )
}

/// An error with its causes, in one line.
pub(crate) struct Sentence<'a>(pub(crate) &'a (dyn StdError + 'static));

impl std::fmt::Display for Sentence<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut said = self.0.to_string();
        f.write_str(&one_line(&said))?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // A transparent error says what its source says, and a driver's says it with a number.
            if !said.contains(&text) && !text.ends_with(&said) {
                write!(f, ": {}", one_line(&text))?;
            }
            said = text;
            cause = error.source();
        }
        Ok(())
    }
}

/// Without what would break the line or move the cursor.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use std::io;

    use tournament_core::Error;

    use super::{Failure, Sentence};

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Caused(&'static str, #[source] Option<Box<Caused>>);

    #[test]
    fn causes_are_told_once_and_in_one_line() {
        let cause = io::Error::other("disk\nfull");
        let failure = Failure::Store(Error::unavailable("no file", Some(Box::new(cause))));
        let sentence = Sentence(&failure).to_string();
        assert_eq!(sentence, "the store is unavailable: no file: disk full");

        let text = "database is locked";
        let cause = Caused(text, Some(Box::new(Caused("Error code 5: database is locked", None))));
        let failure = Failure::Store(Error::busy("held", Some(Box::new(cause))));
        let sentence = Sentence(&failure).to_string();
        assert_eq!(sentence, "the store is busy: held; try again: database is locked");
    }

    #[test]
    fn exit_codes_tell_input_store_and_output_apart() {
        let cases = [
            (Failure::Refused(String::new()), 3),
            (Failure::NotThere(String::new()), 3),
            (Failure::Store(Error::schema_outdated(0, 1)), 4),
            (Failure::Store(Error::busy("locked", None)), 4),
            (Failure::Store(Error::already_exists(tournament_core::EntityKind::Player, "id")), 3),
            (Failure::Output(io::ErrorKind::BrokenPipe.into()), 0),
            (Failure::Output(io::ErrorKind::StorageFull.into()), 1),
            (Failure::Interrupted(String::new()), 130),
        ];
        for (failure, code) in cases {
            assert_eq!(failure.exit_code(), code, "{failure:?}");
        }
    }
}
