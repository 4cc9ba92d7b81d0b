//! A planned resource's attributes: `after`, what is unknown of it, what is sensitive, and what the configuration says of it.

use std::sync::Arc;

use jsonc_parser::ast::{Array as JsonArray, Object as JsonObject, ObjectProp, Value as Json};

use super::json::{Ask, is_true, member, property_name, span_of, to_value};
use super::links::{Links, Place, description, only};
use crate::source::FileId;
use crate::terraform::schema::{Attribute, Element, Schema};
use crate::value::{
    Array, Collection, Facts, Item, Kind, Object, Reason, ReasonKind, Reference, Unknown, Value,
};

/// What the configuration says of a value.
#[derive(Clone, Copy)]
enum Expression<'e, 'a> {
    /// The plan has no configuration of it: nothing may be concluded.
    NotRecorded,
    /// It is not configured.
    Absent,
    /// An expression: its references or its constant value. What is inside the value has the same expression.
    Of(&'e JsonObject<'a>),
    /// A nested block: expressions by attribute.
    Block(&'e JsonObject<'a>),
    /// Nested blocks.
    Blocks(&'e JsonArray<'a>),
}

impl<'e, 'a> Expression<'e, 'a> {
    fn read(json: &'e Json<'a>) -> Self {
        match json {
            Json::Array(blocks) => Expression::Blocks(blocks),
            // `{}` is an expression without references and constant (`null`, `[]`), or a block with nothing configured: alike
            Json::Object(object)
                if object.field("references").is_some_and(|list| list.as_array().is_some()) =>
            {
                Expression::Of(object)
            }
            Json::Object(object) if object.field("constant_value").is_some() => Expression::Of(object),
            Json::Object(object) => Expression::Block(object),
            _ => Expression::NotRecorded,
        }
    }

    fn attribute(self, name: &str) -> Self {
        match self {
            Expression::Block(block) => block.field(name).map_or(Expression::Absent, Expression::read),
            Expression::Blocks(_) => Expression::NotRecorded,
            same => same,
        }
    }

    fn element(self, index: usize, count: usize) -> Self {
        match self {
            Expression::Blocks(blocks) if blocks.elements.len() == count => {
                blocks.elements.get(index).map_or(Expression::NotRecorded, Expression::read)
            }
            Expression::Blocks(_) => Expression::NotRecorded,
            same => same,
        }
    }
}

/// The three parallel trees of a change, at one place.
#[derive(Clone, Copy)]
struct Change<'e, 'a> {
    after: Option<&'e Json<'a>>,
    unknown: Option<&'e Json<'a>>,
    sensitive: Option<&'e Json<'a>>,
    expression: Expression<'e, 'a>,
    /// What the provider has here.
    schema: Option<&'e Schema>,
}

/// Builds the attributes of one planned resource instance.
pub(super) struct Attributes<'p, 'a, 'j> {
    /// The plan file.
    pub(super) file: FileId,
    /// What references mean.
    pub(super) links: &'p Links<'a, 'j>,
    /// Where the resource's expressions are evaluated.
    pub(super) place: Place<'p>,
    /// What the provider's resource type has.
    pub(super) schema: Option<&'p Schema>,
}

impl<'a> Attributes<'_, 'a, '_> {
    /// The attributes of a resource from its change (`after`, `after_unknown`, `after_sensitive`) and its configured expressions.
    pub(super) fn of_change(&self, change: &Json<'a>, expressions: Option<&JsonObject<'a>>) -> Value {
        self.resource(Change {
            after: change.field("after"),
            unknown: change.field("after_unknown"),
            sensitive: change.field("after_sensitive"),
            expression: expressions.map_or(Expression::NotRecorded, Expression::Block),
            schema: self.schema,
        })
    }

