//! What may happen in a random history, and how likely it is.

use proptest::prelude::*;
use tournament_core::EntityKind;

use super::pools::{Draft, FilterDraft, PICKS};

/// One step.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) target: Target,
    pub(crate) action: Action,
}

/// Where a step goes: to the store itself where that unit is not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Store,
    Writer,
    Reader,
}

#[derive(Clone, Debug)]
pub(crate) enum Action {
    Rows(EntityKind, RowAction),
    Find(Find),
    Register { tournament: u8, player: u8, id: u8, status: u8, bad: bool },
    Import { rows: Vec<(EntityKind, Draft, i64)>, last: Option<(u8, i64)> },
    Begin,
    Commit,
    Rollback,
    Drop,
    Export,
    Clear,
}

#[derive(Clone, Debug)]
pub(crate) enum RowAction {
    Create(Draft),
    CreateMany(Vec<Draft>),
    Get(u8),
    Update {
        draft: Draft,
        version: Version,
        /// Whether what never changes stays as it is stored.
        keep: bool,
    },
    Delete(u8, Option<Version>),
    List {
        filter: FilterDraft,
        limit: i64,
        start: Start,
    },
    Count(FilterDraft),
}

/// Which version a change goes by.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Version {
    Stored,
    Older,
    Newer,
}

/// Where a page begins.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Start {
    Offset(i64),
    /// After the cursor that a list of this kind last gave, of whatever order.
    LastCursor,
}

/// A look-up.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Find {
    PlayersByName(u8),
    PlayerByDiscordId(u8),
    VenuesByName(u8),
    FormatByName(u8, u8),
    RegistrationByPlayer(u8, u8),
    RegistrationByNumber(u8, i64),
    ComponentByOrder(u8, i64),
    RoundByNumber(u8, i64),
}

impl Action {
    /// Whether it would change what is stored.
    pub(crate) const fn writes(&self) -> bool {
        match self {
            Self::Rows(_, action) => matches!(
                action,
                RowAction::Create(_)
                    | RowAction::CreateMany(_)
                    | RowAction::Update { .. }
                    | RowAction::Delete(..)
            ),
            Self::Register { .. } | Self::Import { .. } => true,
            _ => false,
        }
    }
}

fn pick() -> impl Strategy<Value = u8> {
    0..PICKS
}

/// True once in so many times.
fn rarely(times: u8) -> impl Strategy<Value = bool> {
    (0..times).prop_map(move |chance| chance == times - 1)
}

fn draft() -> impl Strategy<Value = Draft> {
    (pick(), prop::array::uniform7(pick()), rarely(16)).prop_map(|(id, picks, bad)| Draft {
        id,
        picks,
        bad,
    })
}

fn filter() -> impl Strategy<Value = FilterDraft> {
    prop::array::uniform5(pick())
}

fn kind() -> impl Strategy<Value = EntityKind> {
    prop_oneof![
        2 => Just(EntityKind::Player),
        1 => Just(EntityKind::Venue),
        1 => Just(EntityKind::Format),
        2 => Just(EntityKind::Tournament),
        4 => Just(EntityKind::Registration),
        2 => Just(EntityKind::Component),
        3 => Just(EntityKind::Round),
        5 => Just(EntityKind::Match),
    ]
}

fn version() -> impl Strategy<Value = Version> {
    prop_oneof![
        6 => Just(Version::Stored),
        1 => Just(Version::Older),
        1 => Just(Version::Newer),
    ]
}

fn limit() -> impl Strategy<Value = i64> {
    prop_oneof![
        12 => 1..=4_i64,
        4 => Just(100_i64),
        1 => prop_oneof![Just(0_i64), Just(-1), Just(1_001), Just(1_000)],
    ]
}

fn start() -> impl Strategy<Value = Start> {
    prop_oneof![
        3 => Just(Start::Offset(0)),
        2 => (-1..6_i64).prop_map(Start::Offset),
        4 => Just(Start::LastCursor),
    ]
}

fn number() -> impl Strategy<Value = i64> {
    prop_oneof![8 => 1..=6_i64, 1 => prop_oneof![Just(0), Just(-1), Just(i64::MAX), Just(1 << 31)]]
}

fn row_action() -> impl Strategy<Value = RowAction> {
    prop_oneof![
        6 => draft().prop_map(RowAction::Create),
        2 => prop::collection::vec(draft(), 0..4).prop_map(RowAction::CreateMany),
        2 => pick().prop_map(RowAction::Get),
        6 => (draft(), version(), rarely(6)).prop_map(|(draft, version, change)| {
            RowAction::Update { draft, version, keep: !change }
        }),
        3 => (pick(), prop::option::of(version())).prop_map(|(id, version)| {
            RowAction::Delete(id, version)
        }),
        5 => (filter(), limit(), start()).prop_map(|(filter, limit, start)| {
            RowAction::List { filter, limit, start }
        }),
        1 => filter().prop_map(RowAction::Count),
    ]
}

fn find() -> impl Strategy<Value = Find> {
    prop_oneof![
        pick().prop_map(Find::PlayersByName),
        pick().prop_map(Find::PlayerByDiscordId),
        pick().prop_map(Find::VenuesByName),
        (pick(), pick()).prop_map(|(game, name)| Find::FormatByName(game, name)),
        (pick(), pick()).prop_map(|(one, two)| Find::RegistrationByPlayer(one, two)),
        (pick(), number()).prop_map(|(one, number)| Find::RegistrationByNumber(one, number)),
        (pick(), number()).prop_map(|(one, number)| Find::ComponentByOrder(one, number)),
        (pick(), number()).prop_map(|(one, number)| Find::RoundByNumber(one, number)),
    ]
}

fn import() -> impl Strategy<Value = Action> {
    let row = (kind(), draft(), 1..4_i64);
    let last = prop::option::weighted(0.2, (pick(), -1..40_i64));
    (prop::collection::vec(row, 0..4), last).prop_map(|(rows, last)| Action::Import { rows, last })
}

fn register() -> impl Strategy<Value = Action> {
    (pick(), pick(), pick(), pick(), rarely(16)).prop_map(
        |(tournament, player, id, status, bad)| Action::Register {
            tournament,
            player,
            id,
            status,
            bad,
        },
    )
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        150 => (kind(), row_action()).prop_map(|(kind, action)| Action::Rows(kind, action)),
        16 => find().prop_map(Action::Find),
        24 => register(),
        10 => import(),
        16 => Just(Action::Begin),
        9 => Just(Action::Commit),
        4 => Just(Action::Rollback),
        2 => Just(Action::Drop),
        2 => Just(Action::Export),
        1 => rarely(4).prop_map(|clear| if clear { Action::Clear } else { Action::Export }),
    ]
}

/// Any step.
pub(crate) fn step() -> impl Strategy<Value = Step> {
    let target = prop_oneof![
        3 => Just(Target::Store),
        4 => Just(Target::Writer),
        2 => Just(Target::Reader),
    ];
    (target, action()).prop_map(|(target, action)| Step { target, action })
}
