//! The evaluator of templates: a template and the values of its parameters → a [`Deployment`](crate::model::Deployment).

mod loader;

pub use loader::{LoadedTemplate, Loader, NoLoader, Unresolved, UnresolvedKind};
