//! Tasks beside a test, on JavaScript's own queue.
//!
//! A panic ends in a trap, which unwinds nothing: JavaScript alone can catch it. So a task is polled
//! through JavaScript, and whoever waits for one that panicked hears of it instead of waiting for ever.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use futures_channel::oneshot;
use js_sys::Function;
use js_sys::futures::spawn_local;
use tournament_core::BoxFuture;
use wasm_bindgen::prelude::*;

type Task = Rc<RefCell<BoxFuture<'static, ()>>>;

thread_local! {
    /// What a panic said while a task was polled; the test runner hears of those outside only.
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps what panics say for those who wait for tasks. To be called before the first.
pub(crate) fn keep_panics() {
    thread_local! {
        static KEPT: () = {
            let hook = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                LAST_PANIC.set(panic.to_string());
                hook(panic);
            }));
        };
    }
    KEPT.with(|()| ());
}

/// Starts a task; the future that it returns panics if the task does.
pub(crate) fn spawn(task: BoxFuture<'static, ()>) -> BoxFuture<'static, ()> {
    let (done, is_done) = oneshot::channel();
    let task = Rc::new(RefCell::new(task));
    spawn_local(async move {
        let end = poll_fn(|context: &mut Context<'_>| poll(&task, context.waker())).await;
        // Nobody has to wait for it.
        let _ = done.send(end);
    });
    Box::pin(async move {
        let end = is_done.await.unwrap_or_else(|never| Err(never.to_string()));
        end.unwrap_or_else(|panic| panic!("a task failed: {panic}"));
    })
}

/// Polls a task so that a trap comes back as an error.
fn poll(task: &Task, waker: &Waker) -> Poll<Result<(), String>> {
    let (task, waker) = (Rc::clone(task), waker.clone());
    let poll = Closure::once_into_js(move || {
        task.borrow_mut().as_mut().poll(&mut Context::from_waker(&waker)).is_ready()
    });
    LAST_PANIC.take();
    match poll.unchecked_into::<Function>().call0(&JsValue::NULL) {
        Ok(is_ready) if is_ready.is_truthy() => Poll::Ready(Ok(())),
        Ok(_) => Poll::Pending,
        Err(trap) => {
            let panic = LAST_PANIC.take();
            Poll::Ready(Err(if panic.is_empty() { format!("{trap:?}") } else { panic }))
        }
    }
}
