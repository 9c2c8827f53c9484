//! `td import`

mod interrupt;
mod reading;
mod report;

use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::time::Duration;

use tokio::time::timeout;
use tournament_any::OpenOptions;
use tournament_core::Error;
use tournament_director::import::{Importer, InputFormat};

use crate::cli::{Database, ImportArgs};
use crate::failure::{Failure, is_refusal};
use reading::Item;
use report::Report;

pub(crate) async fn run(database: &Database, args: ImportArgs) -> Result<(), Failure> {
    let store = OpenOptions::new(database.url()).with_migrate(args.migrate).open().await?;
    let mut import = Import {
        importer: Importer::new(&*store),
        report: Report::new(args.output.json, args.files.len() > 1),
        format: args.format.map(Into::into),
        strict: args.strict,
    };
    let ended = import.files(args.files).await;
    let mut report = import.report;
    report.finish()?;
    ended?;
    store.close().await?;
    match report.refusals() {
        Some(refusals) => Err(Failure::Refused(refusals)),
        None => Ok(()),
    }
}

/// How long a document is waited for that was being stored at a Ctrl-C. Where another process holds
/// the store, it would be tried again for much longer.
const PATIENCE: Duration = Duration::from_secs(2);

struct Import<'a> {
    importer: Importer<'a>,
    report: Report,
    format: Option<InputFormat>,
    strict: bool,
}

impl Import<'_> {
    async fn files(&mut self, files: Vec<PathBuf>) -> Result<(), Failure> {
        // Asked for once, so that no signal is missed between two documents.
        let mut interrupt = pin!(interrupt::first());
        for file in files {
            self.file(file, interrupt.as_mut()).await?;
        }
        Ok(())
    }

    async fn file(
        &mut self,
        file: PathBuf,
        mut interrupt: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<(), Failure> {
        self.report.begin_file(&file.display().to_string());
        let mut items = reading::start(file, self.format)?;
        loop {
            let item = tokio::select! {
                biased;
                () = &mut interrupt => return Err(Failure::Interrupted(self.report.so_far())),
                item = items.recv() => item,
            };
            match item {
                None => return Ok(()),
                Some(Item::Opened(progress)) => self.report.watch(&progress),
                Some(Item::Document { line, input }) => {
                    self.document(line, *input, interrupt.as_mut()).await?;
                }
            }
        }
    }

    /// Stores a document whole, or reports why not.
    async fn document(
        &mut self,
        line: u64,
        input: reading::Read,
        interrupt: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<(), Failure> {
        let mut interrupted = false;
        let outcome = match input {
            Ok(input) => {
                let mut storing = pin!(self.importer.store(input));
                tokio::select! {
                    outcome = &mut storing => Some(outcome),
                    () = interrupt => {
                        interrupted = true;
                        timeout(PATIENCE, storing).await.ok()
                    }
                }
            }
            Err(error) => Some(Err(error)),
        };
        match outcome {
            Some(Ok(outcome)) => self.report.stored(line, &outcome)?,
            Some(Err(error)) => self.refused(line, error)?,
            None => {}
        }
        if interrupted { Err(Failure::Interrupted(self.report.so_far())) } else { Ok(()) }
    }

    fn refused(&mut self, line: u64, error: Error) -> Result<(), Failure> {
        let refused = is_refusal(&error);
        self.report.refused(line, &error, refused)?;
        if !refused {
            // The store itself has failed, and would fail the next one too.
            return Err(error.into());
        }
        if self.strict {
            return Err(Failure::Refused(format!(
                "stopped as --strict asks: {}",
                self.report.so_far()
            )));
        }
        Ok(())
    }
}
