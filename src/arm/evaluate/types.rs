//! What the declared type of a parameter says of its value.

use std::rc::Rc;
use std::sync::Arc;

use crate::arm::template::{Bounds, Literal, Parameter, TypeExpr};
use crate::value::{Facts, Kind, Object, Reason, ReasonKind, StepKind, Unknown, Value, ValueType};

use super::frame::{Env, Frame};
use super::session::Session;

/// How far types are followed through names and members.
const MAX_DEPTH: usize = 12;

/// A declared type with the frame that its names belong to.
struct Typed<'t> {
    frame: Rc<Frame>,
    expression: std::borrow::Cow<'t, TypeExpr>,
    secure: bool,
    bounds: Bounds,
}

impl Session<'_> {
    /// Whether null is a value of the parameter.
    pub(super) fn is_nullable(&self, frame: &Rc<Frame>, parameter: &Parameter) -> bool {
        parameter.nullable
            || parameter.declared_type.as_ref().is_some_and(|declared| self.allows_null(frame, declared, 0))
    }

    fn allows_null(&self, frame: &Rc<Frame>, declared: &TypeExpr, depth: usize) -> bool {
        match declared {
            TypeExpr::Nullable(_) | TypeExpr::Literal(Literal::Null) => true,
            TypeExpr::Union(types) => types.iter().any(|one| self.allows_null(frame, one, depth + 1)),
            TypeExpr::Named(_) | TypeExpr::Member(..) if depth < MAX_DEPTH => self
                .named(frame, declared, depth)
                .is_some_and(|named| self.allows_null(&named.frame, &named.expression, depth + 1)),
            _ => false,
        }
    }

    /// A parameter that has neither value nor default: what its declaration says of it.
    pub(super) fn unknown_parameter(&self, frame: &Rc<Frame>, parameter: &Parameter) -> Value {
        let name = &parameter.name;
        if let Some(choice) = self.allowed(frame, parameter) {
            return choice.at(parameter.span).via(StepKind::Default, Arc::clone(name), parameter.span);
        }
        let declared = parameter.declared_type.as_ref().map(|declared| self.resolved(frame, declared, 0));
        let (value_type, bounds) = match &declared {
            Some(typed) => (value_type(&typed.expression), merged(parameter.bounds, typed.bounds)),
            None => (ValueType::Any, parameter.bounds),
        };
        let facts = Facts { not_null: true, min: bounds.min, max: bounds.max, pieces: None };
        let reason = Reason::new(ReasonKind::Parameter, format!("parameter '{name}' has no default"));
        let unknown = Unknown::new(reason)
            .with_type(value_type)
            .with_facts(facts)
            .with_identity(format!("{}parameters('{name}')", frame.prefix));
        Value::new(Kind::Unknown(Arc::new(unknown))).at(parameter.span)
    }

    /// One of the values that `@allowed` or a union of literals leaves.
    fn allowed(&self, frame: &Rc<Frame>, parameter: &Parameter) -> Option<Value> {
        if let Some(id) = parameter.allowed {
            let list = self.eval(&Env::of(frame), id);
            let is_array = parameter.declared_type.as_ref().is_some_and(|declared| {
                value_type(&self.resolved(frame, declared, 0).expression) == ValueType::Array
            });
            // The allowed values of an array are those of its items.
            return if is_array { None } else { Value::one_of(list.as_array()?.values().cloned()) };
        }
        let typed = self.resolved(frame, parameter.declared_type.as_ref()?, 0);
        let literals: Option<Vec<Value>> = match &*typed.expression {
            TypeExpr::Union(types) => types.iter().map(|one| self.literal_of(&typed.frame, one)).collect(),
            one @ TypeExpr::Literal(_) => self.literal_of(&typed.frame, one).map(|literal| vec![literal]),
            _ => None,
        };
        literals.filter(|literals| !literals.is_empty()).and_then(Value::one_of)
    }

    /// Tells of a given value that the declaration refuses: one that is not allowed, too small or too great.
    pub(super) fn check_given(&self, frame: &Rc<Frame>, parameter: &Parameter, value: &Value) {
        let span = value.origin.span.unwrap_or(parameter.span);
        if value.is_null() || value.is_unknown() {
            return;
        }
        if let Some(allowed) = self.allowed(frame, parameter)
            && allowed.alternatives().iter().all(|allowed| allowed.equals(value, true) == Some(false))
        {
            self.tell_parameters(format!("this is no allowed value of parameter '{}'", parameter.name), span);
        }
        let size = match &value.kind {
            Kind::Number(number) => number.as_i64(),
            Kind::String(text) => i64::try_from(text.encode_utf16().count()).ok(),
            Kind::Array(array) if array.is_closed() => i64::try_from(array.items.len()).ok(),
            _ => None,
        };
        let Bounds { min, max } = parameter.bounds;
        if let Some(size) = size {
            let what = if value.as_int().is_some() { "value" } else { "length" };
            if min.is_some_and(|min| size < min) {
                let (name, min) = (&parameter.name, min.unwrap_or_default());
                self.tell_parameters(
                    format!("the {what} of parameter '{name}' must be at least {min}"),
                    span,
                );
            } else if max.is_some_and(|max| size > max) {
                let (name, max) = (&parameter.name, max.unwrap_or_default());
                self.tell_parameters(format!("the {what} of parameter '{name}' must be at most {max}"), span);
            }
        }
    }

    fn literal_of(&self, frame: &Rc<Frame>, declared: &TypeExpr) -> Option<Value> {
        match &*self.resolved(frame, declared, 0).expression {
            TypeExpr::Literal(Literal::Bool(value)) => Some(Value::bool(*value)),
            TypeExpr::Literal(Literal::Number(number)) => Some(Value::new(Kind::Number(*number))),
            TypeExpr::Literal(Literal::String(text)) => Some(Value::string(Arc::clone(text))),
            _ => None,
        }
    }

    /// The type behind names, members and `?`.
    fn resolved<'t>(&self, frame: &Rc<Frame>, declared: &'t TypeExpr, depth: usize) -> Typed<'t> {
        let here = |declared: &'t TypeExpr| Typed {
            frame: Rc::clone(frame),
            expression: std::borrow::Cow::Borrowed(declared),
            secure: false,
            bounds: Bounds::default(),
        };
        match declared {
            TypeExpr::Nullable(inner) if depth < MAX_DEPTH => self.resolved(frame, inner, depth + 1),
            TypeExpr::Named(_) | TypeExpr::Member(..) if depth < MAX_DEPTH => {
                match self.named(frame, declared, depth) {
                    Some(named) => {
                        let inner = self.resolved(&named.frame, &named.expression, depth + 1);
                        Typed {
                            secure: named.secure || inner.secure,
                            bounds: merged(named.bounds, inner.bounds),
                            expression: std::borrow::Cow::Owned(inner.expression.into_owned()),
                            frame: inner.frame,
                        }
                    }
                    None => here(&TypeExpr::Opaque),
                }
            }
            other => here(other),
        }
    }

    /// The declaration that a name or the path into a named type means.
    fn named(&self, frame: &Rc<Frame>, declared: &TypeExpr, depth: usize) -> Option<Typed<'static>> {
        match declared {
            TypeExpr::Named(name) => {
                let (home, index) = self.type_named(frame, name)?;
                let declaration = home.template().types.get(index)?;
                Some(Typed {
                    expression: std::borrow::Cow::Owned(declaration.value.clone()),
                    secure: declaration.secure,
                    bounds: declaration.bounds,
                    frame: Rc::clone(&home),
                })
            }
            TypeExpr::Member(base, member) if depth < MAX_DEPTH => {
                // `ns.Type` of an import is spelt as a member too.
                if let TypeExpr::Named(namespace) = &**base
                    && let Some(found) =
                        self.named(frame, &TypeExpr::Named(format!("{namespace}.{member}").into()), depth + 1)
                {
                    return Some(found);
                }
                let base = self.resolved(frame, base, depth + 1);
                member_type(&base, member)
            }
            _ => None,
        }
    }

    /// `value` as a secret as far as the parameter's declaration or its type says so.
    pub(super) fn tainted_by_type(&self, frame: &Rc<Frame>, parameter: &Parameter, value: Value) -> Value {
        let value = value.tainted(parameter.secure);
        match &parameter.declared_type {
            Some(declared) if self.has_secure_part(frame, declared, 0) => {
                self.tainted(frame, declared, value, 0)
            }
            _ => value,
        }
    }

    fn has_secure_part(&self, frame: &Rc<Frame>, declared: &TypeExpr, depth: usize) -> bool {
        if depth >= MAX_DEPTH {
            return false;
        }
        match declared {
            TypeExpr::Nullable(inner) | TypeExpr::Array(inner) => {
                self.has_secure_part(frame, inner, depth + 1)
            }
            TypeExpr::Union(types) | TypeExpr::Tuple(types) => {
                types.iter().any(|one| self.has_secure_part(frame, one, depth + 1))
            }
            TypeExpr::Object { properties, additional } => {
                properties.iter().any(|property| {
                    property.secure || self.has_secure_part(frame, &property.value, depth + 1)
                }) || additional.as_deref().is_some_and(|rest| self.has_secure_part(frame, rest, depth + 1))
            }
            TypeExpr::Named(_) | TypeExpr::Member(..) => {
                self.named(frame, declared, depth).is_some_and(|named| {
                    named.secure || self.has_secure_part(&named.frame, &named.expression, depth + 1)
                })
            }
            _ => false,
        }
    }

    fn tainted(&self, frame: &Rc<Frame>, declared: &TypeExpr, value: Value, depth: usize) -> Value {
        let typed = self.resolved(frame, declared, depth);
        let mut value = value.tainted(typed.secure);
        if depth >= MAX_DEPTH {
            return value;
        }
        if let (TypeExpr::Union(types), Kind::Object(_)) = (&*typed.expression, &value.kind) {
            for one in types {
                if self.fits(&typed.frame, one, &value) {
                    value = self.tainted(&typed.frame, one, value, depth + 1);
                }
            }
            return value;
        }
        match (&*typed.expression, &mut value.kind) {
            (TypeExpr::Object { properties, additional }, Kind::Object(object)) => {
                let object: &mut Object = Arc::make_mut(object);
                for (key, member) in object.members_mut() {
                    let property = properties.iter().find(|property| *property.name == *key.as_str());
                    let part = std::mem::replace(&mut member.value, Value::null());
                    member.value = match (property, additional) {
                        (Some(property), _) => self
                            .tainted(&typed.frame, &property.value, part, depth + 1)
                            .tainted(property.secure),
                        (None, Some(rest)) => self.tainted(&typed.frame, rest, part, depth + 1),
                        (None, None) => part,
                    };
                }
            }
            (TypeExpr::Tuple(items), Kind::Array(array)) => {
                for (entry, item) in Arc::make_mut(array).items.iter_mut().zip(items) {
                    let part = std::mem::replace(&mut entry.value, Value::null());
                    entry.value = self.tainted(&typed.frame, item, part, depth + 1);
                }
            }
            (TypeExpr::Array(item), Kind::Array(array)) => {
                for entry in &mut Arc::make_mut(array).items {
                    let part = std::mem::replace(&mut entry.value, Value::null());
                    entry.value = self.tainted(&typed.frame, item, part, depth + 1);
                }
            }
            _ => {}
        }
        value
    }
}

