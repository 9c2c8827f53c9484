//! Pages of a list, and the cursors between them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::validate::{Checks, MAX_INTEGER};
use crate::{Entity, EntityKind, Error, Result, SortKey, base64url};

/// Which part of a list to give: up to a limit, from the beginning, an offset or a cursor.
///
/// Cursors give every row whose place stays unchanged exactly once, whatever is written meanwhile.
/// Offsets do so only while nothing is written.
///
/// ```
/// use tournament_core::{Page, Player};
///
/// let first: Page<Player> = Page::new().with_limit(50);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Page<E: Entity> {
    limit: i64,
    start: Start<E>,
}

#[derive(Clone, Debug, PartialEq)]
enum Start<E: Entity> {
    Offset(i64),
    After(Cursor<E>),
}

impl<E: Entity> Page<E> {
    /// How many rows a page has unless said.
    pub const DEFAULT_LIMIT: i64 = 100;

    /// How many rows a page has at most.
    pub const MAX_LIMIT: i64 = 1_000;

    /// The first [`DEFAULT_LIMIT`](Self::DEFAULT_LIMIT) rows.
    #[must_use]
    pub const fn new() -> Self {
        Self { limit: Self::DEFAULT_LIMIT, start: Start::Offset(0) }
    }

    /// At most this many rows. Anything but 1 to [`MAX_LIMIT`](Self::MAX_LIMIT) is refused when the
    /// list is asked for.
    #[must_use]
    pub fn with_limit(mut self, limit: i64) -> Self {
        self.limit = limit;
        self
    }

    /// Leaves out this many rows. A negative number is refused when the list is asked for.
    #[must_use]
    pub fn with_offset(mut self, offset: i64) -> Self {
        self.start = Start::Offset(offset);
        self
    }

    /// Begins after the row that the cursor stands at.
    #[must_use]
    pub fn after(mut self, cursor: Cursor<E>) -> Self {
        self.start = Start::After(cursor);
        self
    }

    /// What an adapter needs to know of the page.
    ///
    /// # Errors
    ///
    /// [`Error::Validation`] of `limit`, `offset` or `cursor`.
    pub fn window(&self, filter: &E::Filter) -> Result<Window<'_, E>> {
        let mut checks = Checks::new(E::KIND);
        if !(1..=Self::MAX_LIMIT).contains(&self.limit) {
            checks.refuse(
                "limit",
                format!("must be from 1 to {}, not {}", Self::MAX_LIMIT, self.limit),
            );
        }
        let (offset, after) = match &self.start {
            Start::Offset(offset) => {
                checks.integer("offset", *offset, 0);
                (*offset, None)
            }
            Start::After(cursor) => {
                if !cursor.0.fits(filter) {
                    checks.refuse("cursor", "belongs to a list in another order");
                }
                (0, Some(&cursor.0))
            }
        };
        checks.finish()?;
        Ok(Window { limit: self.limit, offset, after })
    }
}

impl<E: Entity> Default for Page<E> {
    fn default() -> Self {
        Self::new()
    }
}

/// A page that was found acceptable.
#[derive(Debug)]
#[non_exhaustive]
pub struct Window<'a, E: Entity> {
    /// 1 to 1,000.
    pub limit: i64,
    /// 0 to 2³¹ − 1; 0 where `after` is set.
    pub offset: i64,
    /// The place after which the page begins.
    pub after: Option<&'a E::SortKey>,
}

impl<E: Entity> Window<'_, E> {
    /// The page out of rows fetched in order from where it begins, up to one more than its limit:
    /// the one too many tells that there is a next page.
    pub fn listing<R>(
        &self,
        mut rows: Vec<R>,
        key: impl FnOnce(&R) -> E::SortKey,
        entity: impl Fn(R) -> E,
    ) -> Listing<E> {
        let next = self.cut(&mut rows, key);
        Listing { items: rows.into_iter().map(entity).collect(), next }
    }

    /// Cuts rows that were fetched as for [`listing`](Self::listing) to the page, and gives where the next
    /// begins.
    pub fn cut<R>(
        &self,
        rows: &mut Vec<R>,
        key: impl FnOnce(&R) -> E::SortKey,
    ) -> Option<Cursor<E>> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        if more { rows.last().map(|row| Cursor(key(row))) } else { None }
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(bound = "")]
#[non_exhaustive]
pub struct Listing<E: Entity> {
    /// The rows, in order.
    pub items: Vec<E>,
    /// Where the next page begins; `None` at the end of the list.
    pub next: Option<Cursor<E>>,
}

impl<E: Entity> Listing<E> {
    /// These rows, and where the next page begins. For adapters: users take theirs from a list.
    #[must_use]
    pub const fn new(items: Vec<E>, next: Option<Cursor<E>>) -> Self {
        Self { items, next }
    }
}

impl<E: Entity> IntoIterator for Listing<E> {
    type Item = E;
    type IntoIter = std::vec::IntoIter<E>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

/// A place in a list: opaque text, the same on every adapter, that can be stored and passed on.
///
/// ```
/// use tournament_core::{Cursor, Venue};
///
/// let error = "no cursor".parse::<Cursor<Venue>>().unwrap_err();
/// assert_eq!(error.fields(), ["cursor"]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor<E: Entity>(E::SortKey);

impl<E: Entity> Cursor<E> {
    /// A cursor at this place. For adapters: users take theirs from a [`Listing`].
    pub const fn new(key: E::SortKey) -> Self {
        Self(key)
    }
}

impl<E: Entity> fmt::Display for Cursor<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_vec(&(E::KIND, &self.0)).map_err(|_| fmt::Error)?;
        f.write_str(&base64url::encode(&json))
    }
}

impl<E: Entity> FromStr for Cursor<E> {
    type Err = Error;

    /// [`Error::Validation`] of `cursor` where the text is no cursor of this entity.
    fn from_str(text: &str) -> Result<Self> {
        let refused = || Error::invalid(E::KIND, "cursor", "is not one that a list gave");
        let json = base64url::decode(text).ok_or_else(refused)?;
        let json = String::from_utf8(json).map_err(|_| refused())?;
        let (kind, key): (EntityKind, E::SortKey) =
            serde_json::from_str(&json).map_err(|_| refused())?;
        let mut checks = Checks::new(E::KIND);
        key.check(&mut checks);
        if kind != E::KIND || checks.finish().is_err() {
            return Err(refused());
        }
        Ok(Self(key))
    }
}

impl<E: Entity> Serialize for Cursor<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, E: Entity> Deserialize<'de> for Cursor<E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// `value` as a lookup key, if a stored row could have it: a look-up by an integer that validation
/// would refuse finds nothing.
#[must_use]
pub fn storable_integer(value: i64) -> Option<i64> {
    (1..=MAX_INTEGER).contains(&value).then_some(value)
}
