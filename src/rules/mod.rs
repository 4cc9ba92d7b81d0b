//! Rules: their format, and the engine that asks them of the resource model.
//!
//! A rule is one Markdown file; docs/writing-rules.md describes it. The built-in ones are compiled into static tables by
//! `build/rules.rs`, users' own are loaded by [`RuleSet::with_directory`]; both are the same [`Rule`]. [`check`] asks them: a
//! condition (`evaluate`) or a check in Rust (`checks`) answers holds, broken or undecided, with the evidence that decided, and
//! `verdict` turns that into what to say and where to point. Nothing here asks which language a resource was written in.

mod address;
mod checks;
mod compare;
mod engine;
mod estate;
mod evaluate;
mod format;
mod relations;
mod resolve;
mod set;
mod spelling;
mod truth;
mod verdict;

pub use engine::{check, check_all, check_each};
pub(crate) use estate::counted;
pub use estate::{
    Baseline, Declared, Elsewhere, Estate, EstateVerdict, Owner, Place, PlanState, Protected, Status,
    check_estate,
};
pub use format::*;
pub(crate) use format::{Data, Errors, Node, Word};
pub use set::{Loaded, Problem, RuleSet, RuleSetError};
pub use spelling::Misspelt;
pub use verdict::{Broken, Outcome, Subject, Undecided, Verdict};

#[cfg(test)]
mod tests;
