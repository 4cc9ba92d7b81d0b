//! A block's arguments and nested blocks → an object in the provider's shape.

use std::sync::Arc;

use indexmap::IndexMap;

use super::module::BodyView;
use super::repetition::{MAX_INSTANCES, reasons_of};
use super::scope::{Frame, Iterator, iterator_value};
use crate::source::{Diagnostic, DiagnosticCode, Level, Span};
use crate::terraform::ast::{Block, ExprId, ExprKind, File, Name};
use crate::value::{Array, Collection, Item, Kind, Member, Object, Reason, ReasonKind, Unknown, Value};

/// What Terraform itself takes out of a resource's block before the provider sees it.
const RESOURCE_ARGUMENTS: [&str; 4] = ["count", "for_each", "provider", "depends_on"];
const RESOURCE_BLOCKS: [&str; 3] = ["lifecycle", "provisioner", "connection"];

/// The nested blocks of one type.
#[derive(Default)]
struct Group {
    items: Vec<Item>,
    open: Option<Arc<Unknown>>,
    /// The first block of the type, and its header.
    place: Option<(Span, Span)>,
}

/// The attributes of a resource or data source.
pub(super) fn resource_attributes(frame: &Frame<'_>, view: &BodyView<'_>) -> Object {
    let mut view = view.clone();
    view.attributes.retain(|(_, attribute)| !RESOURCE_ARGUMENTS.contains(&&*attribute.name));
    view.blocks.retain(|(_, block)| !RESOURCE_BLOCKS.contains(&&*block.block_type));
    attributes(frame, &view)
}

/// How the arguments of `connection` and `provisioner` blocks end that may hold a secret. The others are not evaluated: commands and
/// their like are texts of any kind.
const OPERATION_SECRETS: [&str; 4] = ["password", "private_key", "client_secret", "environment"];

/// What the `connection` and `provisioner` blocks of a resource hold that may be a secret; `None` where there are none.
pub(super) fn operations(frame: &Frame<'_>, view: &BodyView<'_>) -> Option<Value> {
    let mut found = Object::new();
    for kind in ["connection", "provisioner"] {
        let blocks: Vec<Item> = view
            .blocks_of(kind)
            .map(|(file, block)| {
                let mut inside = BodyView::of(file, &block.body);
                let is_secret = |name: &str| OPERATION_SECRETS.iter().any(|end| name.ends_with(end));
                inside.attributes.retain(|(_, attribute)| is_secret(&attribute.name));
                inside.blocks.retain(|(_, block)| &*block.block_type == "connection");
                let mut object = attributes(frame, &BodyView { blocks: Vec::new(), ..inside.clone() });
                if let Some(Value { kind: Kind::Object(nested), .. }) = operations(frame, &inside) {
                    nested.members().for_each(|(key, member)| object.insert(key.clone(), member.clone()));
                }
                Item { site: Some(block.span), value: Value::object(object).at(block.span) }
            })
            .collect();
        if !blocks.is_empty() {
            let blocks = Array { items: blocks, open: None, collection: Collection::Uniform };
            found.insert(kind, Value::array(blocks));
        }
    }
    (!found.is_empty()).then(|| Value::object(found))
}

/// The object of a body: arguments by name, nested blocks as arrays by type, in the order in which they are written.
fn attributes(frame: &Frame<'_>, view: &BodyView<'_>) -> Object {
    let mut members: Vec<(Name, Member)> = Vec::with_capacity(view.attributes.len());
    for (file, attribute) in &view.attributes {
        let member = Member {
            site: Some(attribute.span),
            key_span: Some(attribute.name_span),
            value: frame.evaluate(file, attribute.value),
        };
        members.push((Arc::clone(&attribute.name), member));
    }
    for (name, group) in groups(frame, view) {
        let value =
            Value::array(Array { items: group.items, open: group.open, collection: Collection::Uniform });
        let (site, header) = group.place.unzip();
        let value = match site {
            Some(site) => value.at(site),
            None => value,
        };
        members.push((name, Member { site, key_span: header, value }));
    }
    if let Some(first) = members.first().and_then(|(_, member)| member.site)
        && members.iter().all(|(_, member)| member.site.is_some_and(|site| site.file == first.file))
    {
        members.sort_by_key(|(_, member)| member.site.map(|site| site.start));
    }
    members.into_iter().collect()
}

