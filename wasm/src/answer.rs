//! What goes back to JavaScript.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use serde::Serialize;
use tournament_core::{BoxError, Error, Result};
use wasm_bindgen::JsValue;

/// What a call of the bindings answers: JSON text, or the JSON text of an error to throw.
pub(crate) type Answer<T = String> = std::result::Result<T, JsValue>;

/// The answer of a future that waits for nothing. Only a unit of work that stands in line behind
/// another waits in memory, and JavaScript has a line of its own.
pub(crate) fn ready<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => Err(Error::busy("another unit of work is under way", None)),
    }
}

/// How many bytes most rows have as JSON.
const ROW: usize = 512;

/// JSON text.
pub(crate) fn text(value: &impl Serialize) -> Result<String> {
    let mut json = Vec::with_capacity(ROW);
    serde_json::to_writer(&mut json, value)
        .map_err(|error| unwritable(error.into()))
        .and_then(|()| String::from_utf8(json).map_err(|error| unwritable(error.into())))
}

fn unwritable(error: BoxError) -> Error {
    Error::backend("an answer cannot be written as JSON", Some(error))
}

/// What JavaScript throws for this error.
pub(crate) fn thrown(error: &Error) -> JsValue {
    serde_json::to_string(error).map_or(JsValue::NULL, |json| JsValue::from_str(&json))
}

/// JSON text of a call's answer.
pub(crate) fn answered(answer: Result<impl Serialize>) -> Answer {
    answer.and_then(|value| text(&value)).map_err(|error| thrown(&error))
}

/// The answer of a call that gives nothing.
pub(crate) fn done(answer: Result<()>) -> Answer<()> {
    answer.map_err(|error| thrown(&error))
}
