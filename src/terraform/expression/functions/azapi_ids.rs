//! The azapi provider's functions about resource ids. All are pure.

use super::{Failure, Function, Invocation, Parameter, Want, string, strings, text};
use crate::value::{Collection, Key, Member, Object, Value, ValueType};

const TYPE: Parameter = string("resource_type");
const NAMES: Parameter = strings("resource_names");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "provider::azapi::build_resource_id",
        &[string("parent_id"), TYPE, string("name")],
        ValueType::String,
        |_, values| below(text(values, 0)?, text(values, 1)?, text(values, 2)?).map(Value::string),
    ),
    Function::new(
        "provider::azapi::extension_resource_id",
        &[string("base_resource_id"), TYPE, NAMES],
        ValueType::String,
        |_, values| nested(text(values, 0)?, values, 1),
    ),
    Function::new(
        "provider::azapi::management_group_resource_id",
        &[string("management_group_name"), TYPE, NAMES],
        ValueType::String,
        |_, values| {
            let group = format!("/providers/Microsoft.Management/managementGroups/{}", text(values, 0)?);
            nested(&group, values, 1)
        },
    ),
    Function::new(
        "provider::azapi::parse_resource_id",
        &[TYPE, Parameter { name: "resource_id", want: Want::String, nullable: true }],
        ValueType::Object,
        parse,
    ),
    Function::new(
        "provider::azapi::resource_group_resource_id",
        &[string("subscription_id"), string("resource_group_name"), TYPE, NAMES],
        ValueType::String,
        |_, values| {
            let group = format!("/subscriptions/{}/resourceGroups/{}", text(values, 0)?, text(values, 1)?);
            nested(&group, values, 2)
        },
    ),
    Function::new(
        "provider::azapi::subscription_resource_id",
        &[string("subscription_id"), TYPE, NAMES],
        ValueType::String,
        |_, values| nested(&format!("/subscriptions/{}", text(values, 0)?), values, 1),
    ),
    Function::new("provider::azapi::tenant_resource_id", &[TYPE, NAMES], ValueType::String, |_, values| {
        nested("", values, 0)
    }),
];

/// The namespace of a type and its segments; a version behind `@` is left out.
fn segments(resource_type: &str) -> Result<(&str, Vec<&str>), Failure> {
    let plain = resource_type.split('@').next().unwrap_or(resource_type);
    let mut words = plain.split('/');
    let namespace = words.next().unwrap_or_default();
    let segments: Vec<&str> = words.collect();
    if namespace.is_empty() || segments.is_empty() || segments.iter().any(|segment| segment.is_empty()) {
        return Err(Failure::from(
            "invalid azure resource type, it should be like `ResourceProvider/resourceTypes`",
        ));
    }
    Ok((namespace, segments))
}

/// The id of a resource in the scope `base`, the type and names of which are the arguments from `from` on.
fn nested(base: &str, values: &[Value], from: usize) -> Result<Value, Failure> {
    let (namespace, segments) = segments(text(values, from)?)?;
    let names: Vec<&str> = super::array(values, from + 1)?.values().filter_map(Value::as_str).collect();
    if names.len() != segments.len() {
        return Err(Failure::from(format!(
            "number of resource names does not match the number of resource type parts, expected {}, got {}",
            segments.len(),
            names.len()
        )));
    }
    let mut id = match scope_segment(namespace, &segments) {
        Some(_) => base.to_owned(),
        None => format!("{base}/providers/{namespace}"),
    };
    for (segment, name) in segments.iter().zip(names) {
        id.extend(["/", segment, "/", name]);
    }
    Ok(Value::string(id))
}

/// Subscriptions and resource groups stand in ids without a namespace.
fn scope_segment<'t>(namespace: &str, segments: &[&'t str]) -> Option<&'t str> {
    match segments {
        [only]
            if namespace.eq_ignore_ascii_case("Microsoft.Resources")
                && ["subscriptions", "resourceGroups"].iter().any(|it| it.eq_ignore_ascii_case(only)) =>
        {
            Some(only)
        }
        _ => None,
    }
}

/// The id of a resource below its parent.
fn below(parent: &str, resource_type: &str, name: &str) -> Result<String, Failure> {
    let (namespace, segments) = segments(resource_type)?;
    let malformed = || Failure::from("`parent_id` is invalid: expect the ID of a resource or scope");
    let base = parent.strip_suffix('/').unwrap_or(parent);
    if !parent.starts_with('/') {
        return Err(malformed());
    }
    let Some((last, above)) = segments.split_last() else { return Err(malformed()) };
    if let Some(scope) = scope_segment(namespace, &segments) {
        return Ok(format!("{base}/{scope}/{name}"));
    }
    if above.is_empty() {
        return Ok(format!("{base}/providers/{namespace}/{last}/{name}"));
    }
    let wanted = format!("{namespace}/{}", above.join("/"));
    match Id::read(base) {
        Some(id) if id.resource_type.eq_ignore_ascii_case(&wanted) => Ok(format!("{base}/{last}/{name}")),
        _ => Err(Failure::from(format!("`parent_id` is invalid: expect ID of `{wanted}`"))),
    }
}