    /// The attributes of a resource of `planned_values` or of a state.
    pub(super) fn of_values(&self, resource: &Json<'a>, expressions: Option<&JsonObject<'a>>) -> Value {
        self.resource(Change {
            after: resource.field("values"),
            unknown: None,
            sensitive: resource.field("sensitive_values"),
            expression: expressions.map_or(Expression::NotRecorded, Expression::Block),
            schema: self.schema,
        })
    }

    fn resource(&self, change: Change<'_, 'a>) -> Value {
        let value = self.object(change);
        let span = change.after.or(change.unknown).map(|json| span_of(self.file, json));
        let value = Value::object(value);
        match span {
            Some(span) => value.at(span),
            None => value,
        }
    }

    fn object(&self, change: Change<'_, 'a>) -> Object {
        let after = change.after.and_then(Json::as_object).map_or(&[][..], |object| &object.properties);
        let unknown = change.unknown.and_then(Json::as_object).map_or(&[][..], |object| &object.properties);
        let mut object = Object::new();
        for property in after {
            self.insert(&mut object, change, property, Some(&property.value));
        }
        for property in unknown {
            let name = property_name(property);
            let known = object.get_exact(name).is_some()
                || change.after.is_some_and(|json| json.field(name).is_some());
            if !known && anything_true(&property.value) {
                self.insert(&mut object, change, property, None);
            }
        }
        object
    }

    fn insert(
        &self,
        object: &mut Object,
        change: Change<'_, 'a>,
        property: &ObjectProp<'a>,
        after: Option<&Json<'a>>,
    ) {
        let name = property_name(property);
        let inner = Change {
            after,
            unknown: change.unknown.and_then(|json| json.field(name)),
            sensitive: change
                .sensitive
                .and_then(|json| if is_true(json) { Some(json) } else { json.field(name) }),
            expression: change.expression.attribute(name),
            schema: match change.schema.and_then(|schema| schema.attribute(name)).map(|known| &known.element)
            {
                Some(Element::Block(nested)) => Some(nested),
                _ => None,
            },
        };
        // blocks that are not known and that the provider does not make up come from `dynamic`
        let made_up =
            change.schema.and_then(|schema| schema.attribute(name)).is_none_or(Attribute::is_ever_computed);
        let inner = match inner.expression {
            Expression::Absent if !made_up && inner.unknown.is_some_and(is_true) => {
                Change { expression: Expression::NotRecorded, ..inner }
            }
            _ => inner,
        };
        if let Some(value) = self.attribute(name, inner) {
            object.insert(name, member(self.file, property, value));
        }
    }

    /// An attribute; `None` where nothing is configured and nothing is planned.
    fn attribute(&self, name: &str, change: Change<'_, 'a>) -> Option<Value> {
        let nothing_planned = match change.after {
            None | Some(Json::NullKeyword(_)) => true,
            Some(Json::Array(array)) => array.elements.is_empty(),
            Some(_) => false,
        };
        if nothing_planned {
            match change.expression {
                Expression::Absent => return None,
                Expression::Of(expression) if name.ends_with("_wo") => {
                    return Some(self.write_only(name, expression));
                }
                _ => {}
            }
        }
        // blocks that the configuration does not show although they are planned come from `dynamic`
        let expression = match (change.expression, change.after) {
            (Expression::Absent, Some(Json::Array(_) | Json::Object(_))) => Expression::NotRecorded,
            (same, _) => same,
        };
        Some(self.value(name, Change { expression, ..change }))
    }

    fn value(&self, name: &str, change: Change<'_, 'a>) -> Value {
        let sensitive = change.sensitive.is_some_and(is_true);
        if change.unknown.is_some_and(is_true) {
            return self.unknown(name, change).tainted(sensitive);
        }
        let value = match change.after {
            Some(Json::Object(_)) => Value::object(self.object(change)),
            Some(Json::Array(_)) => self.array(name, change),
            Some(scalar) => to_value(self.file, scalar),
            None => match change.unknown {
                Some(Json::Object(_)) => Value::object(self.object(change)),
                Some(Json::Array(_)) => self.array(name, change),
                _ => self.unknown(name, change),
            },
        };
        let value = match change.after {
            Some(json) => value.at(span_of(self.file, json)),
            None => value,
        };
        value.tainted(sensitive)
    }

