//! `td demo`

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use tournament_any::{Backend, OpenOptions};
use tournament_core::{
    Component, ComponentFilter, Dataset, FormatFilter, Id, Match, MatchFilter, Player,
    PlayerFilter, RepositoryExt, Store, Tournament, TournamentFilter, UnitOfWork, UnitOptions,
    VenueFilter,
};

use super::standings::Ranking;
use crate::cli::Database;
use crate::failure::Failure;
use crate::output::Output;
use crate::table::{Align, Table};

/// Made up for this purpose: nobody in it is real.
const WINTER_CUP: &str = include_str!("../../demo/winter-cup.json");

pub(crate) async fn run(database: &Database) -> Result<(), Failure> {
    let url = new_database(database)?;
    let store = open_new(&url).await?;
    let dataset: Dataset = serde_json::from_str(WINTER_CUP).map_err(std::io::Error::from)?;
    store.import(&dataset).await?;

    let mut out = Output::new();
    show(&*store, &mut out).await?;
    store.close().await?;
    if Backend::of(&url)? == Backend::Sqlite && !is_private(&url) {
        what_next(&url, &mut out)?;
    }
    out.flush()?;
    Ok(())
}

/// The URL of a database that is not there yet.
fn new_database(database: &Database) -> Result<String, Failure> {
    let Some(url) = database.option() else {
        // The name is like no other: its id is new.
        let name = format!("td-demo-{}.db", Id::<Tournament>::new());
        return Ok(format!("sqlite:{}", std::env::temp_dir().join(name).display()));
    };
    if Backend::of(url)? == Backend::Sqlite && !is_private(url) {
        let path = path(url);
        if Path::new(path).symlink_metadata().is_ok() {
            return Err(Failure::Refused(format!(
                "{path} exists already, and the demo writes to a new database only"
            )));
        }
    }
    Ok(url.to_owned())
}

/// The store, found to be empty. A schema that is there may be in use, and is not brought up to date
/// behind anybody's back.
async fn open_new(url: &str) -> Result<Arc<dyn Store>, Failure> {
    let is_there = matches!(Backend::of(url)?, Backend::MySql | Backend::Postgres)
        && OpenOptions::new(url).migration_status().await?.current > 0;
    let store = OpenOptions::new(url).with_migrate(!is_there).open().await?;
    // All other rows refer to one of these.
    let rows = store.players().count(&PlayerFilter::default()).await?
        + store.venues().count(&VenueFilter::default()).await?
        + store.formats().count(&FormatFilter::default()).await?;
    if rows > 0 {
        return Err(Failure::Refused(
            "there are rows in this database, and the demo writes to a new one only".to_owned(),
        ));
    }
    Ok(store)
}

/// Whether the database is gone once it is closed.
fn is_private(url: &str) -> bool {
    path(url) == ":memory:"
}

fn path(url: &str) -> &str {
    let path = url.strip_prefix("sqlite:").unwrap_or(url);
    let path = path.strip_prefix("//").unwrap_or(path);
    path.split_once('?').map_or(path, |(path, _)| path)
}

async fn show(store: &dyn Store, out: &mut Output) -> Result<(), Failure> {
    let unit = store.begin(UnitOptions::new().read_only()).await?;
    let players = unit.players().list_all(&PlayerFilter::default()).await?;
    let names: HashMap<_, _> = players.into_iter().map(|player| (player.id, player.name)).collect();
    for tournament in unit.tournaments().list_all(&TournamentFilter::default()).await? {
        writeln!(out, "{} ({})", tournament.name, tournament.id)?;
        let filter = ComponentFilter::default().with_tournament(tournament.id);
        for component in unit.components().list_all(&filter).await? {
            show_component(&*unit, &component, &names, out).await?;
        }
        writeln!(out, "\nStandings after the Swiss rounds")?;
        Ranking::of(&*unit, tournament).await?.write_table(out)?;
    }
    Ok(())
}

async fn show_component(
    unit: &dyn UnitOfWork,
    component: &Component,
    names: &HashMap<Id<Player>, String>,
    out: &mut Output,
) -> Result<(), Failure> {
    let filter = MatchFilter::default().with_component(component.id);
    let matches = unit.matches().list_all(&filter).await?;
    for round in matches.chunk_by(|one, next| one.round_id == next.round_id) {
        let number = round.first().map_or(0, |played| played.round_number);
        writeln!(out, "\n{}, round {number}", component.name)?;
        let mut table = Table::new([
            ("Table", Align::Right),
            ("Player", Align::Left),
            ("Result", Align::Left),
            ("Opponent", Align::Left),
        ]);
        for played in round {
            let name = |id: &Id<Player>| names.get(id).cloned().unwrap_or_default();
            table.row([
                played.table_number.map(|number| number.to_string()).unwrap_or_default(),
                name(&played.player1_id),
                result(played),
                played.player2_id.as_ref().map_or_else(|| "(bye)".to_owned(), name),
            ]);
        }
        table.write(out)?;
    }
    Ok(())
}

fn result(played: &Match) -> String {
    format!("{}-{}-{}", played.player1_wins, played.player2_wins, played.draws)
}

fn what_next(url: &str, out: &mut impl Write) -> std::io::Result<()> {
    let program = std::env::args_os().next().unwrap_or_else(|| "td".into());
    let td = format!("{} --db {}", word(&program.to_string_lossy()), word(url));
    writeln!(out, "\nAll of it is in {}. What to try next:", path(url))?;
    writeln!(out, "  {td} tournaments")?;
    writeln!(out, "  {td} standings \"Winter Cup\" --json")?;
    writeln!(out, "  {td} import FILE")
}

/// The text as one word of a command line.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/\\:._-~".contains(c);
    if text.chars().all(plain) {
        text.to_owned()
    } else if cfg!(windows) {
        format!("\"{text}\"")
    } else {
        // Within these a shell reads everything as it is.
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;

    use super::word;

    #[test]
    fn a_shell_reads_a_word_as_it_was() {
        for text in ["sqlite:/tmp/é.db", "a b", "$HOME `id` \"x\" 'y' !z", "~x*?", ""] {
            let script = format!("printf %s {}", word(text));
            let output = Command::new("sh").args(["-c", &script]).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), text);
        }
    }
}
