//! `td tournaments`

use std::io::Write;

use serde_json::json;
use tournament_any::OpenOptions;
use tournament_core::{Page, RegistrationFilter, Time, Tournament, TournamentFilter, UnitOptions};

use crate::cli::{Database, OutputArgs};
use crate::failure::Failure;
use crate::output::Output;
use crate::table::{Align, Table};

pub(crate) async fn run(database: &Database, args: OutputArgs) -> Result<(), Failure> {
    let store = OpenOptions::new(database.url()).open().await?;
    // One snapshot, so that the counts belong to the list.
    let unit = store.begin(UnitOptions::new().read_only()).await?;
    let mut out = Output::new();
    let mut table = Table::new([
        ("Id", Align::Left),
        ("Date", Align::Left),
        ("Status", Align::Left),
        ("Players", Align::Right),
        ("Name", Align::Left),
    ]);
    let mut page = Page::new().with_limit(Page::<Tournament>::MAX_LIMIT);
    loop {
        let listing = unit.tournaments().list(&TournamentFilter::default(), &page).await?;
        for tournament in listing.items {
            let registered = RegistrationFilter::default().with_tournament(tournament.id);
            let players = unit.registrations().count(&registered).await?;
            if args.json {
                out.json(&json!({
                    "tournament_id": tournament.id,
                    "name": tournament.name,
                    "date": date(&tournament),
                    "status": tournament.status,
                    "players": players,
                }))?;
            } else {
                table.row([
                    tournament.id.to_string(),
                    date(&tournament).format("%Y-%m-%d").to_string(),
                    tournament.status.to_string(),
                    players.to_string(),
                    tournament.name,
                ]);
            }
        }
        let Some(cursor) = listing.next else { break };
        page = page.after(cursor);
    }
    if !args.json {
        table.write(&mut out)?;
    }
    out.flush()?;
    Ok(())
}

/// When it is played; where that is not known, when it was created.
fn date(tournament: &Tournament) -> Time {
    tournament.start_time.unwrap_or(tournament.created_at)
}
