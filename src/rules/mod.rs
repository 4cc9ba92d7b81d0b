//! Rules: their format, and the engine that asks them of the resource model.
//!
//! A rule is one Markdown file; docs/writing-rules.md describes it. The built-in ones are compiled into static tables by
//! `build/rules.rs`, users' own are loaded by [`RuleSet::with_directory`]; both are the same [`Rule`].

mod format;
mod set;

pub use format::*;
pub use set::{Problem, RuleSet, RuleSetError};
