//! Sample rows of every kind, for what holds for all of them.

use serde_json::{Value, json};
use tournament_core::json::JsonObject;
use tournament_core::{
    BaseFormat, Component, ComponentType, Dataset, Entity, Format, GameSystem, Match, Player,
    Progress, RegistrationControl, RegistrationStatus, Repositories, Repository, Round, Tournament,
    TournamentRegistration, TournamentStatus, Venue, Visibility,
};

use crate::fixture::{self, at};

/// How many samples of one kind a store can hold beside each other.
pub(crate) const SAMPLES: i64 = 12;

/// Stored rows for samples to refer to.
pub(crate) struct Parents {
    pub(crate) format: Format,
    pub(crate) venue: Venue,
    pub(crate) players: Vec<Player>,
    pub(crate) tournament: Tournament,
    pub(crate) component: Component,
    pub(crate) round: Round,
}

impl Parents {
    pub(crate) async fn store(rows: &dyn Repositories) -> Self {
        let tournament = fixture::tournament(rows).await;
        let component = fixture::component(rows, &tournament, 1).await;
        Self {
            format: fixture::format(rows).await,
            venue: fixture::venue(rows).await,
            players: fixture::players(rows, 14).await,
            round: fixture::round(rows, &component, 1).await,
            tournament,
            component,
        }
    }

    fn player(&self, number: i64) -> &Player {
        &self.players[usize::try_from(number).expect("a small number")]
    }
}

/// A kind of row of which the suite can make samples.
pub(crate) trait Sample: Entity {
    /// Its repository.
    fn of(rows: &dyn Repositories) -> &dyn Repository<Self>;

    /// Its list in a dataset.
    fn list_in(dataset: &mut Dataset) -> &mut Vec<Self>;

    /// An unstored row with every field filled; those of different numbers, from 1 to
    /// [`SAMPLES`], can be stored side by side. Higher numbers come later in lists.
    fn sample(parents: &Parents, number: i64) -> Self;

    /// Gives every field that may change another value.
    fn change(&mut self, parents: &Parents);

    /// Gives one field a value that validation refuses, and says which.
    fn spoil(&mut self) -> &'static str;

    /// Gives the row another id.
    fn set_id(&mut self, number: u128);

    /// The least that JSON needs to say, and what it then means.
    fn least(parents: &Parents) -> (Value, Self);
}

fn text(number: i64) -> String {
    // Of one length, so that they order as their numbers.
    format!("Sample {number:03} – “Ünïcode” 🎲")
}

/// Metadata with a value of each kind.
fn metadata(number: i64) -> JsonObject {
    fixture::object(json!({ "challonge": number, "deck": { "main": ["Ünïcode 🎲", 4.5, null] } }))
}

impl Sample for Player {
    fn of(rows: &dyn Repositories) -> &dyn Repository<Self> {
        rows.players()
    }

    fn list_in(dataset: &mut Dataset) -> &mut Vec<Self> {
        &mut dataset.players
    }

    fn sample(_: &Parents, number: i64) -> Self {
        Self::new(text(number))
            .with_discord_id(format!("sample#{number}"))
            .with_email(format!("sample{number}@example.org"))
            .with_created_at(at(number))
            .with_metadata(metadata(number))
    }

    fn change(&mut self, _: &Parents) {
        self.name.push('!');
        self.discord_id = Some("changed".to_owned());
        self.email = Some("changed@example.org".to_owned());
        self.metadata = JsonObject::new();
    }

    fn spoil(&mut self) -> &'static str {
        self.email = Some("nobody".to_owned());
        "email"
    }

    fn set_id(&mut self, number: u128) {
        self.id = fixture::id(number);
    }

    fn least(_: &Parents) -> (Value, Self) {
        (json!({ "name": "Ada" }), Self::new("Ada"))
    }
}

impl Sample for Venue {
    fn of(rows: &dyn Repositories) -> &dyn Repository<Self> {
        rows.venues()
    }

    fn list_in(dataset: &mut Dataset) -> &mut Vec<Self> {
        &mut dataset.venues
    }

    fn sample(_: &Parents, number: i64) -> Self {
        Self::new(text(number))
            .with_address(format!("{number} Harbour Lane\nFloor 2\tleft"))
            .with_description(" Bring your own dice. ")
    }

    fn change(&mut self, _: &Parents) {
        self.name.push('!');
        self.address = Some(String::new());
        self.description = Some("Dice are there.".to_owned());
    }

    fn spoil(&mut self) -> &'static str {
        self.address = Some("a".repeat(1_001));
        "address"
    }

    fn set_id(&mut self, number: u128) {
        self.id = fixture::id(number);
    }

    fn least(_: &Parents) -> (Value, Self) {
        (json!({ "name": "The Hall" }), Self::new("The Hall"))
    }
}

impl Sample for Format {
    fn of(rows: &dyn Repositories) -> &dyn Repository<Self> {
        rows.formats()
    }

