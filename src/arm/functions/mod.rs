//! The function library that ARM templates and Bicep share.
//!
//! Functions are strict and pure: values in, a value out. Arguments may be unknown; a function then answers what is decidable all the
//! same (`length` of a closed array of unknown items, `startsWith` on a half-known string), else an unknown of its type
//! with the arguments' reasons. Functions that need the template's resources, its files or lazy evaluation (`if`, `and`, `or`,
//! `coalesce` as syntax, `parameters`, `copyIndex`, `load*`) are the evaluator's.
//!
//! One file a family; each has its table of functions. Facts come from the ARM template function reference and from
//! Bicep's own tests.

mod arithmetic;
mod cidr;
mod collections;
mod composite;
mod conversion;
mod dates;
mod encoding;
mod environment;
mod fallback;
mod hashing;
mod identity;
mod ids;
mod json;
mod lambdas;
mod logic;
mod objects;
mod runtime;
mod search;
mod strings;
mod table;
pub(crate) mod text;
mod units;
mod uris;

use std::sync::Arc;

pub use lambdas::{call_lambda, is_lambda_function};

use crate::model::Scope;
use crate::value::Value;

/// The longest string that is made, in bytes.
pub(crate) const MAX_TEXT: usize = 1 << 20;

/// The most items of an array or members of an object that are made. ARM's own limit of `range` is 10,000.
pub(crate) const MAX_ITEMS: usize = 10_000;

/// Where a call is evaluated: what is known of the deployment.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The kind of scope that the template is deployed to.
    pub scope: Scope,
    /// The name of the resource group deployed to, where the code says it (`scope: resourceGroup('x')`).
    pub resource_group: Option<Value>,
    /// The id of the subscription deployed to, where the code says it.
    pub subscription: Option<Value>,
    /// The name of the management group deployed to, where the code says it.
    pub management_group: Option<Value>,
    /// The deployment's name, where the code says it (a module's `name`).
    pub deployment: Option<Value>,
}

impl Context {
    /// A deployment to a scope of which nothing more is known.
    pub fn new(scope: Scope) -> Self {
        Context { scope, ..Context::default() }
    }
}

/// Why a call has no value at all: the deployment would be refused here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No function of this name is in the library.
    #[error("there is no function '{name}'{}", .suggestion.map(|other| format!("; did you mean '{other}'?")).unwrap_or_default())]
    UnknownFunction {
        /// As called.
        name: Arc<str>,
        /// A function of a similar name.
        suggestion: Option<&'static str>,
    },
    /// The arguments do not fit: their number, type or value. Never holds an argument's text.
    #[error("{0}")]
    Arguments(Arc<str>),
}

/// Calls a function of the library. Names are compared without case.
///
/// # Errors
/// [`Failure`] where the deployment would be refused: no such function, wrong arguments.
pub fn call(function: &str, arguments: &[Value], context: &Context) -> Result<Value, Failure> {
    let Some(found) = table::find(function) else {
        return match runtime::list_function(function, arguments, context) {
            Some(value) => Ok(value),
            None => Err(Failure::UnknownFunction {
                name: Arc::from(function),
                suggestion: table::similar(function),
            }),
        };
    };
    fallback::answer(found, arguments, context)
}

#[cfg(test)]
mod tests;
