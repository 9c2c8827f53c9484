use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Component, Entity, EntityKind, Player, Progress, Round, SortKey, Tournament};
use crate::json::{self, JsonObject};
use crate::time::{self, Time};
use crate::validate::Checks;
use crate::{Id, initial_version};

/// Two players at a table, or one with a bye.
///
/// ```
/// use tournament_core::{Component, ComponentType, Id, Match, Progress, Round};
///
/// let swiss = Component::new(Id::new(), ComponentType::Swiss, "Swiss rounds", 1);
/// let round = Round::new(&swiss, 1);
/// let (ada, ben, cleo) = (Id::new(), Id::new(), Id::new());
///
/// let played = Match::new(&round, ada, ben).with_table_number(1).with_result(2, 1, 0);
/// assert_eq!(played.status, Progress::Completed);
/// assert!(Match::bye(&round, cleo).is_bye());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "MatchInput")]
#[non_exhaustive]
pub struct Match {
    /// The id.
    pub id: Id<Self>,
    /// Rises by one with every update.
    pub version: i64,
    /// The round's tournament. Never changes.
    pub tournament_id: Id<Tournament>,
    /// The round's component. Never changes.
    pub component_id: Id<Component>,
    /// The round. Never changes.
    pub round_id: Id<Round>,
    /// The round's number.
    pub round_number: i64,
    /// From 1, unique within the round.
    pub table_number: Option<i64>,
    /// The first player, or the one who has the bye.
    pub player1_id: Id<Player>,
    /// The second player, somebody else than the first; `None` for a bye.
    pub player2_id: Option<Id<Player>>,
    /// Games that the first player won.
    pub player1_wins: i64,
    /// Games that the second player won.
    pub player2_wins: i64,
    /// Drawn games.
    pub draws: i64,
    /// How far it is. Standings count completed matches.
    pub status: Progress,
    /// When play began.
    #[serde(with = "crate::time::text::optional")]
    pub start_time: Option<Time>,
    /// When play ended; not before it began.
    #[serde(with = "crate::time::text::optional")]
    pub end_time: Option<Time>,
    /// At most 5,000 characters.
    pub notes: Option<String>,
    /// What a service keeps with it, such as its own ids; at most
    /// [`MAX_METADATA_BYTES`](crate::json::MAX_METADATA_BYTES) of compact JSON, nested at most
    /// [`MAX_DEPTH`](crate::json::MAX_DEPTH) deep. Normalised as the module
    /// [`json`](crate::json) says.
    pub metadata: JsonObject,
}

/// A match as JSON has it: what has a default may be left out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MatchInput {
    #[serde(default = "Id::new")]
    id: Id<Match>,
    #[serde(default = "initial_version")]
    version: i64,
    tournament_id: Id<Tournament>,
    component_id: Id<Component>,
    round_id: Id<Round>,
    round_number: i64,
    #[serde(default)]
    table_number: Option<i64>,
    player1_id: Id<Player>,
    #[serde(default)]
    player2_id: Option<Id<Player>>,
    #[serde(default)]
    player1_wins: i64,
    #[serde(default)]
    player2_wins: i64,
    #[serde(default)]
    draws: i64,
    #[serde(default)]
    status: Option<Progress>,
    #[serde(default, with = "crate::time::text::optional")]
    start_time: Option<Time>,
    #[serde(default, with = "crate::time::text::optional")]
    end_time: Option<Time>,
    #[serde(default)]
    notes: Option<String>,
    #[serde(default)]
    metadata: JsonObject,
}

impl From<MatchInput> for Match {
    fn from(input: MatchInput) -> Self {
        let has_game = [input.player1_wins, input.player2_wins, input.draws] != [0; 3];
        let over = has_game || input.player2_id.is_none();
        let implied = if over { Progress::Completed } else { Progress::Pending };
        Self {
            id: input.id,
            version: input.version,
            tournament_id: input.tournament_id,
            component_id: input.component_id,
            round_id: input.round_id,
            round_number: input.round_number,
            table_number: input.table_number,
            player1_id: input.player1_id,
            player2_id: input.player2_id,
            player1_wins: input.player1_wins,
            player2_wins: input.player2_wins,
            draws: input.draws,
            status: input.status.unwrap_or(implied),
            start_time: input.start_time,
            end_time: input.end_time,
            notes: input.notes,
            metadata: input.metadata,
        }
    }
}

impl Match {
    /// A pending match of this round.
    #[must_use]
    pub fn new(round: &Round, player1_id: Id<Player>, player2_id: Id<Player>) -> Self {
        Self {
            id: Id::new(),
            version: initial_version(),
            tournament_id: round.tournament_id,
            component_id: round.component_id,
            round_id: round.id,
            round_number: round.round_number,
            table_number: None,
            player1_id,
            player2_id: Some(player2_id),
            player1_wins: 0,
            player2_wins: 0,
            draws: 0,
            status: Progress::Pending,
            start_time: None,
            end_time: None,
            notes: None,
            metadata: JsonObject::new(),
        }
    }

    /// A bye: the player has no opponent in this round and wins without playing.
    #[must_use]
    pub fn bye(round: &Round, player_id: Id<Player>) -> Self {
        Self {
            player2_id: None,
            status: Progress::Completed,
            ..Self::new(round, player_id, player_id)
        }
    }

