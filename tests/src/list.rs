//! The one list of cases. What is written but not listed here is dead code to the compiler.

/// Calls `then!` once per topic: with its arguments, the topic's name and the names of its cases.
#[doc(hidden)]
#[macro_export]
macro_rules! __each_topic {
    ($then:ident $args:tt) => {
        $crate::__rows! { $then $args players {
            find_by_name_gives_all_of_that_name_by_id
        } }
    };
}

/// A topic about one kind of row: the cases that every kind has, and its own.
#[doc(hidden)]
#[macro_export]
macro_rules! __rows {
    ($then:ident $args:tt $topic:ident { $($case:ident)* }) => {
        $crate::$then! { $args $topic {
            create_returns_what_get_returns
            $($case)*
        } }
    };
}

/// One test per case.
#[doc(hidden)]
#[macro_export]
macro_rules! __tests {
    (($harness:expr, $attribute:meta) $topic:ident { $($case:ident)* }) => {
        mod $topic {
            #[allow(unused_imports, clippy::wildcard_imports)]
            use super::*;

            $(
                #[$attribute]
                async fn $case() {
                    $crate::topics::$topic::$case(&$harness).await;
                }
            )*
        }
    };
}

/// One public function per case, so that each is used and can be run by hand.
#[doc(hidden)]
#[macro_export]
macro_rules! __functions {
    (() $topic:ident { $($case:ident)* }) => {
        #[allow(missing_docs)] // Their names say it.
        pub mod $topic {
            use $crate::harness::{Case, Harness};

            $(
                pub async fn $case(harness: &dyn Harness) {
                    let case = Case::open(harness).await;
                    $crate::cases::$topic::$case(&case).await;
                    case.passed().await;
                }
            )*
        }
    };
}

/// Adds the name of each case to a list.
#[doc(hidden)]
#[macro_export]
macro_rules! __names {
    (($names:ident) $topic:ident { $($case:ident)* }) => {
        $names.extend([$(concat!(stringify!($topic), "::", stringify!($case))),*]);
    };
}

/// Every case as a public function.
#[doc(hidden)]
pub mod topics {
    crate::__each_topic! { __functions () }
}

/// The name of each case, as its test is called: `players::create_returns_what_get_returns`.
#[must_use]
pub fn names() -> Vec<&'static str> {
    let mut names = Vec::new();
    crate::__each_topic! { __names (names) }
    names
}
