//! `2-1-0`: games won by the first player, by the second, and drawn.

use serde::Serialize;
use tournament_core::MAX_INTEGER;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Score {
    pub(super) first: i64,
    pub(super) second: i64,
    pub(super) drawn: i64,
}

impl Score {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('-').map(games);
        match (parts.next()??, parts.next()??, parts.next()??, parts.next()) {
            (first, second, drawn, None) => Some(Self { first, second, drawn }),
            _ => None,
        }
    }

    /// The same match as the other player reports it.
    pub(super) const fn mirrored(self) -> Self {
        Self { first: self.second, second: self.first, drawn: self.drawn }
    }
}

fn games(text: &str) -> Option<i64> {
    // `parse` alone would take a sign.
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let games = text.parse().ok().filter(|games| *games <= MAX_INTEGER)?;
    digits.then_some(games)
}
