//! `td standings`

use std::collections::HashMap;
use std::io::Write;

use serde::Serialize;
use tournament_any::OpenOptions;
use tournament_core::standings::{ScoringRules, Standing, of_tournament};
use tournament_core::{
    ComponentFilter, Error, Id, MatchFilter, Page, Player, RegistrationFilter, RepositoryExt,
    Tournament, TournamentFilter, UnitOfWork, UnitOptions,
};

use crate::cli::{Database, StandingsArgs};
use crate::failure::Failure;
use crate::output::Output;
use crate::table::{Align, Table};

pub(crate) async fn run(database: &Database, args: StandingsArgs) -> Result<(), Failure> {
    let store = OpenOptions::new(database.url()).open().await?;
    // One snapshot: a match reported meanwhile changes no table half.
    let unit = store.begin(UnitOptions::new().read_only()).await?;
    let mut printer = Printer { out: Output::new(), json: args.output.json, printed: 0 };
    match args.tournament {
        Some(wanted) => {
            let tournament = find(&*unit, &wanted).await?;
            printer.print(&Ranking::of(&*unit, tournament).await?)?;
        }
        None => print_all(&*unit, &mut printer).await?,
    }
    printer.out.flush()?;
    Ok(())
}

async fn print_all(unit: &dyn UnitOfWork, printer: &mut Printer) -> Result<(), Failure> {
    let mut page = Page::new().with_limit(Page::<Tournament>::MAX_LIMIT);
    loop {
        let listing = unit.tournaments().list(&TournamentFilter::default(), &page).await?;
        for tournament in listing.items {
            printer.print(&Ranking::of(unit, tournament).await?)?;
        }
        match listing.next {
            Some(cursor) => page = page.after(cursor),
            None => return Ok(()),
        }
    }
}

/// The tournament of this id, or the only one of this name.
async fn find(unit: &dyn UnitOfWork, wanted: &str) -> Result<Tournament, Failure> {
    if let Ok(id) = wanted.trim().parse() {
        match unit.tournaments().get(id).await {
            Err(Error::NotFound { .. }) => {}
            answer => return Ok(answer?),
        }
    }
    let mut named = all_named(unit, wanted.trim()).await?;
    match (named.pop(), named.is_empty()) {
        (Some(only), true) => Ok(only),
        (None, _) => Err(Failure::NotThere(format!("no tournament has the id or name {wanted:?}"))),
        (Some(last), false) => {
            let ids: Vec<_> =
                named.iter().chain([&last]).map(|tournament| tournament.id.to_string()).collect();
            Err(Failure::NotThere(format!(
                "{} tournaments are named {wanted:?}; choose by id: {}",
                ids.len(),
                ids.join(", ")
            )))
        }
    }
}

async fn all_named(unit: &dyn UnitOfWork, name: &str) -> Result<Vec<Tournament>, Failure> {
    let mut named = Vec::new();
    let mut page = Page::new().with_limit(Page::<Tournament>::MAX_LIMIT);
    loop {
        let listing = unit.tournaments().list(&TournamentFilter::default(), &page).await?;
        named.extend(listing.items.into_iter().filter(|tournament| tournament.name == name));
        match listing.next {
            Some(cursor) => page = page.after(cursor),
            None => return Ok(named),
        }
    }
}

/// The standings of a tournament, with what it takes to print them.
pub(crate) struct Ranking {
    tournament: Tournament,
    standings: Vec<Standing>,
    names: HashMap<Id<Player>, String>,
}

impl Ranking {
    pub(crate) async fn of(unit: &dyn UnitOfWork, tournament: Tournament) -> Result<Self, Error> {
        let id = tournament.id;
        let components =
            unit.components().list_all(&ComponentFilter::default().with_tournament(id)).await?;
        let registrations = unit
            .registrations()
            .list_all(&RegistrationFilter::default().with_tournament(id))
            .await?;
        let matches = unit.matches().list_all(&MatchFilter::default().with_tournament(id)).await?;
        let rules = ScoringRules::default();
        let standings = of_tournament(&rules, &components, &registrations, &matches);
        let mut names = HashMap::with_capacity(standings.len());
        for standing in &standings {
            let player = unit.players().get(standing.player_id).await?;
            names.insert(player.id, player.name);
        }
        Ok(Self { tournament, standings, names })
    }

    fn name(&self, standing: &Standing) -> &str {
        self.names.get(&standing.player_id).map_or("", String::as_str)
    }

    pub(crate) fn write_table(&self, out: &mut impl Write) -> std::io::Result<()> {
        let mut table = Table::new([
            ("Rank", Align::Right),
            ("Player", Align::Left),
            ("Points", Align::Right),
            ("W-L-D", Align::Left),
            ("OMW %", Align::Right),
            ("GW %", Align::Right),
            ("OGW %", Align::Right),
        ]);
        for standing in &self.standings {
            table.row([
                standing.rank.to_string(),
                self.name(standing).to_owned(),
                standing.points.to_string(),
                format!("{}-{}-{}", standing.wins, standing.losses, standing.draws),
                percent(standing.opponents_match_win),
                percent(standing.game_win),
                percent(standing.opponents_game_win),
            ]);
        }
        table.write(out)
    }
}

fn percent(share: f64) -> String {
    format!("{:.2}", share * 100.0)
}

struct Printer {
    out: Output,
    json: bool,
    printed: usize,
}

#[derive(Serialize)]
struct Line<'a> {
    tournament_id: Id<Tournament>,
    name: &'a str,
    standings: Vec<Place<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    rank: usize,
    player: &'a str,
    points: i64,
    wins: i64,
    losses: i64,
    draws: i64,
    omw: f64,
    gw: f64,
    ogw: f64,
}

impl Printer {
    fn print(&mut self, ranking: &Ranking) -> std::io::Result<()> {
        if self.json {
            return self.out.json(&Line {
                tournament_id: ranking.tournament.id,
                name: &ranking.tournament.name,
                standings: ranking
                    .standings
                    .iter()
                    .map(|standing| Place {
                        rank: standing.rank,
                        player: ranking.name(standing),
                        points: standing.points,
                        wins: standing.wins,
                        losses: standing.losses,
                        draws: standing.draws,
                        omw: standing.opponents_match_win,
                        gw: standing.game_win,
                        ogw: standing.opponents_game_win,
                    })
                    .collect(),
            });
        }
        if self.printed > 0 {
            writeln!(self.out)?;
        }
        self.printed += 1;
        let Tournament { id, name, .. } = &ranking.tournament;
        writeln!(self.out, "{} ({id})", crate::failure::one_line(name))?;
        ranking.write_table(&mut self.out)
    }
}
