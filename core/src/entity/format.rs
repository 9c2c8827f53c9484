use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Entity, EntityKind, SortKey};
use crate::validate::{self, Checks};
use crate::{Id, initial_version};

text_enum! {
    /// The game that is played.
    GameSystem {
        /// Magic: The Gathering.
        MagicTheGathering = "magic_the_gathering",
        /// The Pokémon Trading Card Game.
        Pokemon = "pokemon",
        /// Star Wars: Unlimited.
        StarWarsUnlimited = "star_wars_unlimited",
        /// NFL Five.
        NflFive = "nfl_five",
        /// Any other trading card game.
        CustomTcg = "custom_tcg",
    }
}

text_enum! {
    /// How players come by their decks.
    BaseFormat {
        /// Brought from home.
        Constructed = "constructed",
        /// Bought ready to play.
        PreConstructed = "pre_constructed",
        /// Built from product opened at the event.
        Limited = "limited",
        /// By rules of its own.
        Special = "special",
    }
}

/// What is played, and with which cards.
///
/// ```
/// use tournament_core::{BaseFormat, Format, GameSystem};
///
/// let format =
///     Format::new("Pauper", GameSystem::MagicTheGathering, BaseFormat::Constructed, "Pauper")
///         .with_match_structure("BO3");
/// assert_eq!(format.game_system.as_str(), "magic_the_gathering");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Format {
    /// The id.
    #[serde(default = "Id::new")]
    pub id: Id<Self>,
    /// Rises by one with every update.
    #[serde(default = "initial_version")]
    pub version: i64,
    /// 1–100 characters, unique within the game system.
    pub name: String,
    /// The game that is played.
    pub game_system: GameSystem,
    /// How players come by their decks.
    pub base_format: BaseFormat,
    /// 1–100 characters: "Booster Draft", "Sealed".
    #[serde(default)]
    pub sub_format: Option<String>,
    /// 1–200 characters: which cards may be played.
    pub card_pool: String,
    /// 1–20 characters: "BO1", "BO3".
    #[serde(default)]
    pub match_structure: Option<String>,
    /// At most 20,000 characters.
    #[serde(default)]
    pub description: Option<String>,
}

impl Format {
    const MAX_NAME: usize = 100;

    /// A new format.
    pub fn new(
        name: impl Into<String>,
        game_system: GameSystem,
        base_format: BaseFormat,
        card_pool: impl Into<String>,
    ) -> Self {
        Self {
            id: Id::new(),
            version: initial_version(),
            name: name.into(),
            game_system,
            base_format,
            sub_format: None,
            card_pool: card_pool.into(),
            match_structure: None,
            description: None,
        }
    }

    /// Whether a format of this name could be stored. A look-up by one that could not finds
    /// nothing; adapters need not ask their database.
    #[must_use]
    pub fn name_is_storable(name: &str) -> bool {
        validate::is_name(name, Self::MAX_NAME)
    }
}

setters! { Format;
    value with_id(id: Id<Format>);
    text with_sub_format(sub_format);
    text with_match_structure(match_structure);
    text with_description(description);
}

impl Entity for Format {
    type Filter = FormatFilter;
    type SortKey = FormatKey;
    const KIND: EntityKind = EntityKind::Format;

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
            name: String::new(),
            game_system: GameSystem::MagicTheGathering,
            base_format: BaseFormat::Constructed,
            sub_format: None,
            card_pool: String::new(),
            match_structure: None,
            description: None,
        }
    }

    fn normalise(&mut self) {}

    fn check(&self, checks: &mut Checks) {
        checks.id("id", self.id);
        checks.integer("version", self.version, 1);
        checks.name("name", &self.name, 1, Self::MAX_NAME);
        checks.optional_text("sub_format", self.sub_format.as_deref(), 1, 100);
        checks.text("card_pool", &self.card_pool, 1, 200);
        checks.optional_text("match_structure", self.match_structure.as_deref(), 1, 20);
        checks.optional_text("description", self.description.as_deref(), 0, 20_000);
    }

    fn check_unchanged(&self, _: &Self, _: &mut Checks) {}
}

/// Which formats to list. What is `None` does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct FormatFilter {
    /// Of this game.
    pub game_system: Option<GameSystem>,
}

setters! { FormatFilter;
    some with_game_system(game_system: GameSystem);
}

/// Formats are listed by game system (as text), name, then id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // The fields are the entity's.
pub struct FormatKey {
    pub game_system: GameSystem,
    pub name: String,
    pub id: Id<Format>,
}

impl FormatKey {
    /// The place of this format.
    #[must_use]
    pub fn of(format: &Format) -> Self {
        Self { game_system: format.game_system, name: format.name.clone(), id: format.id }
    }
}

impl SortKey for FormatKey {
    type Filter = FormatFilter;

    fn fits(&self, _: &FormatFilter) -> bool {
        true
    }

    fn check(&self, checks: &mut Checks) {
        checks.name("name", &self.name, 1, Format::MAX_NAME);
    }
}
