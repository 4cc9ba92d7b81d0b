//! Terraform's types: constraints as `variable` blocks write them, the types of values, conversion and unification.

mod constraint;
mod conversion;
mod unification;

pub use self::constraint::{Attribute, TypeConstraint, parse};
pub use self::conversion::{Mismatch, convert};
pub(super) use self::conversion::{make_set, to_text};
pub(super) use self::unification::{type_of, unify};
