//! Two things measured side by side.
//!
//! They take turns, round by round, so that whatever else the machine does falls on both; a
//! benchmark library that measures one after the other shows the machine's drift as a difference.

use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tournament_core::{Id, Player};

/// What was measured, per repetition.
pub struct Sample {
    /// The median of the rounds, in seconds.
    pub median: f64,
}

/// A row of the table.
pub struct Row {
    pub work: String,
    pub ours: f64,
    pub other: f64,
    pub other_name: &'static str,
    /// What the ratio should stay within.
    pub bound: Option<f64>,
}

impl Row {
    pub fn print(&self) {
        let ratio = self.ours / self.other;
        let bound = self.bound.map_or_else(String::new, |bound| {
            let verdict = if ratio <= bound { "within" } else { "OVER" };
            format!("{verdict} {bound}×")
        });
        println!(
            "| {} | {} | {} ({}) | {ratio:.2}× | {bound} |",
            self.work,
            duration(self.ours),
            duration(self.other),
            self.other_name,
        );
    }
}

pub fn head(title: &str) {
    println!("\n{title}\n");
    println!("| Work | This project | Beside it | Ratio | Bound |");
    println!("| --- | ---: | ---: | ---: | --- |");
}

/// Both take turns, `rounds` times each; each call does its work `repetitions` times.
pub fn side_by_side(
    rounds: usize,
    repetitions: u32,
    mut ours: impl FnMut(u32),
    mut other: impl FnMut(u32),
) -> (Sample, Sample) {
    // Once unmeasured: files are read, statements prepared, caches warm.
    ours(repetitions);
    other(repetitions);
    let mut times = (Vec::new(), Vec::new());
    for round in 0..rounds {
        if round % 2 == 0 {
            times.0.push(time(|| ours(repetitions)));
            times.1.push(time(|| other(repetitions)));
        } else {
            times.1.push(time(|| other(repetitions)));
            times.0.push(time(|| ours(repetitions)));
        }
    }
    (median(times.0, repetitions), median(times.1, repetitions))
}

/// [`side_by_side`], where each call's work is done once, on something that is made unmeasured.
pub fn prepared_side_by_side<T>(
    rounds: usize,
    mut prepare: impl FnMut() -> T,
    mut ours: impl FnMut(T),
    mut other: impl FnMut(T),
) -> (Sample, Sample) {
    ours(prepare());
    other(prepare());
    let mut times = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let given = prepare();
        times.0.push(time(|| ours(given)));
        let given = prepare();
        times.1.push(time(|| other(given)));
    }
    (median(times.0, 1), median(times.1, 1))
}

pub fn time(work: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    work();
    begin.elapsed()
}

pub fn median(mut times: Vec<Duration>, repetitions: u32) -> Sample {
    times.sort();
    Sample { median: times[times.len() / 2].as_secs_f64() / f64::from(repetitions) }
}

pub fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 1e-6 => format!("{:.0} ns", s * 1e9),
        s if s < 1e-3 => format!("{:.2} µs", s * 1e6),
        s if s < 1.0 => format!("{:.2} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}

/// Players like no others.
pub fn fresh_players(count: usize) -> Vec<Player> {
    (0..count)
        .map(|number| {
            let id = Id::<Player>::new();
            Player::new(format!("Player {number}"))
                .with_id(id)
                .with_discord_id(format!("discord-{id}"))
                .with_email(format!("player-{number}@example.org"))
        })
        .collect()
}

/// So many tasks at once, each of which reads one row after another.
pub fn tasks<F>(runtime: &Runtime, tasks: usize, n: u32, task: impl Fn(usize, usize) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let each = n as usize / tasks;
    runtime.block_on(async {
        let tasks: Vec<_> = (0..tasks).map(|number| tokio::spawn(task(number, each))).collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

/// The place of a task's row among all, so that they read all over the table.
pub fn place(task: usize, number: usize) -> usize {
    task * 104_729 + number * 7_919
}
