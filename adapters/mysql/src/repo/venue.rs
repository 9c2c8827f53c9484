use tournament_core::{Entity, Result, Venue, VenueFilter, VenueKey, VenueRepository, async_trait};

use crate::access::Access;
use crate::list::Query;
use crate::rows::Columns;
use crate::session::{Row, Session};
use crate::values::Value;

macro_rules! columns {
    () => {
        "id, version, name, address, description"
    };
}

pub(super) const FIND_BY_NAME: &str =
    concat!("SELECT ", columns!(), " FROM venues WHERE name = ? ORDER BY id");

const LIST: &str = concat!("SELECT ", columns!(), " FROM venues FORCE INDEX (venues_name_idx)");

const COUNT: &str = "SELECT COUNT(*) FROM venues";

impl Row for Venue {
    const GET: &'static str = concat!("SELECT ", columns!(), " FROM venues WHERE id = ?");

    const VERSION: &'static str = "SELECT version FROM venues WHERE id = ?";

    const INSERT: &'static str =
        concat!("INSERT INTO venues (", columns!(), ") VALUES (?, ?, ?, ?, ?)");

    const UPDATE: &'static str = "\
        UPDATE venues SET version = version + 1, name = ?, address = ?, description = ?
        WHERE id = ? AND version = ?";

    const DELETE: &'static str =
        "DELETE FROM venues WHERE id = ? AND version = COALESCE(?, version)";

    const EXPORT: &'static str = concat!("SELECT ", columns!(), " FROM venues ORDER BY id");

    fn from_row(columns: &mut Columns) -> Result<Self> {
        let mut venue = Self::blank();
        venue.id = columns.id("id")?;
        venue.version = columns.integer("version")?;
        venue.name = columns.text("name")?;
        venue.address = columns.optional_text("address")?;
        venue.description = columns.optional_text("description")?;
        Ok(venue)
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.id.into(),
            self.version.into(),
            (&self.name).into(),
            (&self.address).into(),
            (&self.description).into(),
        ]
    }

    fn changes(&self) -> Vec<Value> {
        vec![
            (&self.name).into(),
            (&self.address).into(),
            (&self.description).into(),
            self.id.into(),
            self.version.into(),
        ]
    }

    fn list(_: &VenueFilter, after: Option<&VenueKey>) -> Query {
        let mut query = Query::new(LIST);
        if let Some(key) = after {
            query.and_after([("name", (&key.name).into()), ("id", key.id.into())]);
        }
        query.order_by("name, id")
    }

    fn count(_: &VenueFilter) -> Query {
        Query::new(COUNT)
    }

    fn key(&self, _: i64, _: &VenueFilter) -> VenueKey {
        VenueKey::of(self)
    }
}

#[async_trait]
impl<A: Access> VenueRepository for Session<A> {
    async fn find_by_name(&self, name: &str) -> Result<Vec<Venue>> {
        self.access.admit(None)?;
        if !Venue::name_is_storable(name) {
            return Ok(Vec::new());
        }
        self.find_all(FIND_BY_NAME, vec![name.to_owned().into()]).await
    }
}
