//! Functions with lambdas: the evaluator runs the lambdas, these run the loops.

use std::sync::Arc;

use super::Failure;
use super::table::is_open;
use super::text::printed;
use crate::value::{Array, Facts, Item, Kind, Object, Reason, ReasonKind, Unknown, Value, ValueType};

/// The names, how many lambdas they take, and the type of the result.
const NAMES: &[(&str, ValueType)] = &[
    ("map", ValueType::Array),
    ("filter", ValueType::Array),
    ("sort", ValueType::Array),
    ("reduce", ValueType::Any),
    ("toObject", ValueType::Object),
    ("groupBy", ValueType::Object),
    ("mapValues", ValueType::Object),
];

/// Whether a function takes lambdas, and is called by [`call_lambda`].
pub fn is_lambda_function(name: &str) -> bool {
    find(name).is_some()
}

fn find(name: &str) -> Option<(&'static str, ValueType)> {
    NAMES.iter().copied().find(|(known, _)| known.eq_ignore_ascii_case(name))
}

/// Calls a function that takes lambdas. In `arguments` a lambda's place is `None`; `apply` runs the lambda at an argument's position
/// with these values, of which a lambda of fewer parameters takes the first.
///
/// # Errors
/// [`Failure`] where the deployment would be refused.
pub fn call_lambda(
    function: &str,
    arguments: &[Option<Value>],
    apply: &mut dyn FnMut(usize, &[Value]) -> Value,
) -> Result<Value, Failure> {
    let Some((name, returns)) = find(function) else {
        return Err(Failure::UnknownFunction { name: function.into(), suggestion: None });
    };
    let wanted: &[bool] = match name {
        "map" | "filter" | "sort" | "mapValues" => &[false, true],
        "reduce" => &[false, false, true],
        _ if arguments.len() == 2 => &[false, true],
        _ => &[false, true, true],
    };
    if arguments.len() != wanted.len() {
        return Err(wrong(format!("{name} takes {} arguments, not {}", wanted.len(), arguments.len())));
    }
    if arguments.iter().zip(wanted).any(|(argument, lambda)| argument.is_none() != *lambda) {
        return Err(wrong(format!("{name} takes a lambda where a value is, or a value where a lambda is")));
    }
    let Some(Some(subject)) = arguments.first() else {
        return Err(wrong(format!("{name} lacks its first argument")));
    };
    let mut call = Lambdas { name, returns, initial: arguments.get(1).and_then(Option::as_ref), apply };
    let two = arguments.len() == 3;
    let mut values = Vec::new();
    for alternative in subject.alternatives() {
        values.push(call.run(alternative, two)?.tainted(alternative.secret));
    }
    Ok(Value::one_of(values).unwrap_or_else(Value::null).tainted(subject.secret))
}

fn wrong(message: String) -> Failure {
    Failure::Arguments(message.into())
}

struct Lambdas<'c> {
    name: &'static str,
    returns: ValueType,
    initial: Option<&'c Value>,
    apply: &'c mut dyn FnMut(usize, &[Value]) -> Value,
}

/// The reasons of what is not known, kept until the result is made.
type Open = Option<Arc<Unknown>>;

fn note(open: &mut Open, cause: &Value) {
    if open.is_none() {
        *open = Unknown::because_of([cause]).map(Arc::new);
    }
}