fn groups(frame: &Frame<'_>, view: &BodyView<'_>) -> IndexMap<Name, Group> {
    let mut groups: IndexMap<Name, Group> = IndexMap::new();
    for (file, block) in &view.blocks {
        let dynamic = (&*block.block_type == "dynamic").then(|| block.labels.first()).flatten();
        let name = dynamic.map_or(&block.block_type, |label| &label.text);
        let group = groups.entry(Arc::clone(name)).or_default();
        group.place.get_or_insert((block.span, block.header));
        if dynamic.is_some() {
            expand_dynamic(frame, file, block, name, group);
        } else {
            let value = Value::object(attributes(frame, &BodyView::of(file, &block.body))).at(block.span);
            group.items.push(Item { site: Some(block.span), value });
        }
    }
    groups
}

/// Adds the blocks that a `dynamic` block makes.
fn expand_dynamic(frame: &Frame<'_>, file: &File, block: &Block, name: &str, group: &mut Group) {
    let view = BodyView::of(file, &block.body);
    let Some((_, each)) = view.attribute("for_each") else {
        let message = format!("the dynamic block '{name}' has no for_each");
        frame.report_once(Diagnostic::new(Level::Error, DiagnosticCode::Evaluation, message, block.header));
        return;
    };
    let Some((_, content)) = view.blocks_of("content").next() else {
        let message = format!("the dynamic block '{name}' has no content");
        frame.report_once(Diagnostic::new(Level::Error, DiagnosticCode::Evaluation, message, block.header));
        return;
    };
    let iterator = view.attribute("iterator").and_then(|(_, attribute)| iterator_name(file, attribute.value));
    let collection = frame.evaluate(file, each.value);
    let (pairs, open) = elements(&collection);
    if let Some(open) = open {
        group.open = Some(open);
    }
    if pairs.is_none()
        && collection.as_unknown().is_none()
        && !matches!(collection.kind, Kind::OneOf(_) | Kind::Reference(_))
    {
        let message = format!("the for_each of the dynamic block '{name}' is not a collection");
        frame.report_once(Diagnostic::new(Level::Error, DiagnosticCode::Evaluation, message, each.span));
        return;
    }
    let body = BodyView::of(file, &content.body);
    for (index, (key, value)) in pairs.unwrap_or_default().into_iter().enumerate() {
        if index >= MAX_INSTANCES {
            let message = format!("the dynamic block '{name}' makes more than {MAX_INSTANCES} blocks");
            frame.report_once(Diagnostic::new(
                Level::Warning,
                DiagnosticCode::Limit,
                message.clone(),
                each.span,
            ));
            group.open = Some(Arc::new(Unknown::new(Reason::new(ReasonKind::Limit, message))));
            break;
        }
        let iterator = Iterator {
            name: iterator.unwrap_or(name),
            value: iterator_value(key, value),
            outer: frame.iterators,
        };
        let inner = Frame { iterators: Some(&iterator), ..*frame };
        let value = Value::object(attributes(&inner, &body)).at(content.span);
        group.items.push(Item { site: Some(block.span), value });
    }
}

type Pairs = Vec<(Value, Value)>;

/// The keys and values of a collection, and why there may be more than these.
fn elements(collection: &Value) -> (Option<Pairs>, Option<Arc<Unknown>>) {
    match &collection.kind {
        Kind::Object(object) => {
            let mut pairs: Pairs = object
                .members()
                .map(|(key, member)| (Value::string(Arc::clone(&key.0)), member.value.clone()))
                .collect();
            pairs.sort_by(|a, b| a.0.as_str().cmp(&b.0.as_str()));
            (Some(pairs), object.open.clone())
        }
        Kind::Array(array) => {
            let is_set = array.collection == Collection::Set;
            let pair = |(index, value): (usize, &Value)| {
                let key =
                    if is_set { value.clone() } else { Value::int(i64::try_from(index).unwrap_or(i64::MAX)) };
                (key, value.clone())
            };
            (Some(array.values().enumerate().map(pair).collect()), array.open.clone())
        }
        Kind::Unknown(_) | Kind::OneOf(_) | Kind::Reference(_) => {
            (None, Some(Arc::new(reasons_of(collection))))
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => (None, None),
    }
}

/// `iterator = rule`: a bare name.
fn iterator_name(file: &File, id: ExprId) -> Option<&str> {
    match &file.expressions[id].kind {
        ExprKind::Root(name) => Some(name),
        // in JSON syntax
        _ => super::module::literal_string(file, id),
    }
}
