//! The few values that random histories are made of, so that they meet again and again.

use serde_json::json;
use tournament_core::json::JsonObject;
use tournament_core::{
    BaseFormat, Component, ComponentFilter, ComponentType, Dataset, Entity, Format, FormatFilter,
    GameSystem, Id, MAX_INTEGER, Match, MatchFilter, Player, PlayerFilter, Progress,
    RegistrationFilter, RegistrationStatus, Round, RoundFilter, Time, Tournament, TournamentFilter,
    TournamentRegistration, TournamentStatus, Venue, VenueFilter, Visibility,
};

use crate::fixture::{self, at};
use crate::model::Modelled;

/// How high a pick goes; each field takes what it needs of it.
pub(crate) const PICKS: u8 = 12;

/// A row to be, as places in the pools.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) id: u8,
    pub(crate) picks: [u8; 7],
    /// Whether one field is to be such that validation refuses it.
    pub(crate) bad: bool,
}

/// A filter to be; the higher half of the picks leaves a field out.
pub(crate) type FilterDraft = [u8; 5];

/// A kind of row that histories are made of.
pub(crate) trait Pooled: Modelled {
    /// How many ids there are.
    const IDS: u8;

    fn build(draft: &Draft) -> Self;

    fn filter(draft: FilterDraft) -> Self::Filter;

    fn pooled_id(pick: u8) -> Id<Self> {
        id(pick % Self::IDS)
    }

    /// The row of a draft, spoilt if it is to be bad.
    fn of_draft(draft: &Draft) -> Self {
        let mut row = Self::build(draft);
        if draft.bad {
            row.spoil();
        }
        row
    }
}

const NAMES: [&str; 6] = ["Ada", "ada", "Adá", "Ada\u{301}", "Ben", "🎲"];
const DISCORD_IDS: [&str; 4] = ["owl", "Owl", "öwl", "o\u{308}wl"];

/// Ids that order otherwise than their numbers, with high bits set in some.
fn id<E>(number: u8) -> Id<E> {
    let number = u128::from(number) + 1;
    fixture::id((number * 0x5b % 0xfb) << 120 | number)
}

pub(crate) fn name(pick: u8) -> &'static str {
    // The last is one that cannot be stored.
    let names = [NAMES.as_slice(), &["Ada "]].concat();
    names[usize::from(pick) % names.len()]
}

pub(crate) fn discord_id(pick: u8) -> &'static str {
    DISCORD_IDS[usize::from(pick) % DISCORD_IDS.len()]
}

pub(crate) fn game(pick: u8) -> GameSystem {
    // Not in the order of their texts.
    [GameSystem::Pokemon, GameSystem::CustomTcg, GameSystem::NflFive][usize::from(pick) % 3]
}

/// A number that is asked for or given out.
pub(crate) fn number(pick: u8) -> i64 {
    match pick {
        11 => MAX_INTEGER,
        pick => i64::from(pick % 6) + 1,
    }
}

fn one_of<T: Copy>(all: &[T], pick: u8) -> T {
    all[usize::from(pick) % all.len()]
}

fn some<T>(pick: u8, value: impl FnOnce(u8) -> T) -> Option<T> {
    (pick < PICKS / 2).then(|| value(pick))
}

pub(crate) fn moment(pick: u8) -> Time {
    at(i64::from(pick % 3))
}

/// Mostly none, as in life.
pub(crate) fn metadata(pick: u8) -> JsonObject {
    if pick < PICKS / 2 {
        return JsonObject::new();
    }
    fixture::object(json!({ "id": pick, "share": f64::from(pick) / 4.0, "of": name(pick) }))
}

impl Pooled for Player {
    const IDS: u8 = 6;

    fn build(draft: &Draft) -> Self {
        let [name_pick, discord, email, created, metadata_pick, ..] = draft.picks;
        let mut row = Self::new(NAMES[usize::from(name_pick) % NAMES.len()])
            .with_id(Self::pooled_id(draft.id))
            .with_created_at(moment(created))
            .with_metadata(metadata(metadata_pick));
        row.discord_id = some(discord, |pick| discord_id(pick).to_owned());
        row.email = some(email, |pick| format!("{pick}@example.org"));
        row
    }

    fn filter(_: FilterDraft) -> PlayerFilter {
        PlayerFilter::default()
    }
}

impl Pooled for Venue {
    const IDS: u8 = 4;