impl Session<'_> {
    /// Whether an object may be of this member of a union: none of its properties that are literals by their type is another one.
    fn fits(&self, frame: &Rc<Frame>, declared: &TypeExpr, value: &Value) -> bool {
        let typed = self.resolved(frame, declared, 0);
        let (TypeExpr::Object { properties, .. }, Some(object)) = (&*typed.expression, value.as_object())
        else {
            return false;
        };
        properties.iter().all(|property| {
            let Some(given) = object.value(&property.name) else { return true };
            let literals = match &*self.resolved(&typed.frame, &property.value, 0).expression {
                TypeExpr::Union(types) => {
                    types.iter().map(|one| self.literal_of(&typed.frame, one)).collect()
                }
                one => vec![self.literal_of(&typed.frame, one)],
            };
            literals.iter().any(|literal| {
                literal.as_ref().is_none_or(|literal| literal.equals(given, false) != Some(false))
            })
        })
    }
}

fn member_type(base: &Typed<'_>, member: &str) -> Option<Typed<'static>> {
    let (expression, secure, bounds) = match (&*base.expression, member) {
        (TypeExpr::Object { additional, .. }, "*") => {
            (additional.as_deref()?.clone(), false, Bounds::default())
        }
        (TypeExpr::Object { properties, additional }, name) => {
            match properties.iter().find(|property| *property.name == *name) {
                Some(property) => (property.value.clone(), property.secure, property.bounds),
                None => (additional.as_deref()?.clone(), false, Bounds::default()),
            }
        }
        (TypeExpr::Array(item), _) => ((**item).clone(), false, Bounds::default()),
        (TypeExpr::Tuple(items), index) => {
            // `T[0]`, and the 0 of a `$ref`
            let index = index.trim_matches(['[', ']']).trim().parse::<usize>().ok()?;
            (items.get(index)?.clone(), false, Bounds::default())
        }
        _ => return None,
    };
    Some(Typed {
        frame: Rc::clone(&base.frame),
        expression: std::borrow::Cow::Owned(expression),
        secure,
        bounds,
    })
}

fn merged(own: Bounds, other: Bounds) -> Bounds {
    Bounds { min: own.min.or(other.min), max: own.max.or(other.max) }
}

fn value_type(declared: &TypeExpr) -> ValueType {
    match declared {
        TypeExpr::Primitive(name) => match &*name.to_ascii_lowercase() {
            "string" | "securestring" => ValueType::String,
            "int" => ValueType::Number,
            "bool" => ValueType::Bool,
            "object" | "secureobject" => ValueType::Object,
            "array" => ValueType::Array,
            _ => ValueType::Any,
        },
        TypeExpr::Literal(Literal::Null) => ValueType::Null,
        TypeExpr::Literal(Literal::Bool(_)) => ValueType::Bool,
        TypeExpr::Literal(Literal::Number(_)) => ValueType::Number,
        TypeExpr::Literal(Literal::String(_)) => ValueType::String,
        TypeExpr::Union(types) => {
            let mut types = types.iter().map(value_type);
            let first = types.next().unwrap_or(ValueType::Any);
            if types.all(|other| other == first) { first } else { ValueType::Any }
        }
        TypeExpr::Array(_) | TypeExpr::Tuple(_) => ValueType::Array,
        TypeExpr::Object { .. } => ValueType::Object,
        TypeExpr::Nullable(inner) => value_type(inner),
        TypeExpr::Named(_) | TypeExpr::Member(..) | TypeExpr::Opaque => ValueType::Any,
    }
}
