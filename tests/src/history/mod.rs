//! Random histories: hundreds of steps over all repositories and units of work, each done to a
//! store and to the [model](crate::model), every answer compared.
//!
//! A history that fails is shrunk to few steps before it is shown, with the seed that makes it
//! again.

mod pools;
mod run;
mod steps;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tournament_core::{Player, Store};

use self::run::Tally;
use self::steps::Step;

/// How many steps a history has.
const STEPS: usize = 250;

/// How many histories are made unless `HISTORIES` says otherwise.
const HISTORIES: u64 = 48;

/// How often a failing history is tried again, at most, to make it shorter.
const TRIES: usize = 3_000;

/// A number out of an environment variable: that of the run, or in WebAssembly, which has none, that of
/// the build.
macro_rules! environment {
    ($name:literal) => {{
        #[cfg(not(target_family = "wasm"))]
        let text = std::env::var($name).ok();
        #[cfg(target_family = "wasm")]
        let text = option_env!($name);
        text.map(|text| -> u64 {
            text.parse().unwrap_or_else(|_| panic!("{} must be a number, not {text:?}", $name))
        })
    }};
}

/// Compares as many histories as are asked for, and tells how often each kind of answer came.
pub(crate) async fn compare(store: &dyn Store) -> Tally {
    let histories = environment!("HISTORIES").unwrap_or(HISTORIES);
    let first = environment!("HISTORY_SEED").unwrap_or_else(|| {
        let (_, random) = tournament_core::Id::<Player>::new().uuid().as_u64_pair();
        random >> 16
    });
    let mut all = Tally::new();
    for seed in first..first + histories {
        match run::run(store, &steps_of(&mut history(seed))).await {
            Ok(tally) => {
                for (code, count) in tally {
                    *all.entry(code).or_default() += count;
                }
            }
            Err(parted) => {
                let (steps, parted) = shrink(store, history(seed), parted).await;
                panic!(
                    "a history parts from the model; HISTORY_SEED={seed} HISTORIES=1 makes it \
                     again\n{}\n{parted}",
                    listed(&steps)
                );
            }
        }
    }
    all
}

/// A step that can be made simpler.
type StepTree = Box<dyn ValueTree<Value = Step>>;

/// The history of this seed: always the same.
fn history(seed: u64) -> Vec<StepTree> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let step = steps::step().boxed();
    (0..STEPS)
        .map(|_| -> StepTree {
            Box::new(step.new_tree(&mut runner).expect("steps can always be made"))
        })
        .collect()
}

fn steps_of(trees: &mut [StepTree]) -> Vec<Step> {
    trees.iter().map(ValueTree::current).collect()
}

fn listed(steps: &[Step]) -> String {
    let lines = steps.iter().enumerate();
    let lines = lines.map(|(number, step)| format!("{number}: {step:?}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Leaves out every step that can be left out, then makes simpler what is left. Steps refer to
/// pools, so any part of a history is a history.
async fn shrink(
    store: &dyn Store,
    mut trees: Vec<StepTree>,
    mut parted: String,
) -> (Vec<Step>, String) {
    let mut runs = 0;
    let mut chunk = trees.len() / 2;
    while chunk > 0 {
        let mut begin = 0;
        while begin < trees.len() && runs < TRIES {
            runs += 1;
            let end = trees.len().min(begin + chunk);
            let mut steps = steps_of(&mut trees);
            steps.drain(begin..end);
            if let Err(still) = run::run(store, &steps).await {
                parted = still;
                trees.drain(begin..end);
            } else {
                begin = end;
            }
        }
        chunk /= 2;
    }
    let mut least = steps_of(&mut trees);
    for place in 0..trees.len() {
        let mut simpler = trees[place].simplify();
        while simpler && runs < TRIES {
            runs += 1;
            let steps = steps_of(&mut trees);
            if let Err(still) = run::run(store, &steps).await {
                parted = still;
                least = steps;
                simpler = trees[place].simplify();
            } else {
                simpler = trees[place].complicate();
            }
        }
        // The last that failed is what the next places build on.
        trees[place] = Box::new(proptest::strategy::Just(least[place].clone()));
    }
    (least, parted)
}
