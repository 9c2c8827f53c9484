//! Where in a JSON text reading stopped, as the names and indexes that lead there.

/// A step into an object or an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// Where reading stopped.
#[derive(Debug)]
pub(super) struct Place(Vec<Step>);

impl Place {
    /// Where this error came up in the text, or the field that is missing there or unknown.
    pub(super) fn of(json: &str, error: &serde_json::Error) -> Self {
        let before = offset(json, error).saturating_sub(1);
        let mut steps = steps_to(json.as_bytes(), before);
        let message = error.to_string();
        for beginning in ["missing field `", "unknown field `", "duplicate field `"] {
            let name = message.strip_prefix(beginning).and_then(|rest| rest.split_once('`'));
            if let Some((name, _)) = name {
                // Reading stopped behind an unknown field's name, at the end of an object that lacks one.
                steps.pop_if(|step| {
                    *step == Step::Key(name.to_owned()) || beginning.starts_with('m')
                });
                steps.push(Step::Key(name.to_owned()));
            }
        }
        Self(steps)
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.0
    }
}

/// How many bytes had been read. The error counts lines, and bytes within a line.
fn offset(json: &str, error: &serde_json::Error) -> usize {
    let lines = json.split_inclusive('\n').take(error.line().saturating_sub(1));
    (lines.map(str::len).sum::<usize>() + error.column()).min(json.len())
}

/// The steps that lead to the value in which `end` lies.
fn steps_to(json: &[u8], end: usize) -> Vec<Step> {
    let mut steps = Vec::new();
    // The text of a string that has begun, and whether it is a name.
    let mut at = 0;
    let mut awaits_key = false;
    while at < end {
        match json[at] {
            b'{' => {
                steps.push(Step::Key(String::new()));
                awaits_key = true;
            }
            b'[' => steps.push(Step::Index(0)),
            b'}' | b']' => {
                steps.pop();
                awaits_key = false;
            }
            b',' => match steps.last_mut() {
                Some(Step::Index(index)) => *index += 1,
                Some(Step::Key(_)) => awaits_key = true,
                None => {}
            },
            b'"' => {
                let close = end_of_string(json, at + 1, end);
                if awaits_key && let Some(Step::Key(name)) = steps.last_mut() {
                    *name = unescaped(&json[at..=close.min(json.len() - 1)]);
                    awaits_key = false;
                }
                at = close;
            }
            _ => {}
        }
        at += 1;
    }
    steps
}

/// Where the string that began before `from` ends, or `end`.
fn end_of_string(json: &[u8], from: usize, end: usize) -> usize {
    let mut at = from;
    while at < end && json[at] != b'"' {
        at += if json[at] == b'\\' { 2 } else { 1 };
    }
    at.min(end)
}

/// A name as JSON means it; nothing where it was cut off.
fn unescaped(quoted: &[u8]) -> String {
    let quoted = std::str::from_utf8(quoted).unwrap_or_default();
    serde_json::from_str(quoted).unwrap_or_default()
}
