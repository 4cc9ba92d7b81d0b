//! A module's files, variables, locals, repetition and module calls → resources in the provider's shape.

pub(crate) mod version;
