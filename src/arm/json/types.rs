//! Types of parameters, outputs and `definitions`: JSON Schema's small dialect in templates.

use super::lowering::{Lowering, Strings};
use super::tree::{Json, Kind, Object};
use crate::arm::template::{Bounds, ExprId, Literal, TypeExpr, TypeProperty};
use crate::value::Number;

/// A declaration's type with what stands beside it.
pub(super) struct DeclaredType {
    pub(super) value: TypeExpr,
    /// `securestring` or `secureObject`.
    pub(super) secure: bool,
    pub(super) bounds: Bounds,
}

/// The type that a schema object declares; `None` without `type`, `$ref` or a shape.
pub(super) fn declared_type(lowering: &mut Lowering<'_>, schema: &Object<'_>) -> Option<DeclaredType> {
    let bounds = bounds(schema);
    if let Some(reference) = schema.get("$ref").and_then(Json::as_str) {
        let name = reference.rsplit('/').next().unwrap_or(reference);
        let value = TypeExpr::Named(lowering.name(name));
        return Some(DeclaredType { value, secure: false, bounds });
    }
    let written = schema.get("type").and_then(Json::as_str)?.to_ascii_lowercase();
    let (name, secure) = match written.as_str() {
        "securestring" => ("string", true),
        "secureobject" => ("object", true),
        other => (other, false),
    };
    let value = match name {
        "array" => array_type(lowering, schema),
        "object" => object_type(lowering, schema),
        _ => None,
    };
    let value = match value {
        Some(value) => value,
        None => literal_union(schema).unwrap_or_else(|| TypeExpr::Primitive(lowering.name(name))),
    };
    Some(DeclaredType { value, secure, bounds })
}

/// `allowedValues` as an array expression.
pub(super) fn allowed_values(lowering: &mut Lowering<'_>, schema: &Object<'_>) -> Option<ExprId> {
    let allowed = schema.get("allowedValues").filter(|allowed| allowed.as_array().is_some())?;
    Some(lowering.lower(allowed, Strings::Literal))
}

fn bounds(schema: &Object<'_>) -> Bounds {
    let number = |name: &str| match schema.get(name).map(|value| &value.kind) {
        Some(Kind::Number(text)) => Number::parse(text).and_then(Number::as_i64),
        _ => None,
    };
    Bounds {
        min: number("minValue").or_else(|| number("minLength")),
        max: number("maxValue").or_else(|| number("maxLength")),
    }
}

/// The type of an item or property: nullable where it says so.
fn member_type(lowering: &mut Lowering<'_>, json: &Json<'_>) -> DeclaredType {
    let opaque = DeclaredType { value: TypeExpr::Opaque, secure: false, bounds: Bounds::default() };
    let Some(schema) = json.as_object() else { return opaque };
    let declared = declared_type(lowering, schema).unwrap_or(opaque);
    if schema.get("nullable").and_then(Json::as_bool) == Some(true) {
        return DeclaredType { value: TypeExpr::Nullable(Box::new(declared.value)), ..declared };
    }
    declared
}

fn array_type(lowering: &mut Lowering<'_>, schema: &Object<'_>) -> Option<TypeExpr> {
    if let Some(items) = schema.get("prefixItems").and_then(Json::as_array) {
        return Some(TypeExpr::Tuple(items.iter().map(|item| member_type(lowering, item).value).collect()));
    }
    let items = schema.get("items").filter(|items| items.as_object().is_some())?;
    Some(TypeExpr::Array(Box::new(member_type(lowering, items).value)))
}

fn object_type(lowering: &mut Lowering<'_>, schema: &Object<'_>) -> Option<TypeExpr> {
    if let Some(mapping) =
        schema.get("discriminator").and_then(|tag| tag.get("mapping")).and_then(Json::as_object)
    {
        let types = mapping.members.iter().map(|member| member_type(lowering, &member.value).value);
        return Some(TypeExpr::Union(types.collect()));
    }
    let declared = schema.get("properties").and_then(Json::as_object);
    let additional = schema.get("additionalProperties").filter(|json| json.as_object().is_some());
    if declared.is_none() && additional.is_none() {
        return None;
    }
    let properties = declared.map_or(&[][..], |object| &object.members);
    let properties = properties
        .iter()
        .map(|member| {
            let declared = member_type(lowering, &member.value);
            TypeProperty {
                name: lowering.name(&member.key),
                value: declared.value,
                secure: declared.secure,
                bounds: declared.bounds,
            }
        })
        .collect();
    let additional = additional.map(|json| Box::new(member_type(lowering, json).value));
    Some(TypeExpr::Object { properties, additional })
}

/// `allowedValues` of a type without shape: a union of literals.
fn literal_union(schema: &Object<'_>) -> Option<TypeExpr> {
    let allowed = schema.get("allowedValues").and_then(Json::as_array)?;
    let literals: Option<Vec<TypeExpr>> = allowed
        .iter()
        .map(|value| {
            let literal = match &value.kind {
                Kind::Null => Literal::Null,
                Kind::Bool(value) => Literal::Bool(*value),
                Kind::Number(text) => Literal::Number(Number::parse(text)?),
                Kind::String(text) => Literal::String(text.as_ref().into()),
                _ => return None,
            };
            Some(TypeExpr::Literal(literal))
        })
        .collect();
    literals.filter(|literals| !literals.is_empty()).map(TypeExpr::Union)
}
