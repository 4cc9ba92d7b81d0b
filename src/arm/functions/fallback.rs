//! What surrounds every call: choices, errors, unknown results, taint.

use std::sync::Arc;

use super::identity::identity;
use super::table::{ANY, Answer, Call, Function, Stop, Taint};
use super::{Context, Failure};
use crate::value::{Facts, Kind, Reason, ReasonKind, Unknown, Value, ValueType};

/// The value of a call. An argument that is one of several is called with each of them.
pub(super) fn answer(
    function: &'static Function,
    arguments: &[Value],
    context: &Context,
) -> Result<Value, Failure> {
    check_count(function, arguments.len())?;
    let secret = match function.taint {
        Taint::Deep => arguments.iter().any(Value::has_secret),
        Taint::Shallow => arguments.iter().any(|argument| argument.secret),
        Taint::Never => false,
    };
    let combinations = arguments
        .iter()
        .fold(1_usize, |count, argument| count.saturating_mul(argument.alternatives().len().max(1)));
    if combinations == 1 || combinations > Value::MAX_CHOICES {
        return once(function, arguments, context).map(|value| value.tainted(secret));
    }
    let mut values = Vec::with_capacity(combinations);
    let mut failure = None;
    for number in 0..combinations {
        match once(function, &choose(arguments, number), context) {
            Ok(value) => values.push(value),
            // What would be refused is not what will be deployed.
            Err(error) => failure = Some(error),
        }
    }
    match (Value::one_of(values), failure) {
        (Some(value), _) => Ok(value.tainted(secret)),
        (None, Some(failure)) => Err(failure),
        (None, None) => once(function, arguments, context).map(|value| value.tainted(secret)),
    }
}

fn check_count(function: &Function, count: usize) -> Result<(), Failure> {
    let (min, max) = function.arity;
    if (min..=max).contains(&count) {
        return Ok(());
    }
    let wanted = match (min, max) {
        (min, ANY) => format!("at least {min}"),
        (min, max) if min == max => min.to_string(),
        (min, max) => format!("{min} to {max}"),
    };
    let plural = if wanted == "1" || wanted == "at least 1" { "" } else { "s" };
    Err(Failure::Arguments(format!("{} takes {wanted} argument{plural}, not {count}", function.name).into()))
}

/// The combination of this number: each argument that is a choice takes one of its alternatives.
fn choose(arguments: &[Value], mut number: usize) -> Vec<Value> {
    let pick = |argument: &Value| {
        let alternatives = argument.alternatives();
        let count = alternatives.len().max(1);
        let picked = alternatives.get(number % count).unwrap_or(argument).clone();
        number /= count;
        picked
    };
    arguments.iter().map(pick).collect()
}

fn once(function: &'static Function, arguments: &[Value], context: &Context) -> Result<Value, Failure> {
    let call = Call { function, arguments, context };
    let answer: Answer = (function.run)(&call);
    match answer {
        Ok(value) => Ok(value),
        Err(Stop::Wrong(message)) => Err(Failure::Arguments(message.into())),
        Err(Stop::Limit(what)) => {
            let unknown = Unknown::new(Reason::new(ReasonKind::Limit, what)).with_type(function.returns);
            Ok(Value::new(Kind::Unknown(Arc::new(unknown))))
        }
        Err(Stop::Unknown) => Ok(unknown(&call, Facts::default())),
        Err(Stop::Facts(facts)) => Ok(unknown(&call, facts)),
    }
}

/// What a call gives whose arguments are not all known.
fn unknown(call: &Call<'_>, facts: Facts) -> Value {
    let Some(mut unknown) = Unknown::because_of(call.arguments) else {
        // The implementation gave up although all is known: it met something inside that has no reason of its own.
        let text = format!("{} cannot be worked out", call.function.name);
        return Value::unknown(Reason::new(ReasonKind::Unsupported, text));
    };
    unknown.value_type = call.function.returns;
    unknown.facts = facts;
    unknown.facts.not_null |= !matches!(call.function.returns, ValueType::Any | ValueType::Null);
    unknown.identity = identity(call.function.name, call.arguments);
    Value::new(Kind::Unknown(Arc::new(unknown)))
}
