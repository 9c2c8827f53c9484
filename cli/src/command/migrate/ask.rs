//! Asking before what cannot be taken back.

use std::io::{self, Write};

use crate::failure::Failure;

/// Goes on only if `yes` is answered. The question has been put by what stands before it.
pub(super) fn agree() -> Result<(), Failure> {
    let mut err = io::stderr().lock();
    write!(err, "Type yes to go on: ")?;
    err.flush()?;
    let mut answer = String::new();
    let read = io::stdin().read_line(&mut answer)?;
    if read == 0 || !answer.ends_with('\n') {
        // Nobody pressed Enter, so the line is not ended yet.
        writeln!(err)?;
    }
    if answer.trim().eq_ignore_ascii_case("yes") {
        return Ok(());
    }
    let reason = if read == 0 {
        "nothing was changed: there was no answer; add --yes where nobody can give one"
    } else {
        "nothing was changed"
    };
    Err(Failure::Refused(reason.to_owned()))
}
