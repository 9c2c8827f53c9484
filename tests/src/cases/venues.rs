use tournament_core::{RepositoryExt, Venue, VenueFilter};

use crate::fixture;
use crate::harness::Case;

super::rows::row_cases!(Venue);

fn named(number: u128, name: &str) -> Venue {
    Venue::new(name).with_id(fixture::id(number))
}

pub(crate) async fn find_by_name_gives_all_of_that_name_by_id(case: &Case<'_>) {
    let venues = case.store.venues();
    for (number, name) in [(3, "Hall"), (1, "Hall"), (2, "hall"), (4, "Hall 2")] {
        venues.create(&named(number, name)).await.unwrap();
    }
    let found = venues.find_by_name("Hall").await.unwrap();
    assert_eq!(found, [named(1, "Hall"), named(3, "Hall")]);
    assert_eq!(venues.find_by_name("Ha").await.unwrap(), []);
}

pub(crate) async fn find_by_name_follows_updates_and_deletes(case: &Case<'_>) {
    let venues = case.store.venues();
    let mut venue = venues.create(&Venue::new("Hall")).await.unwrap();
    venue.name = String::from("Barn");
    let venue = venues.update(&venue).await.unwrap();
    assert_eq!(venues.find_by_name("Hall").await.unwrap(), []);
    assert_eq!(venues.find_by_name("Barn").await.unwrap(), [venue.clone()]);
    venues.delete(venue.id, None).await.unwrap();
    assert_eq!(venues.find_by_name("Barn").await.unwrap(), []);
}

pub(crate) async fn lists_go_by_name_then_id(case: &Case<'_>) {
    let ordered =
        [named(4, "Barn"), named(1, "Hall"), named(3, "Hall"), named(2, "barn"), named(5, "Über")];
    let mut shuffled = ordered.to_vec();
    shuffled.reverse();
    case.store.venues().create_many(&shuffled).await.unwrap();
    let filter = VenueFilter::default();
    let listed = case.store.venues().list_all(&filter).await.unwrap();
    assert_eq!(listed, ordered);
}

pub(crate) async fn an_empty_text_is_not_an_absent_one(case: &Case<'_>) {
    let empty = Venue::new("Empty").with_address("").with_description("");
    let absent = Venue::new("Absent");
    let both = [empty, absent];
    case.store.venues().create_many(&both).await.unwrap();
    for venue in both {
        assert_eq!(case.store.venues().get(venue.id).await.unwrap(), venue);
    }
}
