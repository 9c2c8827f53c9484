//! The list of cases.

use std::collections::BTreeSet;

use tournament_conformance::names;

#[test]
fn every_case_has_a_name_of_its_own() {
    let names = names();
    let distinct: BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len());
    println!("{} cases", names.len());
}

#[test]
fn every_kind_of_row_has_the_cases_that_all_have() {
    let names = names();
    for kind in [
        "players",
        "venues",
        "formats",
        "tournaments",
        "registrations",
        "components",
        "rounds",
        "matches",
    ] {
        let case = format!("{kind}::update_of_a_stale_version_conflicts");
        assert!(names.contains(&&*case), "{case}");
    }
}