impl Lambdas<'_> {
    fn run(&mut self, subject: &Value, two: bool) -> Result<Value, Failure> {
        match (self.name, &subject.kind) {
            ("mapValues", Kind::Object(object)) => Ok(self.map_values(object)),
            ("mapValues", _) => self.other(subject, ValueType::Object),
            (_, Kind::Array(array)) => match self.name {
                "map" => Ok(self.map(array)),
                "filter" => self.filter(array),
                "sort" => self.sort(array),
                "reduce" => Ok(self.reduce(array)),
                "toObject" => self.keyed(array, two),
                _ => self.grouped(array, two),
            },
            _ => self.other(subject, ValueType::Array),
        }
    }

    /// What is no container: not known, or wrong.
    fn other(&self, subject: &Value, wanted: ValueType) -> Result<Value, Failure> {
        let found = subject.value_type();
        if !is_open(subject) || (found != wanted && found != ValueType::Any) {
            return Err(wrong(format!(
                "the first argument of {} must be an {}, not {}",
                self.name,
                wanted.as_str(),
                found.as_str()
            )));
        }
        Ok(self.unknown(subject))
    }

    fn unknown(&self, cause: &Value) -> Value {
        let unknown = Unknown::because_of([cause])
            .unwrap_or_else(|| Unknown::new(Reason::new(ReasonKind::Unsupported, "not worked out")));
        let facts = Facts { not_null: self.returns != ValueType::Any, ..Facts::default() };
        Value::new(Kind::Unknown(Arc::new(unknown.with_type(self.returns).with_facts(facts))))
    }

    /// Runs the lambda at `position` for an item.
    fn item(&mut self, position: usize, value: &Value, index: usize) -> Value {
        let index = Value::int(i64::try_from(index).unwrap_or(i64::MAX));
        (self.apply)(position, &[value.clone(), index])
    }

    fn map(&mut self, array: &Array) -> Value {
        let items = array.items.iter().enumerate();
        let items =
            items.map(|(index, item)| Item { site: item.site, value: self.item(1, &item.value, index) });
        Value::array(Array { items: items.collect(), open: array.open.clone(), ..Array::default() })
    }

    /// An item of which it is not known whether it stays leaves the result open.
    fn filter(&mut self, array: &Array) -> Result<Value, Failure> {
        let mut out = Array { open: array.open.clone(), ..Array::default() };
        for (index, item) in array.items.iter().enumerate() {
            let keep = self.item(1, &item.value, index);
            match keep.as_bool() {
                Some(true) => out.items.push(item.clone()),
                Some(false) => {}
                None if is_open(&keep) => note(&mut out.open, &keep),
                None => return Err(self.wrong_result("true or false", &keep)),
            }
        }
        Ok(Value::array(out))
    }

    fn wrong_result(&self, wanted: &str, found: &Value) -> Failure {
        wrong(format!("the lambda of {} must give {wanted}, not {}", self.name, found.value_type().as_str()))
    }

    /// A stable merge sort: the lambda says whether the first is to stand before the second.
    fn sort(&mut self, array: &Array) -> Result<Value, Failure> {
        if let Some(open) = &array.open {
            return Ok(self.unknown(&Value::new(Kind::Unknown(Arc::clone(open)))));
        }
        let mut runs: Vec<Vec<Item>> = array.items.iter().map(|item| vec![item.clone()]).collect();
        while runs.len() > 1 {
            let mut merged = Vec::with_capacity(runs.len().div_ceil(2));
            let mut pairs = runs.into_iter();
            while let Some(left) = pairs.next() {
                match pairs.next() {
                    None => merged.push(left),
                    Some(right) => match self.merge(left, right)? {
                        Ok(run) => merged.push(run),
                        Err(unknown) => return Ok(self.unknown(&unknown)),
                    },
                }
            }
            runs = merged;
        }
        let items = runs.pop().unwrap_or_default();
        Ok(Value::array(Array { items, ..Array::default() }))
    }

    fn merge(&mut self, left: Vec<Item>, right: Vec<Item>) -> Result<Result<Vec<Item>, Value>, Failure> {
        let mut out = Vec::with_capacity(left.len() + right.len());
        let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
        while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
            // the right one moves forward only if it is really less
            let less = (self.apply)(1, &[b.value.clone(), a.value.clone()]);
            match less.as_bool() {
                Some(true) => out.extend(right.next()),
                Some(false) => out.extend(left.next()),
                None if is_open(&less) => return Ok(Err(less)),
                None => return Err(self.wrong_result("true or false", &less)),
            }
        }
        out.extend(left);
        out.extend(right);
        Ok(Ok(out))
    }

    fn reduce(&mut self, array: &Array) -> Value {
        if let Some(open) = &array.open {
            return self.unknown(&Value::new(Kind::Unknown(Arc::clone(open))));
        }
        let mut current = self.initial.cloned().unwrap_or_else(Value::null);
        for (index, item) in array.items.iter().enumerate() {
            let index = Value::int(i64::try_from(index).unwrap_or(i64::MAX));
            current = (self.apply)(2, &[current, item.value.clone(), index]);
        }
        current
    }

    /// A key as text; `None`, and the reason noted, where it is not known.
    fn key(&mut self, value: &Value, index: usize, open: &mut Open) -> Result<Option<Arc<str>>, Failure> {
        let key = self.item(1, value, index);
        match (&key.kind, printed(&key)) {
            (Kind::String(_) | Kind::Number(_), Some(text)) => Ok(Some(text)),
            (Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_), _) => {
                note(open, &key);
                Ok(None)
            }
            _ => Err(self.wrong_result("a string", &key)),
        }
    }

    fn keyed(&mut self, array: &Array, two: bool) -> Result<Value, Failure> {
        let mut out = Object::new();
        out.open.clone_from(&array.open);
        for (index, item) in array.items.iter().enumerate() {
            let Some(key) = self.key(&item.value, index, &mut out.open)? else { continue };
            let value = if two { self.item(2, &item.value, index) } else { item.value.clone() };
            out.insert_folded(key, value);
        }
        Ok(Value::object(out))
    }

    fn grouped(&mut self, array: &Array, two: bool) -> Result<Value, Failure> {
        let mut open = array.open.clone();
        let mut groups: indexmap::IndexMap<Arc<str>, Vec<Item>> = indexmap::IndexMap::new();
        for (index, item) in array.items.iter().enumerate() {
            let Some(key) = self.key(&item.value, index, &mut open)? else { continue };
            let value = if two { self.item(2, &item.value, index) } else { item.value.clone() };
            groups.entry(key).or_default().push(Item { site: item.site, value });
        }
        let mut out = Object::new();
        for (key, items) in groups {
            out.insert(key, Value::array(Array { items, open: open.clone(), ..Array::default() }));
        }
        out.open = open;
        Ok(Value::object(out))
    }

    fn map_values(&mut self, object: &Object) -> Value {
        let mut out = object.clone();
        for (index, (_, member)) in out.members_mut().enumerate() {
            member.value = self.item(1, &member.value.clone(), index);
        }
        Value::object(out)
    }
}
