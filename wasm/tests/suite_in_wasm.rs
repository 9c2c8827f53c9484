//! Every promise of the design, in WebAssembly: in Node and in browsers, as whoever runs it chooses.
//! `tests/wasm` runs it in both.

#![cfg(target_family = "wasm")]

mod tasks;

use std::sync::Arc;

use tournament_conformance::{Harness, suite};
use tournament_core::{BoxFuture, Store, async_trait};
use tournament_memory::MemoryStore;
use wasm_bindgen_test::wasm_bindgen_test;

struct Memory;

#[async_trait]
impl Harness for Memory {
    async fn open(&self) -> Arc<dyn Store> {
        tasks::keep_panics();
        Arc::new(MemoryStore::new())
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) -> BoxFuture<'static, ()> {
        tasks::spawn(task)
    }
}

suite!(Memory, wasm_bindgen_test);
