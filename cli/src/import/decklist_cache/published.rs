//! The shape of a published event. Decks and all else that is not named here are passed over.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "an object")]
pub(super) struct Published {
    pub(super) source: Option<String>,
    pub(super) tournament: Heading,
    #[serde(default)]
    pub(super) rounds: Option<Vec<PublishedRound>>,
    #[serde(default)]
    pub(super) standings: Option<Vec<PublishedStanding>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "an object")]
pub(super) struct Heading {
    pub(super) date: Option<String>,
    pub(super) name: Option<String>,
    pub(super) formats: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "an object")]
pub(super) struct PublishedRound {
    pub(super) round_name: Option<String>,
    pub(super) matches: Option<Vec<Pairing>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "an object")]
pub(super) struct Pairing {
    pub(super) player1: Option<String>,
    pub(super) player2: Option<String>,
    pub(super) result: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", expecting = "an object")]
pub(super) struct PublishedStanding {
    pub(super) player: Option<String>,
}
