//! The one list of cases. What is written but not listed here is dead code to the compiler.

/// Calls `then!` once per topic: with its arguments, the topic's name and the names of its cases.
#[doc(hidden)]
#[macro_export]
macro_rules! __each_topic {
    ($then:ident $args:tt) => {
        $crate::__rows! { $then $args players {
            find_by_name_gives_all_of_that_name_by_id
            find_by_name_gives_more_than_a_page
            find_by_name_follows_updates_and_deletes
            find_by_discord_id_gives_the_one
            a_discord_id_belongs_to_one_player
            a_discord_id_twice_in_one_call_is_refused
            a_discord_id_given_up_can_be_taken
            any_number_of_players_have_no_discord_id
            lists_go_by_name_then_id
            look_ups_work_in_a_unit
        } }
        $crate::__rows! { $then $args venues {
            find_by_name_gives_all_of_that_name_by_id
            find_by_name_follows_updates_and_deletes
            lists_go_by_name_then_id
            an_empty_text_is_not_an_absent_one
        } }
        $crate::__rows! { $then $args formats {
            find_by_name_goes_by_game_and_name
            a_name_belongs_to_one_format_of_a_game
            lists_go_by_the_text_of_the_game_then_name
            lists_can_be_of_one_game
            every_game_and_base_format_is_kept
        } }
        $crate::__rows! { $then $args tournaments {
            lists_go_by_creation_then_id
            lists_can_be_of_one_status
            lists_can_be_of_one_visibility
            lists_can_be_of_one_format
            lists_can_be_of_one_venue
            lists_can_be_of_one_organiser
            filters_combine
            a_filter_by_what_is_absent_gives_nothing
            every_status_and_visibility_is_kept
            stores_do_not_check_which_status_follows
            registration_control_without_anything_is_kept
            passwords_are_kept_to_the_letter
        } }
        $crate::__rows! { $then $args registrations {
            find_by_player_gives_the_one
            find_by_sequence_id_gives_the_one
            a_player_is_registered_once_in_a_tournament
            a_number_belongs_to_one_registration_of_a_tournament
            players_and_numbers_are_free_in_other_tournaments
            lists_of_a_tournament_go_by_number
            lists_of_a_player_go_by_id
            lists_of_a_status_go_by_id
            filters_combine
        } }
        $crate::__rows! { $then $args components {
            find_by_sequence_order_gives_the_one
            an_order_belongs_to_one_component_of_a_tournament
            lists_of_a_tournament_go_by_order
            lists_of_all_go_by_id
            every_type_and_status_is_kept
        } }
        $crate::__rows! { $then $args rounds {
            find_by_number_gives_the_one
            a_number_belongs_to_one_round_of_a_component
            lists_of_a_tournament_go_by_component_order_and_number
            lists_of_a_component_go_by_number
            lists_follow_a_component_that_is_moved
            filters_combine
            lists_of_all_go_by_id
        } }
        $crate::__rows! { $then $args matches {
            a_bye_is_kept
            json_without_a_status_tells_it_by_the_result
            a_table_belongs_to_one_match_of_a_round
            any_number_of_matches_have_no_table
            tables_of_other_rounds_are_free
            lists_of_a_tournament_go_by_component_round_and_table
            lists_of_a_component_go_by_round_and_table
            lists_of_a_round_go_by_table_and_those_without_come_last
            lists_of_a_player_have_both_sides_by_id
            lists_of_a_player_in_a_tournament_go_by_play
            a_bye_is_in_the_list_of_its_player
            filters_combine
            lists_follow_a_component_that_is_moved
            lists_follow_a_match_that_moves_table
            lists_of_all_go_by_id
        } }
    };
}

/// A topic about one kind of row: the cases that every kind has, and its own.
#[doc(hidden)]
#[macro_export]
macro_rules! __rows {
    ($then:ident $args:tt $topic:ident { $($case:ident)* }) => {
        $crate::$then! { $args $topic {
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
            $($case)*
        } }
    };
}

/// One test per case.
#[doc(hidden)]
#[macro_export]
macro_rules! __tests {
    (($harness:expr, $attribute:meta) $topic:ident { $($case:ident)* }) => {
        mod $topic {
            #[allow(unused_imports, clippy::wildcard_imports)]
            use super::*;

            $(
                #[$attribute]
                async fn $case() {
                    $crate::topics::$topic::$case(&$harness).await;
                }
            )*
        }
    };
}

/// One public function per case, so that each is used and can be run by hand.
#[doc(hidden)]
#[macro_export]
macro_rules! __functions {
    (() $topic:ident { $($case:ident)* }) => {
        #[allow(missing_docs)] // Their names say it.
        pub mod $topic {
            use $crate::harness::{Case, Harness};

            $(
                pub async fn $case(harness: &dyn Harness) {
                    let case = Case::open(harness).await;
                    $crate::cases::$topic::$case(&case).await;
                    case.passed().await;
                }
            )*
        }
    };
}

/// Adds the name of each case to a list.
#[doc(hidden)]
#[macro_export]
macro_rules! __names {
    (($names:ident) $topic:ident { $($case:ident)* }) => {
        $names.extend([$(concat!(stringify!($topic), "::", stringify!($case))),*]);
    };
}

/// Every case as a public function.
#[doc(hidden)]
pub mod topics {
    crate::__each_topic! { __functions () }
}

/// The name of each case, as its test is called: `players::create_returns_what_get_returns`.
#[must_use]
pub fn names() -> Vec<&'static str> {
    let mut names = Vec::new();
    crate::__each_topic! { __names (names) }
    names
}
