//! Tables → Rust code.

use super::lower::{Absent, Child, NameRule, Rule, Step, Table, Transform};
use super::written::Const;

/// The code of all tables, which must come sorted by name.
pub(super) fn code<'a>(tables: impl Iterator<Item = &'a Table>) -> String {
    let mut out = String::from("// Generated from mappings/ by build/mappings.rs.\n");
    out.push_str("pub(crate) static TABLES: &[Table] = &[\n");
    for table in tables {
        out.push_str(&table_code(table));
        out.push_str(",\n");
    }
    out.push_str("];\n");
    out
}

fn table_code(table: &Table) -> String {
    let Table { name, arm, relation, name_rule, parents, scopes, children, mapped, .. } = table;
    let item = table.item.as_ref().map_or("None".to_owned(), |(path, name)| {
        format!("Some(ItemOf {{ path: {}, name: {name:?} }})", steps(path))
    });
    let children = list(children, |Child { key, arm, name, copy, without, each }| {
        format!(
            "Child {{ key: {key:?}, arm: {arm:?}, name: {name:?}, copy: {}, without: &{without:?}, each: {each:?} }}",
            steps(copy)
        )
    });
    let rules = list(&table.rules, rule_code);
    format!(
        "Table {{ name: {name:?}, arm: {arm:?}, relation: Relation::{relation}, name_rule: {}, \
         parents: &{parents:?}, scopes: &{scopes:?}, item: {item}, children: {children}, rules: {rules}, mapped: {mapped} }}",
        name_code(name_rule)
    )
}

fn name_code(rule: &NameRule) -> String {
    match rule {
        NameRule::Attribute(name) => format!("Name::Attribute({name:?})"),
        NameRule::AttributeOr(name, default) => format!("Name::AttributeOr({name:?}, {default:?})"),
        NameRule::Constant(name) => format!("Name::Constant({name:?})"),
    }
}

fn rule_code(rule: &Rule) -> String {
    format!(
        "\nRule {{ source: {}, target: {}, child: {:?}, transforms: {}, implied: {}, absent: {} }}",
        steps(&rule.source),
        steps(&rule.target),
        rule.child,
        list(&rule.transforms, transform),
        rule.implied,
        absent(&rule.absent),
    )
}

fn steps(steps: &[Step]) -> String {
    list(steps, |step| format!("Step {{ name: {:?}, each: {} }}", step.name, step.each))
}

fn absent(absent: &Absent) -> String {
    let by_major = |constants: &[Option<Const>; 3]| {
        let each: Vec<String> = constants
            .iter()
            .map(|c| c.as_ref().map_or("None".to_owned(), |c| format!("Some({})", constant(c))))
            .collect();
        each.join(", ")
    };
    match absent {
        Absent::Nothing => "Absent::Nothing".to_owned(),
        Absent::Default(constants) => format!("Absent::Default([{}])", by_major(constants)),
        Absent::Sent(constants) => format!("Absent::Sent([{}])", by_major(constants)),
    }
}

fn constant(value: &Const) -> String {
    match value {
        Const::Bool(value) => format!("Const::Bool({value})"),
        Const::Int(value) => format!("Const::Int({value})"),
        Const::Text(value) => format!("Const::Text({value:?})"),
        Const::List(items) => format!("Const::List({})", list(items, constant)),
        Const::Object(members) => format!("Const::Object({})", named(members)),
    }
}

fn named(members: &[(String, Const)]) -> String {
    list(members, |(key, value)| format!("({key:?}, {})", constant(value)))
}

fn transform(transform: &Transform) -> String {
    match transform {
        Transform::Plain(variant) => format!("Transform::{variant}"),
        Transform::Text(variant, text) => format!("Transform::{variant}({text:?})"),
        Transform::Int(variant, value) => format!("Transform::{variant}({value})"),
        Transform::Map(members) => format!("Transform::Map({})", named(members)),
        Transform::Constant(value) => format!("Transform::Constant({})", constant(value)),
        Transform::Pairs(key, value) => format!("Transform::Pairs {{ key: {key:?}, value: {value:?} }}"),
        Transform::Wrap(key, constant, value) => {
            format!("Transform::Wrap {{ key: {key:?}, constant: {constant:?}, value: {value:?} }}")
        }
        Transform::Unless(attribute, value) => {
            format!("Transform::Unless {{ attribute: {attribute:?}, value: {value:?} }}")
        }
        Transform::Format(parts) => {
            let parts = list(parts, |(attribute, text)| {
                format!("Part::{}({text:?})", if *attribute { "Attribute" } else { "Text" })
            });
            format!("Transform::Format({parts})")
        }
    }
}

fn list<T>(items: &[T], code: impl Fn(&T) -> String) -> String {
    let items: Vec<String> = items.iter().map(code).collect();
    format!("&[{}]", items.join(", "))
}