    fn build(draft: &Draft) -> Self {
        let [name_pick, address, ..] = draft.picks;
        let mut row = Self::new(NAMES[usize::from(name_pick) % NAMES.len()])
            .with_id(Self::pooled_id(draft.id));
        row.address = some(address, |pick| "x".repeat(pick.into()));
        row
    }

    fn filter(_: FilterDraft) -> VenueFilter {
        VenueFilter::default()
    }
}

impl Pooled for Format {
    const IDS: u8 = 4;

    fn build(draft: &Draft) -> Self {
        let [name_pick, game_pick, base, sub, ..] = draft.picks;
        let name = NAMES[usize::from(name_pick) % NAMES.len()];
        let base = one_of(BaseFormat::ALL, base);
        let mut row =
            Self::new(name, game(game_pick), base, "All").with_id(Self::pooled_id(draft.id));
        row.sub_format = some(sub, |pick| format!("Sub {pick}"));
        row
    }

    fn filter(draft: FilterDraft) -> FormatFilter {
        let mut filter = FormatFilter::default();
        filter.game_system = some(draft[0], game);
        filter
    }
}

impl Pooled for Tournament {
    const IDS: u8 = 4;

    fn build(draft: &Draft) -> Self {
        let [format, venue, organiser, created, places, status, visibility] = draft.picks;
        let mut row = Self::new(
            "Friday Night",
            Format::pooled_id(format),
            Venue::pooled_id(venue),
            Player::pooled_id(organiser),
        )
        .with_id(Self::pooled_id(draft.id))
        .with_created_at(moment(created))
        .with_status(one_of(TournamentStatus::ALL, status))
        .with_visibility(one_of(Visibility::ALL, visibility))
        .with_metadata(metadata(organiser));
        row.registration.max_players = some(places, i64::from);
        row.registration.auto_open_time = some(created, moment);
        row
    }

    fn filter(draft: FilterDraft) -> TournamentFilter {
        let mut filter = TournamentFilter::default();
        filter.status = some(draft[0], |pick| one_of(TournamentStatus::ALL, pick));
        filter.visibility = some(draft[1], |pick| one_of(Visibility::ALL, pick));
        filter.format_id = some(draft[2], Format::pooled_id);
        filter.venue_id = some(draft[3], Venue::pooled_id);
        filter.created_by = some(draft[4], Player::pooled_id);
        filter
    }
}

impl Pooled for TournamentRegistration {
    const IDS: u8 = 9;

    fn build(draft: &Draft) -> Self {
        let [tournament, player, sequence, status, time, dropped, notes] = draft.picks;
        let mut row = Self::new(
            Tournament::pooled_id(tournament),
            Player::pooled_id(player),
            number(sequence),
        )
        .with_id(Self::pooled_id(draft.id))
        .with_status(one_of(RegistrationStatus::ALL, status))
        .with_registration_time(moment(time))
        .with_metadata(metadata(notes));
        row.drop_time = some(dropped, moment);
        row.notes = some(notes, |pick| format!("Note {pick}"));
        row
    }

    fn filter(draft: FilterDraft) -> RegistrationFilter {
        let mut filter = RegistrationFilter::default();
        filter.tournament_id = some(draft[0], Tournament::pooled_id);
        filter.player_id = some(draft[1], Player::pooled_id);
        filter.status = some(draft[2], |pick| one_of(RegistrationStatus::ALL, pick));
        filter
    }
}

/// Rounds and components have a place of their own, so that children mostly agree with them.
mod place {
    /// The tournament of a component, as places in their pools.
    pub(super) const fn tournament(component: u8) -> u8 {
        component % 2
    }

    /// The component of a round.
    pub(super) const fn component(round: u8) -> u8 {
        round % 3
    }

    /// The number of a round.
    pub(super) const fn number(round: u8) -> i64 {
        1 + (round / 3) as i64
    }
}

impl Pooled for Component {
    const IDS: u8 = 5;

