//! Which of core's types have declarations of their own, and under which names.

use super::interface::Form;
use super::kinds::Kind;
use super::{ANSWERED, CODED, ENUMERATIONS, GIVEN, PARTS, Sources};

/// The Rust types that the file declares.
pub(super) struct Names {
    /// Declared twice, as stored and as given.
    both: Vec<String>,
    given: Vec<String>,
    answered: Vec<String>,
    enumerations: Vec<String>,
}

impl Names {
    pub(super) fn new(sources: &Sources, kinds: &[Kind]) -> Self {
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut names = Self {
            both: owned(&PARTS),
            given: owned(&GIVEN),
            answered: owned(&ANSWERED),
            enumerations: [owned(&ENUMERATIONS), owned(&CODED)].concat(),
        };
        names.both.extend(kinds.iter().map(|kind| kind.entity.clone()));
        names.given.extend(kinds.iter().map(|kind| kind.filter.clone()));
        names.enumerations.extend(sources.text_enums().iter().map(|item| item.name.clone()));
        names
    }

    /// The name of a type's declaration in this form, if it has one.
    pub(super) fn declared(&self, name: &str, form: Form) -> Option<String> {
        let is_in = |names: &[String]| names.iter().any(|known| known == name);
        if is_in(&self.enumerations) {
            return Some(name.to_owned());
        }
        match form {
            Form::Stored if is_in(&self.both) || is_in(&self.answered) => Some(name.to_owned()),
            Form::Input if is_in(&self.both) => Some(format!("{name}Input")),
            Form::Input if is_in(&self.given) => Some(name.to_owned()),
            Form::Stored | Form::Input => None,
        }
    }
}
