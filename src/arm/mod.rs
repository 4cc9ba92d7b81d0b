//! ARM templates: the one template form that Bicep and ARM JSON are both lowered to, and its evaluation.
//!
//! - [`template`]: the intermediate representation, with spans.
//! - `json`: ARM JSON → template (spanned JSON, the expression grammar inside strings).
//! - `functions`: the function library that both languages share.
//! - `evaluate`: template + arguments → a [`Deployment`](crate::model::Deployment).

pub mod evaluate;
pub mod functions;
pub mod json;
pub mod template;
