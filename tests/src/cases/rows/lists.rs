//! Rows listed and counted.

use tournament_core::{MAX_INTEGER, Page, RepositoryExt};

use crate::expect;
use crate::harness::Case;
use crate::sample::{Parents, SAMPLES, Sample};

/// As many stored samples as a store can hold.
async fn stored<E: Sample>(case: &Case<'_>) -> Vec<E> {
    let parents = Parents::store(case.rows()).await;
    let samples: Vec<E> = (1..=SAMPLES).map(|number| E::sample(&parents, number)).collect();
    E::of(case.rows()).create_many(&samples).await.unwrap()
}

pub(crate) async fn pages_by_cursor_give_every_row_once<E: Sample>(case: &Case<'_>) {
    let stored = stored::<E>(case).await;
    let (of, filter) = (E::of(case.rows()), E::Filter::default());
    let whole = of.list(&filter, &Page::new()).await.unwrap();
    assert_eq!(whole.next, None, "the list fits on a page");
    for row in &stored {
        let times = whole.items.iter().filter(|item| *item == row).count();
        assert_eq!(times, 1, "{row:?}");
    }
    let count = whole.items.len();
    for limit in [1, 5, count - 1, count] {
        let page = Page::new().with_limit(i64::try_from(limit).unwrap());
        let mut items = Vec::new();
        let mut listing = of.list(&filter, &page).await.unwrap();
        loop {
            items.append(&mut listing.items);
            let Some(next) = listing.next else { break };
            assert_eq!(items.len() % limit, 0, "a page before the last is full");
            listing = of.list(&filter, &page.clone().after(next)).await.unwrap();
            assert_ne!(listing.items, [], "`next` is empty at the end of the list");
        }
        assert_eq!(items, whole.items, "in pages of {limit}");
    }
    assert_eq!(of.list_all(&filter).await.unwrap(), whole.items);
}

pub(crate) async fn pages_by_offset_give_every_row_once<E: Sample>(case: &Case<'_>) {
    stored::<E>(case).await;
    let (of, filter) = (E::of(case.rows()), E::Filter::default());
    let whole = of.list(&filter, &Page::new()).await.unwrap().items;
    let mut items = Vec::new();
    for offset in (0..whole.len()).step_by(5) {
        let page = Page::new().with_limit(5).with_offset(i64::try_from(offset).unwrap());
        let listing = of.list(&filter, &page).await.unwrap();
        assert_eq!(listing.next.is_none(), offset + 5 >= whole.len());
        items.extend(listing.items);
    }
    assert_eq!(items, whole);
    let beyond = Page::new().with_offset(MAX_INTEGER);
    let beyond = of.list(&filter, &beyond).await.unwrap();
    assert_eq!((beyond.items, beyond.next), (Vec::new(), None));
}

pub(crate) async fn pages_refuse_limits_and_offsets_out_of_range<E: Sample>(case: &Case<'_>) {
    let (of, filter) = (E::of(case.rows()), E::Filter::default());
    for limit in [0, -1, 1_001, i64::MIN, i64::MAX] {
        let page = Page::new().with_limit(limit);
        expect::validation(of.list(&filter, &page).await, E::KIND, &["limit"]);
    }
    for offset in [-1, MAX_INTEGER + 1, i64::MIN, i64::MAX] {
        let page = Page::new().with_offset(offset);
        expect::validation(of.list(&filter, &page).await, E::KIND, &["offset"]);
    }
    let page = Page::new().with_limit(0).with_offset(-1);
    expect::validation(of.list(&filter, &page).await, E::KIND, &["limit", "offset"]);
    for limit in [1, 1_000] {
        let page = Page::new().with_limit(limit);
        assert_eq!(of.list(&filter, &page).await.unwrap().items, []);
    }
}

pub(crate) async fn count_agrees_with_the_list<E: Sample>(case: &Case<'_>) {
    let (of, filter) = (E::of(case.rows()), E::Filter::default());
    assert_eq!(of.count(&filter).await.unwrap(), 0);
    let stored = stored::<E>(case).await;
    let listed = of.list_all(&filter).await.unwrap().len();
    assert_eq!(of.count(&filter).await.unwrap(), listed as u64);
    of.delete(stored[0].id(), None).await.unwrap();
    assert_eq!(of.count(&filter).await.unwrap(), listed as u64 - 1);
}
