//! leftward finds what is insecure in Azure infrastructure as code before it is deployed.
//!
//! The way is one-directional: [`workspace`] walks and decides which files form which root, the languages ([`bicep`], [`arm`],
//! [`terraform`]) parse and evaluate them into the one resource [`model`], [`rules`] judge it, [`report`] shows it.
//! See ARCHITECTURE.md.

pub mod access;
pub mod arm;
pub mod baseline;
pub mod bicep;
pub mod commands;
pub mod config;
pub mod examples;
pub mod git;
pub mod model;
pub mod network;
pub mod report;
pub mod rules;
pub mod score;
pub(crate) mod secrets;
pub mod source;
pub mod suppress;
pub mod terraform;
pub mod value;
pub mod workspace;
