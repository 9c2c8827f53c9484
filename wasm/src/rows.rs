//! What can be done with each kind of row. JavaScript has no generic types to choose a repository by, so
//! a kind is chosen by its number: its place in [`EntityKind::ALL`].

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer};
use tournament_core::{
    Component, Entity, EntityKind, Error, Format, Match, Page, Player, Result, Round, Tournament,
    TournamentRegistration, Venue,
};
use tournament_memory::{MemoryRows, StoredRow};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::Session;
use crate::answer::{Answer, text, thrown};
use crate::input::{parsed, parsed_id, parsed_list, parsed_value};

pub(crate) fn kind(number: u32) -> Result<EntityKind> {
    let place = usize::try_from(number).unwrap_or(usize::MAX);
    let kind = EntityKind::ALL.get(place).copied();
    kind.ok_or_else(|| Error::backend(format!("there is no kind of row number {number}"), None))
}

/// Calls a function that is generic over the entity with the session's rows.
macro_rules! of_kind {
    ($session:expr, $number:expr, $call:ident($($argument:expr),*)) => {{
        let answer = $session.rows().and_then(|rows| match kind($number)? {
            EntityKind::Player => $call::<Player>(rows, $($argument),*),
            EntityKind::Venue => $call::<Venue>(rows, $($argument),*),
            EntityKind::Format => $call::<Format>(rows, $($argument),*),
            EntityKind::Tournament => $call::<Tournament>(rows, $($argument),*),
            EntityKind::Registration => $call::<TournamentRegistration>(rows, $($argument),*),
            EntityKind::Component => $call::<Component>(rows, $($argument),*),
            EntityKind::Round => $call::<Round>(rows, $($argument),*),
            EntityKind::Match => $call::<Match>(rows, $($argument),*),
        });
        answer.map_err(|error| thrown(&error))
    }};
}

#[wasm_bindgen]
impl Session {
    /// [`Repository::create`](tournament_core::Repository::create)
    pub fn create(&self, kind_number: u32, row: &str) -> Answer {
        of_kind!(self, kind_number, create(row))
    }

    /// [`Repository::create_many`](tournament_core::Repository::create_many)
    #[wasm_bindgen(js_name = createMany)]
    pub fn create_many(&self, kind_number: u32, rows: &str) -> Answer {
        of_kind!(self, kind_number, create_many(rows))
    }

    /// [`Repository::get`](tournament_core::Repository::get)
    pub fn get(&self, kind_number: u32, id: &str) -> Answer {
        of_kind!(self, kind_number, get(id))
    }

    /// [`Repository::update`](tournament_core::Repository::update)
    pub fn update(&self, kind_number: u32, row: &str) -> Answer {
        of_kind!(self, kind_number, update(row))
    }

    /// [`Repository::delete`](tournament_core::Repository::delete)
    pub fn delete(&self, kind_number: u32, id: &str, version: &str) -> Answer<()> {
        of_kind!(self, kind_number, delete(id, version))
    }

    /// [`Repository::list`](tournament_core::Repository::list)
    pub fn list(&self, kind_number: u32, filter: &str, page: &str) -> Answer {
        of_kind!(self, kind_number, list(filter, page))
    }

    /// [`RepositoryExt::list_all`](tournament_core::RepositoryExt::list_all)
    #[wasm_bindgen(js_name = listAll)]
    pub fn list_all(&self, kind_number: u32, filter: &str) -> Answer {
        of_kind!(self, kind_number, list_all(filter))
    }

    /// [`Repository::count`](tournament_core::Repository::count)
    pub fn count(&self, kind_number: u32, filter: &str) -> Answer {
        of_kind!(self, kind_number, count(filter))
    }
}

/// One of the eight kinds, and what its lists can be narrowed by.
trait Stored: StoredRow<Filter: DeserializeOwned> {}

impl<E: StoredRow<Filter: DeserializeOwned>> Stored for E {}

fn create<E: Stored>(rows: &MemoryRows, row: &str) -> Result<String> {
    let row: E = parsed(E::KIND, row)?;
    text(&*rows.create_row(row)?)
}

fn create_many<E: Stored>(rows: &MemoryRows, given: &str) -> Result<String> {
    let given: Vec<E> = parsed_list(E::KIND, given)?;
    text(&Shared(&rows.create_rows(given)?))
}

fn get<E: Stored>(rows: &MemoryRows, id: &str) -> Result<String> {
    text(&*rows.row::<E>(parsed_id(E::KIND, "id", id)?)?)
}

fn update<E: Stored>(rows: &MemoryRows, row: &str) -> Result<String> {
    let row: E = parsed(E::KIND, row)?;
    text(&*rows.update_row(row)?)
}

/// A version given as `null` is none.
fn delete<E: Stored>(rows: &MemoryRows, id: &str, version: &str) -> Result<()> {
    let id = parsed_id(E::KIND, "id", id)?;
    let version = parsed_value::<Option<i64>>(E::KIND, "version", version)?;
    rows.delete_row::<E>(id, version)
}

fn list<E: Stored>(rows: &MemoryRows, filter: &str, page: &str) -> Result<String> {
    let filter: E::Filter = parsed(E::KIND, filter)?;
    let page = parsed::<PageInput>(E::KIND, page)?.page()?;
    let (items, next) = rows.page::<E>(&filter, &page)?;
    text(&ListingOutput { items: Shared(&items), next: next.map(|cursor| cursor.to_string()) })
}

fn list_all<E: Stored>(rows: &MemoryRows, filter: &str) -> Result<String> {
    let filter: E::Filter = parsed(E::KIND, filter)?;
    text(&Shared(&rows.all::<E>(&filter)?))
}

fn count<E: Stored>(rows: &MemoryRows, filter: &str) -> Result<String> {
    let filter: E::Filter = parsed(E::KIND, filter)?;
    text(&rows.count_rows::<E>(&filter)?)
}

/// Rows that are shared with the store, as a list.
struct Shared<'a, E>(&'a [Arc<E>]);

impl<E: Serialize> Serialize for Shared<'_, E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|row| &**row))
    }
}

/// A page as JavaScript is given it.
#[derive(Serialize)]
struct ListingOutput<'a, E: Serialize> {
    items: Shared<'a, E>,
    next: Option<String>,
}

/// A page as JavaScript gives it.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PageInput {
    limit: Option<i64>,
    offset: Option<i64>,
    after: Option<String>,
}

impl PageInput {
    fn page<E: Entity>(self) -> Result<Page<E>> {
        let mut page = Page::new();
        if let Some(limit) = self.limit {
            page = page.with_limit(limit);
        }
        match (self.offset, self.after) {
            (Some(_), Some(_)) => {
                Err(Error::invalid(E::KIND, "offset", "cannot be given together with `after`"))
            }
            (Some(offset), None) => Ok(page.with_offset(offset)),
            (None, Some(cursor)) => Ok(page.after(cursor.parse()?)),
            (None, None) => Ok(page),
        }
    }
}
