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
    concat!("SELECT ", columns!(), " FROM venues WHERE name = $1 ORDER BY id");

const LIST: &str = concat!("SELECT ", columns!(), " FROM venues");

const COUNT: &str = "SELECT count(*) FROM venues";

impl Row for Venue {
    const GET: &'static str = concat!("SELECT ", columns!(), " FROM venues WHERE id = $1");

    const VERSION: &'static str = "SELECT version FROM venues WHERE id = $1";

    const INSERT: &'static str =
        concat!("INSERT INTO venues (", columns!(), ") VALUES ($1, $2, $3, $4, $5)");

    const INSERT_MANY: &'static str = concat!(
        "INSERT INTO venues (",
        columns!(),
        ") SELECT * FROM unnest($1::uuid[], $2::int4[], $3::text[], $4::text[], $5::text[])"
    );

    const COPY: &'static str = concat!("COPY venues (", columns!(), ") FROM STDIN (FORMAT binary)");

    const UPDATE: &'static str = "\
        UPDATE venues SET version = version + 1, name = $3, address = $4, description = $5
        WHERE id = $1 AND version = $2";

    const DELETE: &'static str =
        "DELETE FROM venues WHERE id = $1 AND version = coalesce($2::int4, version)";

    const EXPORT: &'static str = concat!("SELECT ", columns!(), " FROM venues ORDER BY id");

    fn from_row(columns: &mut Columns<'_>) -> Result<Self> {
        let mut venue = Self::blank();
        venue.id = columns.id("id")?;
        venue.version = columns.integer("version")?;
        venue.name = columns.text("name")?;
        venue.address = columns.optional_text("address")?;
        venue.description = columns.optional_text("description")?;
        Ok(venue)
    }

    fn values(&self) -> Vec<Value<'_>> {
        vec![
            self.id.into(),
            self.version.into(),
            (&self.name).into(),
            (&self.address).into(),
            (&self.description).into(),
        ]
    }

    fn list(_: &VenueFilter, after: Option<&VenueKey>) -> Query {
        let mut query = Query::new(LIST);
        if let Some(key) = after {
            query.and("(name, id) > (?, ?)", [key.name.clone().into(), key.id.into()]);
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
