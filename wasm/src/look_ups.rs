//! Look-ups by natural keys, `register`, and the standings of what is stored.

use std::sync::Arc;

use tournament_core::standings::{ScoringRules, of_tournament};
use tournament_core::{
    ComponentFilter, ComponentRepository, EntityKind, FormatRepository, MatchFilter, Player,
    PlayerRepository, RegisterOptions, RegistrationFilter, RegistrationRepository, RoundRepository,
    Tournament, VenueRepository,
};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::Session;
use crate::answer::{Answer, answered, ready};
use crate::domain::check_rules;
use crate::input::{parsed, parsed_id, parsed_value};

#[wasm_bindgen]
impl Session {
    /// [`PlayerRepository::find_by_name`](tournament_core::PlayerRepository::find_by_name)
    #[wasm_bindgen(js_name = findPlayersByName)]
    pub fn find_players_by_name(&self, name: &str) -> Answer {
        answered(self.rows().and_then(|rows| {
            let name: String = parsed_value(EntityKind::Player, "name", name)?;
            ready(PlayerRepository::find_by_name(rows, &name))
        }))
    }

    /// [`PlayerRepository::find_by_discord_id`](tournament_core::PlayerRepository::find_by_discord_id)
    #[wasm_bindgen(js_name = findPlayerByDiscordId)]
    pub fn find_player_by_discord_id(&self, discord_id: &str) -> Answer {
        answered(self.rows().and_then(|rows| {
            let discord_id: String = parsed_value(EntityKind::Player, "discord_id", discord_id)?;
            ready(PlayerRepository::find_by_discord_id(rows, &discord_id))
        }))
    }

    /// [`VenueRepository::find_by_name`](tournament_core::VenueRepository::find_by_name)
    #[wasm_bindgen(js_name = findVenuesByName)]
    pub fn find_venues_by_name(&self, name: &str) -> Answer {
        answered(self.rows().and_then(|rows| {
            let name: String = parsed_value(EntityKind::Venue, "name", name)?;
            ready(VenueRepository::find_by_name(rows, &name))
        }))
    }

    /// [`FormatRepository::find_by_name`](tournament_core::FormatRepository::find_by_name)
    #[wasm_bindgen(js_name = findFormatByName)]
    pub fn find_format_by_name(&self, game_system: &str, name: &str) -> Answer {
        answered(self.rows().and_then(|rows| {
            let game_system = parsed_value(EntityKind::Format, "game_system", game_system)?;
            let name: String = parsed_value(EntityKind::Format, "name", name)?;
            ready(FormatRepository::find_by_name(rows, game_system, &name))
        }))
    }

    /// [`RegistrationRepository::register`](tournament_core::RegistrationRepository::register)
    pub fn register(&self, tournament_id: &str, player_id: &str, options: &str) -> Answer {
        answered(self.rows().and_then(|rows| {
            let kind = EntityKind::Registration;
            let tournament_id = parsed_id(kind, "tournament_id", tournament_id)?;
            let player_id = parsed_id(kind, "player_id", player_id)?;
            let options: RegisterOptions = parsed(kind, options)?;
            ready(RegistrationRepository::register(rows, tournament_id, player_id, &options))
        }))
    }

    /// [`RegistrationRepository::find_by_player`](tournament_core::RegistrationRepository::find_by_player)
    #[wasm_bindgen(js_name = findRegistrationByPlayer)]
    pub fn find_registration_by_player(&self, tournament_id: &str, player_id: &str) -> Answer {
        answered(self.rows().and_then(|rows| {
            let kind = EntityKind::Registration;
            let tournament_id = parsed_id(kind, "tournament_id", tournament_id)?;
            let player_id = parsed_id::<Player>(kind, "player_id", player_id)?;
            ready(RegistrationRepository::find_by_player(rows, tournament_id, player_id))
        }))
    }

    /// [`RegistrationRepository::find_by_sequence_id`](tournament_core::RegistrationRepository::find_by_sequence_id)
    #[wasm_bindgen(js_name = findRegistrationBySequenceId)]
    pub fn find_registration_by_sequence_id(&self, tournament_id: &str, number: &str) -> Answer {
        answered(self.rows().and_then(|rows| {
            let kind = EntityKind::Registration;
            let tournament_id = parsed_id(kind, "tournament_id", tournament_id)?;
            let number = parsed_value(kind, "sequence_id", number)?;
            ready(RegistrationRepository::find_by_sequence_id(rows, tournament_id, number))
        }))
    }

    /// [`ComponentRepository::find_by_sequence_order`](tournament_core::ComponentRepository::find_by_sequence_order)
    #[wasm_bindgen(js_name = findComponentBySequenceOrder)]
    pub fn find_component_by_sequence_order(&self, tournament_id: &str, order: &str) -> Answer {
        answered(self.rows().and_then(|rows| {
            let kind = EntityKind::Component;
            let tournament_id = parsed_id(kind, "tournament_id", tournament_id)?;
            let order = parsed_value(kind, "sequence_order", order)?;
            ready(ComponentRepository::find_by_sequence_order(rows, tournament_id, order))
        }))
    }

    /// [`RoundRepository::find_by_number`](tournament_core::RoundRepository::find_by_number)
    #[wasm_bindgen(js_name = findRoundByNumber)]
    pub fn find_round_by_number(&self, component_id: &str, number: &str) -> Answer {
        answered(self.rows().and_then(|rows| {
            let kind = EntityKind::Round;
            let component_id = parsed_id(kind, "component_id", component_id)?;
            let number = parsed_value(kind, "round_number", number)?;
            ready(RoundRepository::find_by_number(rows, component_id, number))
        }))
    }

    /// The standings of a stored tournament.
    ///
    /// # Errors
    ///
    /// `not_found` where there is no such tournament.
    pub fn standings(&self, tournament_id: &str, rules: &str) -> Answer {
        answered(self.rows().and_then(|rows| {
            let id = parsed_id::<Tournament>(EntityKind::Tournament, "id", tournament_id)?;
            let rules: ScoringRules = parsed(EntityKind::Tournament, rules)?;
            check_rules(&rules)?;
            rows.row::<Tournament>(id)?;
            let components = copies(rows.all(&ComponentFilter::default().with_tournament(id))?);
            let registrations =
                copies(rows.all(&RegistrationFilter::default().with_tournament(id))?);
            let matches = copies(rows.all(&MatchFilter::default().with_tournament(id))?);
            Ok(of_tournament(&rules, &components, &registrations, &matches))
        }))
    }
}

fn copies<E: Clone>(rows: Vec<Arc<E>>) -> Vec<E> {
    rows.into_iter().map(Arc::unwrap_or_clone).collect()
}
