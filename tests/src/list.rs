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
        $crate::$then! { $args register {
            numbers_begin_at_1_and_rise_by_1
            returns_what_is_stored
            without_options_it_is_active_and_now
            the_tournament_keeps_its_version
            bad_options_are_refused
            an_absent_tournament_or_player_is_a_missing_reference
            a_player_already_registered_is_refused
            an_id_already_stored_is_refused
            who_may_register_is_not_asked
            create_raises_the_number
            create_many_raises_the_number
            update_raises_the_number
            import_raises_the_number
            a_number_is_not_given_again_after_export_and_import
            a_tournament_created_anew_begins_at_1_again
            a_tournament_that_gave_its_last_number_is_full
            a_number_given_in_a_unit_that_rolls_back_was_never_given
            a_read_only_unit_refuses_it_before_anything_else
            sixty_four_tasks_get_1_to_64
            a_player_registering_eight_times_at_once_is_registered_once
        } }
        $crate::$then! { $args capacity {
            a_full_tournament_takes_no_more
            a_tournament_for_nobody_is_full_at_once
            dropped_registrations_take_no_place
            late_entries_take_a_place
            one_who_is_dropped_at_once_needs_no_place
            a_deleted_registration_frees_its_place_but_not_its_number
            only_register_checks_the_capacity
            a_raised_capacity_counts_at_once
            the_last_place_is_taken_once
        } }
        $crate::$then! { $args text {
            unusual_text_is_kept_to_the_letter
            names_that_look_alike_differ
            zoe_is_not_found_where_zoe_with_diaeresis_is_stored
            discord_ids_that_look_alike_are_all_free
            format_names_that_look_alike_are_all_free
            lists_order_names_by_code_point
            names_refuse_control_characters_and_outer_white_space
            look_ups_by_what_cannot_be_stored_find_nothing
            lengths_count_characters_not_bytes
            a_megabyte_is_refused_and_nothing_is_harmed
            the_longest_text_of_every_field_is_kept
            long_text_keeps_its_white_space_and_line_breaks
            nul_is_refused_in_every_text
        } }
        $crate::$then! { $args times {
            a_time_with_an_offset_is_the_same_instant
            microseconds_are_kept
            what_is_finer_is_cut_not_rounded
            every_time_of_every_kind_is_cut
            an_update_with_the_finer_time_changes_nothing
            the_years_1000_to_9999_are_kept
            other_years_are_refused
            a_leap_second_is_refused
            times_to_open_and_close_registration_are_kept
        } }
        $crate::$then! { $args json {
            every_kind_of_value_is_kept
            an_empty_object_is_kept
            integers_are_kept_up_to_2_to_the_53
            integers_beyond_2_to_the_53_become_floats
            integral_floats_become_integers
            negative_zero_becomes_zero
            large_and_small_floats_are_kept
            any_float_comes_back_to_the_bit
            text_in_json_is_kept_to_the_letter
            key_order_makes_no_difference
            thirty_deep_is_kept
            thirty_one_deep_is_refused
            nul_is_refused_in_keys_and_strings
            sixty_four_kibibytes_are_kept_and_one_byte_more_is_refused
            registration_control_is_kept_whole
        } }
        $crate::$then! { $args metadata {
            it_is_normalised_by_every_way_into_the_store
            it_is_read_alike_by_every_way_out_of_the_store
            it_can_be_filled_replaced_and_emptied
            sixteen_kibibytes_are_kept_and_one_byte_more_is_refused
            thirty_deep_is_kept_and_thirty_one_is_refused
            nul_is_refused_in_keys_and_strings
            a_registration_is_made_with_it
            many_rows_with_as_much_as_there_may_be_come_in_order
            a_dataset_without_it_can_be_read
        } }
        $crate::$then! { $args validation {
            each_rule_of_a_player
            each_rule_of_an_email
            every_failing_field_of_a_player_is_listed
            every_failing_field_of_a_venue_is_listed
            every_failing_field_of_a_format_is_listed
            every_failing_field_of_a_tournament_is_listed
            each_time_of_a_tournament_is_checked
            every_failing_field_of_a_registration_is_listed
            every_failing_field_of_a_component_is_listed
            every_failing_field_of_a_round_is_listed
            a_round_number_of_2_to_the_31_is_refused
            every_failing_field_of_a_match_is_listed
            a_match_against_oneself_with_bad_counts_lists_them_all
            counts_of_games_are_bounded
            an_end_may_be_the_start_but_not_before_it
            import_lists_the_problems_of_every_list
            import_refuses_versions_out_of_range
            the_store_stays_usable_after_every_kind_of_refusal
        } }
        $crate::$then! { $args references {
            a_tournament_needs_its_format
            a_tournament_needs_its_venue
            a_tournament_needs_its_organiser
            a_registration_needs_its_tournament
            a_registration_needs_its_player
            a_component_needs_its_tournament
            a_round_needs_its_component
            a_round_agrees_with_its_component_on_the_tournament
            a_match_needs_its_round
            a_match_needs_its_first_player
            a_match_needs_its_second_player
            a_match_agrees_with_its_round_on_the_tournament
            a_match_agrees_with_its_round_on_the_component
            a_match_agrees_with_its_round_on_the_number
            a_match_in_round_99_of_a_component_that_has_3_is_refused
            a_match_in_another_tournament_than_its_round_is_refused
            a_format_stays_while_a_tournament_is_played_in_it
            a_venue_stays_while_a_tournament_is_held_there
            an_organiser_stays_while_a_tournament_is_theirs
            a_player_stays_while_registered
            a_player_stays_while_first_in_a_match
            a_player_stays_while_second_in_a_match
            a_tournament_stays_while_somebody_is_registered
            a_tournament_stays_while_it_has_a_component
            a_component_stays_while_it_has_a_round
            a_round_stays_while_it_has_a_match
            what_is_referred_to_can_be_updated
            a_reference_given_up_lets_the_parent_go
            an_absent_player_of_a_bye_is_refused
            a_parent_deleted_while_children_are_made_leaves_no_orphan
        } }
        $crate::$then! { $args versions {
            what_never_changes_in_a_player
            what_never_changes_in_a_tournament
            what_never_changes_in_a_registration
            what_never_changes_in_a_component
            what_never_changes_in_a_round
            what_never_changes_in_a_match
            a_conflict_comes_before_broken_constraints
            a_failed_update_leaves_the_version_alone
            a_row_created_anew_begins_at_1_again
            two_judges_cannot_overwrite_each_other
            no_update_is_lost_where_conflicts_are_retried
            no_update_is_lost_in_units_of_work
        } }
        $crate::$then! { $args lists {
            a_page_has_100_rows_unless_said
            a_page_has_1000_rows_at_most
            an_offset_and_a_limit_cut_out_a_part
            a_cursor_after_an_offset_goes_on_from_there
            a_cursor_is_text_that_means_the_same_everywhere
            a_cursor_may_stand_where_no_row_is
            a_cursor_of_another_entity_is_refused
            a_text_that_is_no_cursor_is_refused
            a_cursor_of_another_order_is_refused
            a_refused_cursor_and_limit_are_both_named
            a_bad_page_leaves_a_unit_open
            a_filter_goes_with_the_pages
            list_all_gives_thousands_in_order
            many_rows_of_one_name_come_by_id
            ids_order_as_their_text
            pages_by_cursor_hold_while_others_write
            pages_within_a_tournament_hold_while_others_register
            a_listing_serializes_with_its_cursor_as_text
        } }
        $crate::$then! { $args units {
            commit_stores_all_of_it
            rollback_stores_nothing
            a_unit_dropped_stores_nothing
            an_empty_unit_commits_and_rolls_back
            one_unit_after_another
            a_unit_sees_its_writes_in_lists_look_ups_and_counts
            import_in_a_unit_is_part_of_it
            a_second_writer_gets_through_or_is_told_to_retry
            a_writer_that_waits_in_vain_is_told_so_and_nothing_is_lost
            a_unit_takes_several_calls_at_once
            clear_with_an_open_unit_works_or_is_busy
            a_unit_can_hold_thousands_of_rows
            parents_can_go_in_the_unit_that_removes_their_children
        } }
        $crate::$then! { $args failures {
            not_found_leaves_a_unit_open
            validation_leaves_a_unit_open
            create_of_a_taken_key_finishes_a_unit
            create_without_its_parent_finishes_a_unit
            create_many_of_a_taken_key_finishes_a_unit
            update_to_a_missing_parent_finishes_a_unit
            update_of_a_stale_version_finishes_a_unit
            delete_of_a_parent_finishes_a_unit
            delete_of_a_stale_version_finishes_a_unit
            register_without_its_player_finishes_a_unit
            register_in_a_full_tournament_finishes_a_unit
            import_of_a_taken_key_finishes_a_unit
            import_that_contradicts_itself_finishes_a_unit
            a_failed_call_in_a_unit_is_undone_with_it
        } }
        $crate::$then! { $args readers {
            a_read_only_unit_is_one_stable_snapshot
            a_read_only_unit_is_of_the_time_it_was_begun
            a_read_only_unit_waits_for_no_writer_and_stops_none
            several_read_only_units_each_keep_their_snapshot
            a_read_only_unit_refuses_import
            readers_outside_are_not_held_up_by_a_unit
        } }
        $crate::$then! { $args transact {
            what_succeeds_is_committed
            what_fails_is_rolled_back_and_says_why
            an_error_swallowed_in_a_finished_unit_is_aborted
            a_function_over_repositories_takes_a_store_and_a_unit
            busy_is_tried_five_times_at_most
            busy_is_tried_until_it_succeeds
            an_unknown_outcome_is_not_tried_again
            callers_may_use_their_own_error
            it_borrows_from_around_it
            it_can_be_spawned
            read_only_it_is_one_snapshot_and_refuses_writes
            many_at_once_are_each_done_whole
        } }
        $crate::$then! { $args concurrency {
            two_units_take_one_key_once
            two_units_that_touch_different_rows_lose_neither
            two_units_do_not_give_one_number_twice
            a_number_deleted_in_one_unit_is_not_given_in_another
            two_units_do_not_both_change_one_row
            a_row_deleted_in_one_unit_is_not_changed_in_another
            a_unit_does_not_overwrite_what_was_written_beside_it
            two_units_do_not_both_take_the_last_place
            a_parent_deleted_in_one_unit_gets_no_child_in_another
            a_child_made_in_one_unit_keeps_its_parent_in_another
            one_dataset_imported_in_two_units_is_stored_once
            a_unit_begun_before_another_committed_sees_no_half_of_it
        } }
        $crate::$then! { $args dataset {
            an_empty_store_exports_an_empty_dataset
            what_is_imported_is_exported_alike
            export_lists_go_by_id
            export_tells_the_last_number_of_each_tournament
            import_may_refer_to_stored_rows
            import_twice_stores_nothing_twice
            import_is_refused_whole_for_the_last_match
            import_refuses_an_id_given_twice
            import_refuses_a_key_given_twice
            import_refuses_parents_that_do_not_agree
            import_refuses_each_parent_that_is_absent
            import_refuses_the_last_number_of_an_absent_tournament
            import_refuses_keys_that_are_stored
            import_goes_beyond_the_capacity
            import_normalises_as_create_does
            export_is_one_snapshot_while_others_write
        } }
        $crate::$then! { $args bulk {
            ten_thousand_rows_go_in_and_come_out
            ten_thousand_rows_are_refused_whole_for_the_last
            create_many_of_ten_thousand_players
            create_many_of_ten_thousand_matches
        } }
        $crate::$then! { $args store {
            a_fresh_store_is_healthy
            health_is_told_while_units_are_open
            clear_deletes_every_row
            a_cleared_store_takes_its_own_export_back
            a_closed_store_is_unavailable
            pause_ends
            one_store_serves_many_tasks_at_once
            nothing_is_lost_with_many_writers
            two_players_of_one_name_are_both_found
            stores_know_nothing_of_each_other
            errors_say_what_happened_in_words_without_secrets
        } }
        $crate::$then! { $args histories {
            random_histories_agree_with_the_model
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