    fn build(draft: &Draft) -> Self {
        let own = draft.id % Self::IDS;
        let [astray, order, r#type, status, config, created, _] = draft.picks;
        let tournament = place::tournament(own) + u8::from(astray == 11);
        let config = json!({ "rounds": config, "share": f64::from(config) / 4.0 });
        Self::new(
            Tournament::pooled_id(tournament),
            one_of(ComponentType::ALL, r#type),
            "Part",
            i64::from(order % 5) + 1,
        )
        .with_id(Self::pooled_id(own))
        .with_status(one_of(Progress::ALL, status))
        .with_config(fixture::object(config))
        .with_created_at(moment(created))
    }

    fn filter(draft: FilterDraft) -> ComponentFilter {
        let mut filter = ComponentFilter::default();
        filter.tournament_id = some(draft[0], Tournament::pooled_id);
        filter
    }
}

impl Pooled for Round {
    const IDS: u8 = 7;

    fn build(draft: &Draft) -> Self {
        let own = draft.id % Self::IDS;
        let [astray, start, limit, status, advance, ..] = draft.picks;
        let component = place::component(own);
        let parent = Component::build(&Draft {
            id: component + u8::from(astray == 10),
            picks: [0; 7],
            bad: false,
        });
        let off = i64::from(astray == 9);
        let mut row = Self::new(&parent, place::number(own) + off)
            .with_id(Self::pooled_id(own))
            .with_status(one_of(Progress::ALL, status))
            .with_auto_advance(advance % 2 == 0);
        if astray == 11 {
            row.tournament_id = Tournament::pooled_id(place::tournament(component) + 1);
        }
        row.start_time = some(start, moment);
        row.time_limit_minutes = some(limit, number);
        row
    }

    fn filter(draft: FilterDraft) -> RoundFilter {
        let mut filter = RoundFilter::default();
        filter.tournament_id = some(draft[0], Tournament::pooled_id);
        filter.component_id = some(draft[1], Component::pooled_id);
        filter
    }
}

impl Pooled for Match {
    const IDS: u8 = 12;

    fn build(draft: &Draft) -> Self {
        let [round, astray, table, player1, player2, wins, status] = draft.picks;
        let parent = Round::build(&Draft { id: round % Round::IDS, picks: [0; 7], bad: false });
        let (player1, player2) = (player1 % Player::IDS, player2 % (Player::IDS + 2));
        let mut row = Self::new(&parent, Player::pooled_id(player1), Id::new())
            .with_id(Self::pooled_id(draft.id))
            .with_result(i64::from(wins), 0, 1)
            .with_status(one_of(Progress::ALL, status))
            .with_metadata(metadata(wins));
        row.player2_id = (player2 < Player::IDS).then(|| Player::pooled_id(player2));
        row.table_number = some(table, |pick| i64::from(pick % 4) + 1);
        match astray {
            9 => row.tournament_id = Tournament::pooled_id(2),
            10 => row.component_id = Component::pooled_id(4),
            11 => row.round_number += 1,
            _ => {}
        }
        row
    }

    fn filter(draft: FilterDraft) -> MatchFilter {
        let mut filter = MatchFilter::default();
        filter.tournament_id = some(draft[0], Tournament::pooled_id);
        filter.component_id = some(draft[1], Component::pooled_id);
        filter.round_id = some(draft[2], Round::pooled_id);
        filter.player_id = some(draft[3], Player::pooled_id);
        filter
    }
}

/// Enough to be referred to from the first step on.
pub(crate) fn foundation() -> Dataset {
    fn rows<E: Pooled>(count: u8, picks: impl Fn(u8) -> [u8; 7]) -> Vec<E> {
        let draft = |id| Draft { id, picks: picks(id), bad: false };
        (0..count).map(|id| E::of_draft(&draft(id))).collect()
    }

    Dataset {
        players: rows::<Player>(4, |id| [id, 11, 11, 0, 0, 0, 0]),
        venues: rows::<Venue>(2, |_| [0; 7]),
        formats: rows::<Format>(2, |id| [id; 7]),
        tournaments: rows::<Tournament>(2, |id| [id, id, id, id, 3 + id, 1, 0]),
        registrations: rows::<TournamentRegistration>(2, |id| [id, id, 0, 0, 0, 11, 11]),
        components: rows::<Component>(3, |id| [0, id, 0, 0, 1, 0, 0]),
        rounds: rows::<Round>(5, |_| [0; 7]),
        matches: rows::<Match>(4, |id| [id, 0, 11, id % 3, 3, 1, 0]),
        ..Dataset::new()
    }
}

/// Whether the row has the id; for look-ups in the model.
pub(crate) fn is<E: Entity>(id: Id<E>) -> impl Fn(&E) -> bool {
    move |row| row.id() == id
}
