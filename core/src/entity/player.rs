use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Entity, EntityKind, SortKey};
use crate::json::{self, JsonObject};
use crate::time::{self, Time, now};
use crate::validate::{self, Checks};
use crate::{Id, initial_version};

/// A person who plays, organises or both.
///
/// ```
/// use tournament_core::Player;
///
/// let player = Player::new("Zoë Ålund").with_discord_id("zoe#1").with_email("zoe@example.org");
/// assert_eq!(player.version, 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Player {
    /// The id.
    #[serde(default = "Id::new")]
    pub id: Id<Self>,
    /// Rises by one with every update.
    #[serde(default = "initial_version")]
    pub version: i64,
    /// 1–100 characters. Several players may share one.
    pub name: String,
    /// 1–100 characters, unique.
    #[serde(default)]
    pub discord_id: Option<String>,
    /// 3–255 characters, one `@` with text on both sides.
    #[serde(default)]
    pub email: Option<String>,
    /// Never changes.
    #[serde(default = "now", with = "crate::time::text")]
    pub created_at: Time,
    /// What a service keeps with it, such as its own ids; at most
    /// [`MAX_METADATA_BYTES`](crate::json::MAX_METADATA_BYTES) of compact JSON, nested at most
    /// [`MAX_DEPTH`](crate::json::MAX_DEPTH) deep. Normalised as the module
    /// [`json`](crate::json) says.
    #[serde(default)]
    pub metadata: JsonObject,
}

impl Player {
    const MAX_NAME: usize = 100;
    const MAX_DISCORD_ID: usize = 100;

    /// A new player of this name, created now.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            id: Id::new(),
            version: initial_version(),
            name: name.into(),
            discord_id: None,
            email: None,
            created_at: now(),
            metadata: JsonObject::new(),
        }
    }

    /// Whether a player of this name could be stored. A look-up by one that could not finds
    /// nothing; adapters need not ask their database.
    #[must_use]
    pub fn name_is_storable(name: &str) -> bool {
        validate::is_name(name, Self::MAX_NAME)
    }

    /// [`name_is_storable`](Self::name_is_storable), for a discord id.
    #[must_use]
    pub fn discord_id_is_storable(discord_id: &str) -> bool {
        validate::is_name(discord_id, Self::MAX_DISCORD_ID)
    }
}

setters! { Player;
    value with_id(id: Id<Player>);
    text with_discord_id(discord_id);
    text with_email(email);
    value with_created_at(created_at: Time);
    value with_metadata(metadata: JsonObject);
}

impl Entity for Player {
    type Filter = PlayerFilter;
    type SortKey = PlayerKey;
    const KIND: EntityKind = EntityKind::Player;

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
            discord_id: None,
            email: None,
            created_at: Time::UNIX_EPOCH,
            metadata: JsonObject::new(),
        }
    }

    fn normalise(&mut self) {
        self.created_at = time::cut(self.created_at);
        json::normalise(&mut self.metadata);
    }

    fn check(&self, checks: &mut Checks) {
        checks.id("id", self.id);
        checks.integer("version", self.version, 1);
        checks.name("name", &self.name, 1, Self::MAX_NAME);
        if let Some(discord_id) = &self.discord_id {
            checks.name("discord_id", discord_id, 1, Self::MAX_DISCORD_ID);
        }
        if let Some(email) = &self.email {
            checks.name("email", email, 3, 255);
            if !is_address(email) {
                checks.refuse("email", "must have exactly one @, with text on both sides");
            }
        }
        checks.time("created_at", self.created_at);
        checks.json("metadata", &self.metadata, json::MAX_METADATA_BYTES);
    }

    fn check_unchanged(&self, stored: &Self, checks: &mut Checks) {
        checks.unchanged("created_at", &self.created_at, &stored.created_at);
    }
}

/// All that can be said of an address without writing to it.
fn is_address(email: &str) -> bool {
    email
        .split_once('@')
        .is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@'))
}

/// Which players to list: as yet all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PlayerFilter {}

/// Players are listed by name, then id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs)] // The fields are the entity's.
pub struct PlayerKey {
    pub name: String,
    pub id: Id<Player>,
}

impl PlayerKey {
    /// The place of this player.
    #[must_use]
    pub fn of(player: &Player) -> Self {
        Self { name: player.name.clone(), id: player.id }
    }
}

impl SortKey for PlayerKey {
    type Filter = PlayerFilter;

    fn fits(&self, _: &PlayerFilter) -> bool {
        true
    }

    fn check(&self, checks: &mut Checks) {
        checks.name("name", &self.name, 1, Player::MAX_NAME);
    }
}
