//! The one resource model, in the shape of ARM: what a root would deploy.
//!
//! Every language is evaluated into [`Deployment`]s; rules and reports know nothing else.

mod deployment;
mod graph;
mod json;
mod resource;
mod roles;

pub use deployment::{AbsentModule, Deployment, Language, Output, ParameterInfo, Scope};
pub use graph::Graph;
pub(crate) use json::diagnostic_json;
pub use json::{location_json, model_json};
pub use resource::{Call, Loop, LoopKey, Resource, ResourceType, Secret};
pub use roles::{BuiltInRole, Plane, Tier};

#[cfg(test)]
mod tests;