    fn list_in(dataset: &mut Dataset) -> &mut Vec<Self> {
        &mut dataset.formats
    }

    fn sample(_: &Parents, number: i64) -> Self {
        Self::new(text(number), GameSystem::Pokemon, BaseFormat::Limited, "Newest set")
            .with_sub_format("Booster Draft")
            .with_match_structure("BO3")
            .with_description("Three boosters each.")
    }

    fn change(&mut self, _: &Parents) {
        self.name.push('!');
        self.game_system = GameSystem::StarWarsUnlimited;
        self.base_format = BaseFormat::Special;
        self.sub_format = Some("Sealed".to_owned());
        self.card_pool.push_str(" and the one before");
        self.match_structure = Some("BO1".to_owned());
        self.description = Some("Six boosters each.".to_owned());
    }

    fn spoil(&mut self) -> &'static str {
        self.match_structure = Some(String::new());
        "match_structure"
    }

    fn set_id(&mut self, number: u128) {
        self.id = fixture::id(number);
    }

    fn least(_: &Parents) -> (Value, Self) {
        let json = json!({
            "name": "Least", "game_system": "nfl_five", "base_format": "pre_constructed",
            "card_pool": "All",
        });
        let row = Self::new("Least", GameSystem::NflFive, BaseFormat::PreConstructed, "All");
        (json, row)
    }
}

impl Sample for Tournament {
    fn of(rows: &dyn Repositories) -> &dyn Repository<Self> {
        rows.tournaments()
    }

    fn list_in(dataset: &mut Dataset) -> &mut Vec<Self> {
        &mut dataset.tournaments
    }

    fn sample(parents: &Parents, number: i64) -> Self {
        let control = RegistrationControl::new()
            .with_auto_open_time(at(10))
            .with_auto_close_time(at(20))
            .with_registration_password("owl")
            .with_late_registration_password("tawny owl")
            .with_to_override_password("")
            .with_allow_to_override(false)
            .with_max_players(64);
        Self::new(text(number), parents.format.id, parents.venue.id, parents.players[0].id)
            .with_status(TournamentStatus::InProgress)
            .with_visibility(Visibility::Private)
            .with_registration(control)
            .with_start_time(at(100))
            .with_end_time(at(200))
            // After the parents' own tournament, which was created now.
            .with_created_at(
                fixture::time("2999-01-01T00:00:00Z") + chrono::Duration::seconds(number),
            )
            .with_description("Friday Night")
            .with_registration_deadline(at(50))
            .with_auto_advance_rounds(true)
            .with_metadata(metadata(number))
    }

    fn change(&mut self, parents: &Parents) {
        self.name.push('!');
        self.status = TournamentStatus::Completed;
        self.visibility = Visibility::Public;
        self.registration = RegistrationControl::new().with_max_players(0);
        self.start_time = Some(at(101));
        self.end_time = Some(at(201));
        self.format_id = parents.tournament.format_id;
        self.venue_id = parents.tournament.venue_id;
        self.created_by = parents.tournament.created_by;
        self.description = Some("Saturday Night".to_owned());
        self.registration_deadline = Some(at(51));
        self.auto_advance_rounds = false;
        self.metadata = metadata(1_000);
    }

    fn spoil(&mut self) -> &'static str {
        self.registration.max_players = Some(-1);
        "registration.max_players"
    }

    fn set_id(&mut self, number: u128) {
        self.id = fixture::id(number);
    }

    fn least(parents: &Parents) -> (Value, Self) {
        let json = json!({
            "name": "Least", "format_id": parents.format.id, "venue_id": parents.venue.id,
            "created_by": parents.players[0].id,
        });
        let row = Self::new("Least", parents.format.id, parents.venue.id, parents.players[0].id);
        (json, row)
    }
}

impl Sample for TournamentRegistration {
    fn of(rows: &dyn Repositories) -> &dyn Repository<Self> {
        rows.registrations()
    }

    fn list_in(dataset: &mut Dataset) -> &mut Vec<Self> {
        &mut dataset.registrations
    }

    fn sample(parents: &Parents, number: i64) -> Self {
        Self::new(parents.tournament.id, parents.player(number).id, number)
            .with_status(RegistrationStatus::LateEntry)
            .with_registration_time(at(number))
            .with_drop_time(at(1_000))
            .with_notes("Left early")
            .with_metadata(metadata(number))
    }

    fn change(&mut self, parents: &Parents) {
        self.player_id = parents.player(SAMPLES + 1).id;
        self.sequence_id = 1_000;
        self.status = RegistrationStatus::Dropped;
        self.drop_time = Some(at(2_000));
        self.notes = Some("Left late".to_owned());
        self.metadata = metadata(1_000);
    }