/// An id taken apart.
struct Id<'t> {
    /// All pairs: `subscriptions` and its id, `providers` and a namespace, a type and a name.
    pairs: Vec<(&'t str, &'t str)>,
    /// Where the pairs of the resource's own type begin: behind its last `providers`.
    own: usize,
    resource_type: String,
}

impl<'t> Id<'t> {
    /// `None` for text that is no id.
    fn read(text: &'t str) -> Option<Self> {
        let words: Vec<&str> = text.strip_prefix('/')?.split('/').collect();
        if !words.len().is_multiple_of(2) || words.iter().any(|word| word.is_empty()) {
            return None;
        }
        let pairs: Vec<(&str, &str)> =
            words.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect();
        let provider = pairs.iter().rposition(|(word, _)| word.eq_ignore_ascii_case("providers"));
        let (own, resource_type) = match provider {
            Some(at) => {
                let (_, namespace) = pairs.get(at)?;
                let segments = pairs.get(at + 1..)?;
                let full = segments.iter().fold((*namespace).to_owned(), |full, (word, _)| full + "/" + word);
                (at + 1, full)
            }
            None => {
                let (word, _) = pairs.last()?;
                (pairs.len() - 1, format!("Microsoft.Resources/{word}"))
            }
        };
        Some(Id { pairs, own, resource_type })
    }

    fn value_of(&self, word: &str) -> &'t str {
        self.pairs.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map_or("", |(_, value)| value)
    }

    /// The id of what this lies in: the resource above, else the scope.
    fn parent(&self) -> String {
        let to = match self.pairs.len() - self.own {
            // a resource's scope is before its namespace
            1 if self.own > 0 && !self.is_scope() => self.own - 1,
            _ => self.pairs.len() - 1,
        };
        let parent: String =
            self.pairs.iter().take(to).map(|(word, name)| format!("/{word}/{name}")).collect();
        if parent.is_empty() { "/".to_owned() } else { parent }
    }

    /// A subscription, a resource group, a management group: the last has its namespace in its parent's id.
    fn is_scope(&self) -> bool {
        [
            "Microsoft.Resources/subscriptions",
            "Microsoft.Resources/resourceGroups",
            "Microsoft.Management/managementGroups",
        ]
        .iter()
        .any(|scope| scope.eq_ignore_ascii_case(&self.resource_type))
    }
}

fn parse(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let wanted = text(values, 0)?;
    let (namespace, segments) = segments(wanted)?;
    let Some(text) = values.get(1).and_then(Value::as_str).filter(|text| !text.is_empty()) else {
        return Ok(Value::null());
    };
    let failed = |why: &str| {
        Failure::from(format!(
            "failed to parse resource ID(resourceType: {wanted}, resourceId: {text}): {why}"
        ))
    };
    let text = text.strip_suffix('/').unwrap_or(text);
    let id = Id::read(text).ok_or_else(|| failed("it is no resource ID"))?;
    let plain = format!("{namespace}/{}", segments.join("/"));
    if !id.resource_type.eq_ignore_ascii_case(&plain) {
        return Err(failed(&format!(
            "`resource_id` and `type` are not matched, expect `type` to be {plain}, but got {}",
            id.resource_type
        )));
    }
    let mut parts: Object = id
        .pairs
        .iter()
        .rev() // of two pairs of one word, as an extension's id has `providers` twice, the first counts
        .map(|(word, name)| (Key::from(*word), Member::from(Value::string(*name))))
        .collect();
    parts.collection = Collection::Uniform;
    let texts = [
        ("id", text),
        ("name", id.pairs.last().map_or("", |(_, name)| name)),
        ("parent_id", &*id.parent()),
        ("provider_namespace", namespace),
        ("resource_group_name", id.value_of("resourceGroups")),
        (
            "subscription_id",
            if id.pairs.first().is_some_and(|(word, _)| word.eq_ignore_ascii_case("subscriptions")) {
                id.value_of("subscriptions")
            } else {
                ""
            },
        ),
        ("type", &*plain),
    ];
    let mut parsed: Object =
        texts.into_iter().map(|(name, text)| (Key::from(name), Member::from(Value::string(text)))).collect();
    parsed.insert(Key::from("parts"), Value::object(parts));
    Ok(Value::object(parsed))
}
