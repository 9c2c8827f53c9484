//! What holds for each of the eight kinds of row alike.

use crate::harness::Case;
use crate::sample::{Parents, Sample};

/// Writes out a topic's share of these cases.
macro_rules! row_cases {
    ($kind:ty: $($case:ident)*) => {
        $(
            pub(crate) async fn $case(case: &crate::harness::Case<'_>) {
                crate::cases::rows::$case::<$kind>(case).await;
            }
        )*
    };
    ($kind:ty) => {
        crate::cases::rows::row_cases! { $kind:
            create_returns_what_get_returns
        }
    };
}
pub(crate) use row_cases;

pub(crate) async fn create_returns_what_get_returns<E: Sample>(case: &Case<'_>) {
    let parents = Parents::store(case.rows()).await;
    let row = E::sample(&parents, 1);
    let created = E::of(case.rows()).create(&row).await.expect("created");
    assert_eq!(created, row, "what was given is what is stored");
    let got = E::of(case.rows()).get(row.id()).await.expect("got");
    assert_eq!(got, created);
}
