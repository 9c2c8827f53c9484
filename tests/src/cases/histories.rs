//! Random histories, compared with the model.

use crate::harness::Case;
use crate::history;

/// Every code that a history can meet on any store that keeps its promises.
const CODES: [&str; 9] = [
    "aborted",
    "already_exists",
    "conflict",
    "full",
    "not_found",
    "ok",
    "reference_missing",
    "still_referenced",
    "validation",
];

pub(crate) async fn random_histories_agree_with_the_model(case: &Case<'_>) {
    let tally = history::compare(&*case.store).await;
    let steps: usize = tally.values().sum();
    if steps > 3_000 {
        let met: Vec<_> = tally.keys().copied().collect();
        assert_eq!(met, CODES, "histories of {steps} calls meet every kind of answer");
    }
}
