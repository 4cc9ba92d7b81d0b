//! Values as the provider's schema makes them: converted to its types, nested blocks with what is absent of them.

use std::sync::Arc;

use super::{Attribute, Collection as Held, Element, Schema, State};
use crate::value::{Array, Collection, Item, Kind, Member, Number, Object, Origin, Step, StepKind, Value};

/// The attributes with Terraform's conversions to the types of the schema: `"false"` is a boolean where one is wanted. What does not
/// fit stays as it is.
pub(crate) fn conform(attributes: &Object, schema: &Schema) -> Object {
    let mut object = attributes.clone();
    for (key, member) in object.members_mut() {
        if let Some(attribute) = schema.attribute(key.as_str()) {
            member.value = conformed(&member.value, attribute);
        }
    }
    object
}

fn conformed(value: &Value, attribute: &Attribute) -> Value {
    if let Kind::OneOf(values) = &value.kind {
        let values: Vec<Value> = values.iter().map(|value| conformed(value, attribute)).collect();
        return Value { kind: Kind::OneOf(values.into()), ..value.clone() };
    }
    let kind = match (attribute.collection, &value.kind) {
        (Held::Single, _) => return element(value, &attribute.element),
        // JSON syntax knows one block as an object
        (Held::List | Held::Set, Kind::Object(_)) if matches!(attribute.element, Element::Block(_)) => {
            let item = Item { site: value.origin.span, value: element(value, &attribute.element) };
            array(vec![item], &Array::default(), attribute)
        }
        (Held::List | Held::Set, Kind::Array(old)) => {
            let items = old
                .items
                .iter()
                .map(|item| Item { value: element(&item.value, &attribute.element), ..item.clone() });
            array(items.collect(), old, attribute)
        }
        (Held::Map, Kind::Object(old)) => {
            let mut object = Object::clone(old);
            for (_, member) in object.members_mut() {
                member.value = element(&member.value, &attribute.element);
            }
            object.collection = Collection::Uniform;
            Kind::Object(Arc::new(object))
        }
        _ => return value.clone(),
    };
    Value { kind, ..value.clone() }
}

fn array(mut items: Vec<Item>, old: &Array, attribute: &Attribute) -> Kind {
    let set_of_strings =
        attribute.collection == Held::Set && items.iter().all(|item| item.value.as_str().is_some());
    if set_of_strings {
        items.sort_by(|a, b| a.value.as_str().cmp(&b.value.as_str()));
        items.dedup_by(|a, b| a.value.as_str() == b.value.as_str());
    }
    let is_block = matches!(attribute.element, Element::Block(_));
    let collection =
        if attribute.collection == Held::Set && !is_block { Collection::Set } else { Collection::Uniform };
    Kind::Array(Arc::new(Array { items, open: old.open.clone(), collection }))
}

fn element(value: &Value, wanted: &Element) -> Value {
    let kind = match (wanted, &value.kind) {
        (Element::Block(schema), Kind::Object(object)) => Kind::Object(Arc::new(conform(object, schema))),
        (Element::Bool, Kind::String(text)) => match &**text {
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            _ => return value.clone(),
        },
        (Element::Number, Kind::String(text)) => match Number::parse(text) {
            Some(number) => Kind::Number(number),
            None => return value.clone(),
        },
        (Element::String, Kind::Bool(value)) => Kind::String(Arc::from(value.to_string())),
        (Element::String, Kind::Number(number)) => Kind::String(Arc::from(number.to_string())),
        _ => return value.clone(),
    };
    Value { kind, ..value.clone() }
}

/// The attributes as the provider plans them: what is configured as null has its default, empty collections are nothing, and nested
/// blocks are complete with defaults, nulls, and no blocks for what is absent. What is not configured of the resource itself is not added.
pub(crate) fn complete(attributes: &Object, schema: &Schema, major: u32, origin: &Origin) -> Object {
    let mut object = Object::new();
    object.open.clone_from(&attributes.open);
    for (key, member) in attributes.members() {
        let known = schema.attribute(key.as_str());
        let value = match known {
            Some(known) if member.value.is_null() || known.is_nothing(&member.value) => {
                match known.when_absent(key.as_str(), major, origin) {
                    Some(value) => value,
                    None if member.value.is_null() => member.value.clone(),
                    None => continue,
                }
            }
            Some(Attribute { element: Element::Block(nested), .. }) => {
                complete_blocks(&member.value, nested, major)
            }
            _ => member.value.clone(),
        };
        object.insert(key.clone(), Member { value, ..member.clone() });
    }
    object
}

fn complete_blocks(value: &Value, schema: &Schema, major: u32) -> Value {
    let Kind::Array(old) = &value.kind else { return value.clone() };
    let mut blocks = Array::clone(old);
    for item in &mut blocks.items {
        if let Kind::Object(block) = &item.value.kind {
            let mut block = complete(block, schema, major, &item.value.origin);
            add_absent(&mut block, schema, major, &item.value.origin);
            item.value.kind = Kind::Object(Arc::new(block));
        }
    }
    Value { kind: Kind::Array(Arc::new(blocks)), ..value.clone() }
}

fn add_absent(block: &mut Object, schema: &Schema, major: u32, origin: &Origin) {
    for (name, attribute) in schema.attributes() {
        if block.get_exact(name).is_none()
            && let Some(value) = attribute.when_absent(name, major, origin)
        {
            block.insert(name, Member { site: None, key_span: None, value });
        }
    }
}

impl Attribute {
    /// What an absent attribute is planned as in a major version: its default, null, or no blocks; `None` where the provider
    /// decides. `beside` is the origin of what the attribute is absent of.
    pub(crate) fn when_absent(&self, name: &str, major: u32, beside: &Origin) -> Option<Value> {
        match self.state(major) {
            State::Default(_) => self.default(name, major, beside),
            State::Optional if matches!(self.element, Element::Block(_)) => {
                Some(Value::array(Array::default()))
            }
            State::Optional => Some(Value::null()),
            State::Missing | State::Required | State::Computed => None,
        }
    }

    /// Whether the provider takes a value for none: an empty collection that may be absent.
    fn is_nothing(&self, value: &Value) -> bool {
        let empty = match &value.kind {
            Kind::Array(array) => array.items.is_empty() && array.is_closed(),
            Kind::Object(object) => object.is_empty() && object.is_closed(),
            _ => false,
        };
        empty && self.collection != Held::Single && !matches!(self.element, Element::Block(_))
    }

    fn default(&self, name: &str, major: u32, beside: &Origin) -> Option<Value> {
        let State::Default(json) = self.state(major) else { return None };
        let value = match serde_json::from_str(json).ok()? {
            serde_json::Value::Bool(value) => Value::bool(value),
            serde_json::Value::Number(number) => {
                Value::new(Kind::Number(Number::parse(&number.to_string())?))
            }
            serde_json::Value::String(text) => Value::string(text),
            _ => return None,
        };
        let via = beside.span.map(|span| {
            Arc::new(Step { kind: StepKind::ProviderDefault, name: Arc::from(name), span, before: None })
        });
        Some(Value { origin: Origin { span: None, via }, ..value })
    }
}
