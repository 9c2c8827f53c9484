//! Files that are no sequence of migrations do not build.

#[path = "../build/sequence.rs"]
mod sequence;

fn sequence_of(files: &[&str]) -> Result<Vec<String>, String> {
    let files: Vec<String> = files.iter().map(|&file| file.to_owned()).collect();
    sequence::sequence(&files)
}

#[test]
fn whole_versions_without_gaps_are_a_sequence() {
    let names = sequence_of(&[
        "V0001__initial.down.sql",
        "V0001__initial.schema.txt",
        "V0001__initial.up.sql",
        "V0002__add_seats_2.down.sql",
        "V0002__add_seats_2.schema.txt",
        "V0002__add_seats_2.up.sql",
    ]);
    assert_eq!(names.unwrap(), ["initial", "add_seats_2"]);
}

#[test]
fn anything_else_is_refused() {
    for (files, part) in [
        (&[][..], "no migration"),
        (
            &["V0001__initial.up.sql"],
            "version 1 needs V0001__initial.up.sql, V0001__initial.down.sql",
        ),
        (&["V0001__a.down.sql", "V0001__a.up.sql"], "and V0001__a.schema.txt"),
        (&["V0002__a.down.sql", "V0002__a.schema.txt", "V0002__a.up.sql"], "version 1 is missing"),
        (&["V0001__a.down.sql", "V0001__b.up.sql"], "both a and b"),
        (&["V0000__a.down.sql", "V0000__a.schema.txt", "V0000__a.up.sql"], "version 1 is missing"),
        (&["V1__a.up.sql"], "is not named"),
        (&["V00001__a.up.sql"], "is not named"),
        (&["V0001_a.up.sql"], "is not named"),
        (&["V0001__.up.sql"], "is not named"),
        (&["V0001__A.up.sql"], "is not named"),
        (&["V0001__a.sideways.sql"], "is not named"),
        (&["V0001__a.up.sql~"], "is not named"),
        (&["V0001__a.sql"], "is not named"),
        (&["notes.txt"], "is not named"),
    ] {
        let reason = sequence_of(files).unwrap_err();
        assert!(reason.contains(part), "{files:?}: {reason}");
    }
}

#[test]
fn every_dialect_has_the_same_versions() {
    let names = |names: &[&str]| -> Vec<String> { names.iter().map(|&name| name.into()).collect() };
    let agree = |a: &[&str], b: &[&str]| {
        sequence::agree(&[("mysql", names(a)), ("sqlite", names(b)), ("oracle", names(b))])
    };
    assert_eq!(agree(&["initial", "seats"], &["initial", "seats"]), Ok(()));
    for (a, b, reason) in [
        (&["initial", "seats"][..], &["initial"][..], "version 2 is missing in sqlite"),
        (&["initial"], &["initial", "seats"], "version 2 is missing in mysql"),
        (
            &["initial", "seats"],
            &["initial", "chairs"],
            "version 2 is seats in mysql, chairs in sqlite",
        ),
    ] {
        assert_eq!(agree(a, b).unwrap_err(), reason);
    }
}