    /// Records the games won by each player and drawn, and completes the match.
    #[must_use]
    pub fn with_result(mut self, player1_wins: i64, player2_wins: i64, draws: i64) -> Self {
        self.player1_wins = player1_wins;
        self.player2_wins = player2_wins;
        self.draws = draws;
        self.status = Progress::Completed;
        self
    }

    /// Whether there is no second player.
    #[must_use]
    pub const fn is_bye(&self) -> bool {
        self.player2_id.is_none()
    }
}

setters! { Match;
    value with_id(id: Id<Match>);
    some with_table_number(table_number: i64);
    value with_status(status: Progress);
    some with_start_time(start_time: Time);
    some with_end_time(end_time: Time);
    text with_notes(notes);
    value with_metadata(metadata: JsonObject);
}

impl Entity for Match {
    type Filter = MatchFilter;
    type SortKey = MatchKey;
    const KIND: EntityKind = EntityKind::Match;

    fn id(&self) -> Id<Self> {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn set_version(&mut self, version: i64) {
        self.version = version;
    }

    fn blank() -> Self {
        Self {
            id: Id::from_uuid(Uuid::nil()),
            version: 0,
            tournament_id: Id::from_uuid(Uuid::nil()),
            component_id: Id::from_uuid(Uuid::nil()),
            round_id: Id::from_uuid(Uuid::nil()),
            round_number: 0,
            table_number: None,
            player1_id: Id::from_uuid(Uuid::nil()),
            player2_id: None,
            player1_wins: 0,
            player2_wins: 0,
            draws: 0,
            status: Progress::Pending,
            start_time: None,
            end_time: None,
            notes: None,
            metadata: JsonObject::new(),
        }
    }

    fn normalise(&mut self) {
        time::cut_optional(&mut self.start_time);
        time::cut_optional(&mut self.end_time);
        json::normalise(&mut self.metadata);
    }

    fn check(&self, checks: &mut Checks) {
        checks.id("id", self.id);
        checks.integer("version", self.version, 1);
        checks.id("tournament_id", self.tournament_id);
        checks.id("component_id", self.component_id);
        checks.id("round_id", self.round_id);
        checks.integer("round_number", self.round_number, 1);
        checks.optional_integer("table_number", self.table_number, 1);
        checks.id("player1_id", self.player1_id);
        if let Some(player2_id) = self.player2_id {
            checks.id("player2_id", player2_id);
            if player2_id == self.player1_id {
                checks.refuse("player2_id", "must be somebody else than player1_id");
            }
        }
        checks.integer("player1_wins", self.player1_wins, 0);
        checks.integer("player2_wins", self.player2_wins, 0);
        checks.integer("draws", self.draws, 0);
        checks.span(("start_time", self.start_time), ("end_time", self.end_time));
        checks.optional_text("notes", self.notes.as_deref(), 0, 5_000);
        checks.json("metadata", &self.metadata, json::MAX_METADATA_BYTES);
    }

    fn check_unchanged(&self, stored: &Self, checks: &mut Checks) {
        checks.unchanged("tournament_id", &self.tournament_id, &stored.tournament_id);
        checks.unchanged("component_id", &self.component_id, &stored.component_id);
        checks.unchanged("round_id", &self.round_id, &stored.round_id);
    }
}

/// Which matches to list. What is `None` does not narrow; what is set combines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct MatchFilter {
    /// Of this tournament.
    pub tournament_id: Option<Id<Tournament>>,
    /// Of this component.
    pub component_id: Option<Id<Component>>,
    /// Of this round.
    pub round_id: Option<Id<Round>>,
    /// With this player, as first or second.
    pub player_id: Option<Id<Player>>,
}

setters! { MatchFilter;
    some with_tournament(tournament_id: Id<Tournament>);
    some with_component(component_id: Id<Component>);
    some with_round(round_id: Id<Round>);
    some with_player(player_id: Id<Player>);
}

impl MatchFilter {
    /// Whether a list with this filter is in the order of play; else it is by id.
    #[must_use]
    pub const fn in_order_of_play(&self) -> bool {
        self.tournament_id.is_some() || self.component_id.is_some() || self.round_id.is_some()
    }
}

/// Matches are listed by component order, round and table (none last) where the filter names a
/// tournament, component or round, else by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The fields are the entity's.
pub enum MatchKey {
    /// The filter names none of them.
    Id(Id<Match>),
    /// The filter names a tournament, component or round. `component_order` is the component's
    /// `sequence_order`.
    Play { component_order: i64, round_number: i64, table_number: Option<i64>, id: Id<Match> },
}

impl MatchKey {
    /// The place of this match in a list with this filter, its component being the
    /// `component_order`th of its tournament.
    #[must_use]
    pub fn of(r#match: &Match, component_order: i64, filter: &MatchFilter) -> Self {
        if filter.in_order_of_play() {
            Self::Play {
                component_order,
                round_number: r#match.round_number,
                table_number: r#match.table_number,
                id: r#match.id,
            }
        } else {
            Self::Id(r#match.id)
        }
    }
}

impl SortKey for MatchKey {
    type Filter = MatchFilter;

    fn fits(&self, filter: &MatchFilter) -> bool {
        matches!(self, Self::Play { .. }) == filter.in_order_of_play()
    }

    fn check(&self, checks: &mut Checks) {
        if let Self::Play { component_order, round_number, table_number, .. } = self {
            checks.integer("sequence_order", *component_order, 1);
            checks.integer("round_number", *round_number, 1);
            checks.optional_integer("table_number", *table_number, 1);
        }
    }
}