    fn array(&self, name: &str, change: Change<'_, 'a>) -> Value {
        let planned = elements(change.after);
        let unknown = elements(change.unknown);
        let sensitive = change.sensitive.filter(|json| !is_true(json)).and_then(Json::as_array);
        let count = planned.len().max(unknown.len());
        let mut linked = self.linked_items(unknown, change.expression).into_iter();
        let items = (0..count).map(|index| {
            let after = planned.get(index);
            let inner = Change {
                after,
                unknown: unknown.get(index),
                sensitive: sensitive.and_then(|list| list.elements.get(index)),
                expression: change.expression.element(index, count),
                schema: change.schema,
            };
            let link = if inner.unknown.is_some_and(is_true) { linked.next() } else { None };
            let value = link.map_or_else(|| self.value(name, inner), Value::reference);
            Item { site: after.map(|json| span_of(self.file, json)), value }
        });
        let items: Vec<Item> = items.collect();
        let blocks = !items.is_empty() && items.iter().all(|item| item.value.as_object().is_some());
        let collection = if blocks { Collection::Uniform } else { Collection::Literal };
        Value::array(Array { items, open: None, collection })
    }

    /// What the unknown items of a list refer to, where the configuration names one resource an item.
    fn linked_items(&self, unknown: &[Json<'a>], expression: Expression<'_, 'a>) -> Vec<Reference> {
        let Expression::Of(expression) = expression else { return Vec::new() };
        let targets: Option<Vec<Reference>> =
            self.links.targets(expression, self.place).into_iter().collect();
        let holes = unknown.iter().filter(|item| is_true(item)).count();
        targets.filter(|targets| targets.len() == holes).unwrap_or_default()
    }

    /// A value that is known only after apply: a link where the configuration names exactly one resource.
    fn unknown(&self, name: &str, change: Change<'_, 'a>) -> Value {
        let expression = match change.expression {
            Expression::Of(expression) => Some(expression),
            _ => None,
        };
        let link = expression.and_then(|expression| only(self.links.targets(expression, self.place)));
        let value = match link {
            Some(reference) => Value::reference(reference),
            None => {
                let source = expression.and_then(description);
                let text: Arc<str> = match source {
                    Some(source) => Arc::from(format!("{source} is known only after apply")),
                    None => Arc::from(format!("{name} is known only after apply")),
                };
                Value::unknown(Reason::new(ReasonKind::Runtime, text))
            }
        };
        match expression {
            Some(expression) => value.at(span_of(self.file, expression)),
            None => value,
        }
    }

    /// A write-only argument: the plan does not hold its value, the configuration at most a literal one.
    fn write_only(&self, name: &str, expression: &JsonObject<'a>) -> Value {
        let value = match expression.field("constant_value") {
            Some(constant) => to_value(self.file, constant),
            None => {
                let reason = Reason::new(
                    ReasonKind::Runtime,
                    format!("{name} is write-only: no plan holds its value"),
                );
                let facts = Facts { not_null: true, ..Facts::default() };
                let unknown = Unknown::new(reason).with_facts(facts);
                Value::new(Kind::Unknown(Arc::new(unknown))).at(span_of(self.file, expression))
            }
        };
        value.tainted(true)
    }
}

fn elements<'e, 'a>(json: Option<&'e Json<'a>>) -> &'e [Json<'a>] {
    json.and_then(Json::as_array).map_or(&[], |array| &array.elements)
}

/// Whether `after_unknown` says of anything in it that it is unknown.
fn anything_true(json: &Json<'_>) -> bool {
    match json {
        Json::Object(object) => object.properties.iter().any(|property| anything_true(&property.value)),
        Json::Array(array) => array.elements.iter().any(anything_true),
        other => is_true(other),
    }
}
