use tournament_core::{Error, Result};

/// An adapter, as a URL's scheme names it. All are known, whether or not they are built in, so that
/// a URL is told to be right but for a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Backend {
    /// `memory:`
    Memory,
    /// `mysql:`, also `mariadb:`
    MySql,
    /// `postgres:`, also `postgresql:`
    Postgres,
    /// `sqlite:`
    Sqlite,
}

impl Backend {
    /// Every adapter.
    pub const ALL: &'static [Self] = &[Self::Memory, Self::MySql, Self::Postgres, Self::Sqlite];

    /// The adapter that this URL asks for.
    ///
    /// # Errors
    ///
    /// [`Error::Backend`] where there is none.
    pub fn of(url: &str) -> Result<Self> {
        let Some((scheme, rest)) = url.split_once(':') else {
            return Err(Error::backend(
                format!("a store's URL begins with {}", Self::schemes()),
                None,
            ));
        };
        match scheme {
            "memory" if rest.is_empty() => Ok(Self::Memory),
            "memory" => Err(Error::backend("nothing may follow `memory:` in a store's URL", None)),
            "mysql" | "mariadb" => Ok(Self::MySql),
            "postgres" | "postgresql" => Ok(Self::Postgres),
            "sqlite" => Ok(Self::Sqlite),
            _ => Err(Error::backend(
                format!(
                    "no adapter serves {}; a URL begins with {}",
                    named(scheme),
                    Self::schemes()
                ),
                None,
            )),
        }
    }

    /// The scheme of its URLs, and its name in [`Health`](tournament_core::Health).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::MySql => "mysql",
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        }
    }

    /// Whether this build has it.
    #[must_use]
    pub const fn is_enabled(self) -> bool {
        match self {
            Self::Memory => cfg!(feature = "memory"),
            Self::MySql => cfg!(feature = "mysql"),
            Self::Postgres => cfg!(feature = "postgres"),
            Self::Sqlite => cfg!(feature = "sqlite"),
        }
    }

    fn schemes() -> String {
        let schemes: Vec<_> = Self::ALL.iter().map(|one| format!("`{}:`", one.as_str())).collect();
        match schemes.split_last() {
            Some((last, others)) if !others.is_empty() => {
                format!("{} or {last}", others.join(", "))
            }
            _ => schemes.concat(),
        }
    }
}

/// A scheme fit to be shown. What is no scheme may be anything, a password too.
fn named(scheme: &str) -> String {
    let is_scheme = scheme.len() <= 20
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    if is_scheme { format!("`{scheme}:`") } else { "this URL".to_owned() }
}