    fn spoil(&mut self) -> &'static str {
        self.sequence_id = 0;
        "sequence_id"
    }

    fn set_id(&mut self, number: u128) {
        self.id = fixture::id(number);
    }

    fn least(parents: &Parents) -> (Value, Self) {
        let (tournament, player) = (parents.tournament.id, parents.players[0].id);
        let json = json!({ "tournament_id": tournament, "player_id": player, "sequence_id": 7 });
        (json, Self::new(tournament, player, 7))
    }
}

impl Sample for Component {
    fn of(rows: &dyn Repositories) -> &dyn Repository<Self> {
        rows.components()
    }

    fn list_in(dataset: &mut Dataset) -> &mut Vec<Self> {
        &mut dataset.components
    }

    fn sample(parents: &Parents, number: i64) -> Self {
        let config = json!({ "rounds": number, "cut": { "top": [8, 4.5, null, true, "ü"] } });
        // The parents' own component is the first.
        Self::new(parents.tournament.id, ComponentType::PoolPlay, text(number), number + 1)
            .with_status(Progress::Active)
            .with_config(fixture::object(config))
            .with_created_at(at(number))
    }

    fn change(&mut self, _: &Parents) {
        self.r#type = ComponentType::DoubleElimination;
        self.name.push('!');
        self.sequence_order = 1_000;
        self.status = Progress::Completed;
        self.config = serde_json::Map::new();
    }

    fn spoil(&mut self) -> &'static str {
        self.config.insert("text".to_owned(), json!("a\0b"));
        "config"
    }

    fn set_id(&mut self, number: u128) {
        self.id = fixture::id(number);
    }

    fn least(parents: &Parents) -> (Value, Self) {
        let tournament = parents.tournament.id;
        let json = json!({
            "tournament_id": tournament, "type": "round_robin", "name": "Least",
            "sequence_order": 7,
        });
        (json, Self::new(tournament, ComponentType::RoundRobin, "Least", 7))
    }
}

impl Sample for Round {
    fn of(rows: &dyn Repositories) -> &dyn Repository<Self> {
        rows.rounds()
    }

    fn list_in(dataset: &mut Dataset) -> &mut Vec<Self> {
        &mut dataset.rounds
    }

    fn sample(parents: &Parents, number: i64) -> Self {
        // The parents' own round is the first.
        Self::new(&parents.component, number + 1)
            .with_start_time(at(100))
            .with_end_time(at(200))
            .with_time_limit_minutes(50)
            .with_scheduled_start(at(90))
            .with_scheduled_end(at(190))
            .with_auto_advance(true)
            .with_status(Progress::Active)
    }

    fn change(&mut self, _: &Parents) {
        self.start_time = Some(at(101));
        self.end_time = Some(at(201));
        self.time_limit_minutes = Some(60);
        self.scheduled_start = Some(at(91));
        self.scheduled_end = Some(at(191));
        self.auto_advance = false;
        self.status = Progress::Completed;
    }

    fn spoil(&mut self) -> &'static str {
        self.time_limit_minutes = Some(0);
        "time_limit_minutes"
    }

    fn set_id(&mut self, number: u128) {
        self.id = fixture::id(number);
    }

    fn least(parents: &Parents) -> (Value, Self) {
        let component = &parents.component;
        let json = json!({
            "tournament_id": component.tournament_id, "component_id": component.id,
            "round_number": 7,
        });
        (json, Self::new(component, 7))
    }
}

impl Sample for Match {
    fn of(rows: &dyn Repositories) -> &dyn Repository<Self> {
        rows.matches()
    }

    fn list_in(dataset: &mut Dataset) -> &mut Vec<Self> {
        &mut dataset.matches
    }

    fn sample(parents: &Parents, number: i64) -> Self {
        let (player1, player2) = (parents.player(number), parents.player(number - 1));
        Self::new(&parents.round, player1.id, player2.id)
            .with_table_number(number)
            .with_result(2, 1, 3)
            .with_start_time(at(100))
            .with_end_time(at(200))
            .with_notes("Table by the door")
            .with_metadata(metadata(number))
    }

    fn change(&mut self, parents: &Parents) {
        self.table_number = Some(1_000);
        self.player1_id = parents.player(SAMPLES + 1).id;
        self.player2_id = None;
        self.player1_wins = 0;
        self.player2_wins = 2;
        self.draws = 1;
        self.status = Progress::Active;
        self.start_time = Some(at(101));
        self.end_time = Some(at(201));
        self.notes = Some(String::new());
        self.metadata = metadata(1_000);
    }

    fn spoil(&mut self) -> &'static str {
        self.player1_wins = -5;
        "player1_wins"
    }

    fn set_id(&mut self, number: u128) {
        self.id = fixture::id(number);
    }

    fn least(parents: &Parents) -> (Value, Self) {
        let round = &parents.round;
        let (player1, player2) = (parents.players[0].id, parents.players[1].id);
        let json = json!({
            "tournament_id": round.tournament_id, "component_id": round.component_id,
            "round_id": round.id, "round_number": round.round_number,
            "player1_id": player1, "player2_id": player2,
        });
        (json, Self::new(round, player1, player2))
    }
}
