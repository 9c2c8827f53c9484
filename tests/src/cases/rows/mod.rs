//! What holds for each of the eight kinds of row alike.

mod changes;
mod lists;
mod units;

pub(crate) use self::changes::*;
pub(crate) use self::lists::*;
pub(crate) use self::units::*;

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
            create_starts_at_version_1_whatever_was_given
            create_refuses_an_id_that_is_stored
            create_many_returns_the_rows_in_the_order_given
            create_many_of_no_row_is_fine
            create_many_stores_all_or_none
            create_many_names_the_index_of_each_refused_row
            json_may_leave_out_what_has_a_default
            get_of_an_absent_row_is_not_found
            update_replaces_every_field_and_raises_the_version
            update_of_nothing_new_still_raises_the_version
            update_of_an_absent_row_is_not_found
            update_of_a_stale_version_conflicts
            update_of_a_version_yet_to_come_conflicts
            update_refuses_bad_fields_before_it_looks_for_the_row
            update_refuses_a_version_that_cannot_rise
            delete_removes_the_row
            delete_goes_by_the_version_where_one_is_given
            delete_of_an_absent_row_is_not_found
            values_are_not_shared_with_the_store
            pages_by_cursor_give_every_row_once
            pages_by_offset_give_every_row_once
            pages_refuse_limits_and_offsets_out_of_range
            count_agrees_with_the_list
            import_keeps_the_version
            a_read_only_unit_refuses_every_write
            a_unit_sees_its_writes_before_others_do
            of_many_updates_of_one_version_one_succeeds
            of_many_creates_of_one_id_one_succeeds
        }
    };
}
pub(crate) use row_cases;

/// One stored sample.
async fn one<E: Sample>(case: &Case<'_>) -> (Parents, E) {
    let parents = Parents::store(case.rows()).await;
    let row = E::sample(&parents, 1);
    let row = E::of(case.rows()).create(&row).await.unwrap();
    (parents, row)
}
