//! Written tables → what is emitted, checked.

use super::written::{self, Const, Ordered, ShortOr};

/// A table to be emitted. The fields are those of `format::Table`.
#[derive(Debug)]
pub(super) struct Table {
    pub name: String,
    pub arm: String,
    pub relation: &'static str,
    pub name_rule: NameRule,
    pub parents: Vec<String>,
    pub scopes: Vec<String>,
    pub item: Option<(Vec<Step>, String)>,
    pub children: Vec<Child>,
    pub rules: Vec<Rule>,
    pub mapped: bool,
}

/// A further resource, by its key in the table.
#[derive(Debug)]
pub(super) struct Child {
    pub key: String,
    pub arm: String,
    pub name: String,
    pub copy: Vec<Step>,
    pub without: Vec<String>,
    /// The array whose items are resources, and the member that says their name.
    pub each: Option<(String, String)>,
}

#[derive(Debug)]
pub(super) enum NameRule {
    Attribute(String),
    AttributeOr(String, String),
    Constant(String),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub name: String,
    pub each: bool,
}

#[derive(Debug)]
pub(super) struct Rule {
    pub source: Vec<Step>,
    pub target: Vec<Step>,
    pub child: Option<usize>,
    pub transforms: Vec<Transform>,
    pub implied: bool,
    pub absent: Absent,
}

#[derive(Clone, Debug)]
pub(super) enum Absent {
    Nothing,
    Default([Option<Const>; 3]),
    Sent([Option<Const>; 3]),
}

#[derive(Clone, Debug)]
pub(super) enum Transform {
    /// One without argument, by its name in `format::Transform`.
    Plain(&'static str),
    Text(&'static str, String),
    Int(&'static str, i64),
    Map(Vec<(String, Const)>),
    Constant(Const),
    Pairs(String, String),
    Wrap(String, String, String),
    Unless(String, String),
    /// Text and, where true, attribute names.
    Format(Vec<(bool, String)>),
}

/// Words without argument, and what they are in `format::Transform`.
const PLAIN: [(&str, &str); 17] = [
    ("bool", "Bool"),
    ("number", "Number"),
    ("string", "Text"),
    ("not", "Not"),
    ("present", "Present"),
    ("keys", "Keys"),
    ("json_decode", "JsonDecode"),
    ("json_string", "JsonEncode"),
    ("key_vault_uri", "KeyVaultUri"),
    ("key_name", "KeyName"),
    ("key_version", "KeyVersion"),
    ("role_definition_id", "RoleDefinitionId"),
    ("by_name", "ByName"),
    ("only_item", "OnlyItem"),
    ("first", "First"),
    ("set", "Set"),
    ("copy", ""),
];

/// Words with an argument after a space: `join ", "`, `times 1024`, `format {a}_{b}`, `constant x`.
const WITH_ARGUMENT: [&str; 15] = [
    "wrap",
    "contains",
    "join",
    "split",
    "before",
    "after",
    "after_last",
    "prefix",
    "times",
    "over",
    "format",
    "constant",
    "pairs",
    "unless",
    "read_from",
];

/// The tables of a file, or every error in it.
pub(super) fn file(text: &str) -> Result<Vec<Table>, Vec<String>> {
    let options = serde_saphyr::options! { strict_booleans: true };
    let written: Ordered<ShortOr<written::Table>> =
        serde_saphyr::from_str_with_options(text, options).map_err(|error| vec![error.to_string()])?;
    let mut tables = Vec::new();
    let mut errors = Vec::new();
    for (name, ShortOr(one)) in &written.0 {
        match inherited(one, &written, 0).and_then(|one| table(name, one)) {
            Ok(table) => tables.push(table),
            Err(error) => errors.push(format!("{name}: {error}")),
        }
    }
    if errors.is_empty() { Ok(tables) } else { Err(errors) }
}

/// The table with what it takes over from the one that it is `like`.
fn inherited(
    one: &written::Table,
    all: &Ordered<ShortOr<written::Table>>,
    depth: usize,
) -> Result<written::Table, String> {
    let Some(like) = &one.like else { return Ok(one.clone()) };
    let base = all.0.iter().find(|(name, _)| name == like).map(|(_, ShortOr(base))| base);
    let base = base
        .filter(|_| depth < 8)
        .ok_or_else(|| format!("'{like}' is not in this file, or is like this one"))?;
    let base = inherited(base, all, depth + 1)?;
    let mut table = one.clone();
    if table.arm.is_empty() {
        table.arm.clone_from(&base.arm);
    }
    table.name = table.name.or(base.name);
    table.name_is = table.name_is.or(base.name_is);
    table.name_default = table.name_default.or(base.name_default);
    table.item = table.item.or(base.item);
    for (list, inherited) in
        [(&mut table.parent, base.parent), (&mut table.part_of, base.part_of), (&mut table.scope, base.scope)]
    {
        if list.0.is_empty() {
            *list = inherited;
        }
    }
    let mut children = base.children;
    for (_, ShortOr(child)) in &mut children.0 {
        if let Some(rest) = child.arm.strip_prefix(&base.arm) {
            child.arm = format!("{}{rest}", table.arm);
        }
    }
    table.children = overlaid(children, table.children);
    let mut attributes = base.attributes;
    attributes.0.retain(|(name, _)| !one.without.0.contains(name));
    table.attributes = overlaid(attributes, table.attributes);
    table.set = overlaid(base.set, table.set);
    table.given = overlaid(base.given, table.given);
    Ok(table)
}

/// The members of `base` with those of `over` in their place or behind them.
fn overlaid<T>(mut base: Ordered<T>, over: Ordered<T>) -> Ordered<T> {
    for (name, value) in over.0 {
        match base.0.iter_mut().find(|(other, _)| *other == name) {
            Some((_, there)) => *there = value,
            None => base.0.push((name, value)),
        }
    }
    base
}

fn table(name: &str, written: written::Table) -> Result<Table, String> {
    if !name.starts_with("azurerm_") && !name.starts_with("azuread_") {
        return Err("a type begins with azurerm_ or azuread_".to_owned());
    }
    if written.arm.is_empty() && !written.outside {
        return Err("'arm' is missing (or 'outside: true' for what ARM does not know)".to_owned());
    }
    if !written.arm.is_empty() && !written.arm.contains('/') {
        return Err(format!("'{}' is no ARM type", written.arm));
    }
    let relation = match (written.outside, written.part_of.0.is_empty()) {
        (true, _) => "Outside",
        (false, false) => "Part",
        (false, true) => "Resource",
    };
    let mut children: Vec<Child> = Vec::new();
    for (key, ShortOr(child)) in written.children.0 {
        let copy = if child.copy.is_empty() { Vec::new() } else { path(&child.copy)? };
        let each = child.each.map(|each| (each.list, each.named));
        if each.is_some() && relation == "Part" {
            return Err(format!("'{key}': a part of a resource has no children of a number"));
        }
        children.push(Child { key, arm: child.arm, name: child.name, copy, without: child.without.0, each });
    }
    let mapped = !(written.attributes.0.is_empty() && written.set.0.is_empty() && written.given.0.is_empty());
    let mut rules = Vec::new();
    for (attribute, targets) in written.attributes.0 {
        for ShortOr(target) in targets.0 {
            attribute_rules(&attribute, target, &children, &mut rules)
                .map_err(|error| format!("attribute '{attribute}': {error}"))?;
        }
    }
    for (attribute, constants) in written.given.0 {
        for (to, constant) in constants.0 {
            let (child, target) = place(&to, &children)?;
            let transforms = vec![Transform::Constant(constant)];
            rules.push(Rule {
                source: path(&attribute)?,
                target,
                child,
                transforms,
                implied: true,
                absent: Absent::Nothing,
            });
        }
    }
    for (to, constant) in written.set.0 {
        let (child, target) = place(&to, &children)?;
        let absent = Absent::Sent(per_major(constant));
        rules.push(Rule {
            source: Vec::new(),
            target,
            child,
            transforms: Vec::new(),
            implied: false,
            absent,
        });
    }
    for rule in &rules {
        check_depth(rule)?;
    }
    let parents = if relation == "Part" { written.part_of.0 } else { written.parent.0 };
    Ok(Table {
        name: name.to_owned(),
        arm: written.arm,
        relation,
        name_rule: match (
            written.name_is,
            written.name.unwrap_or_else(|| "name".to_owned()),
            written.name_default,
        ) {
            (Some(constant), _, _) => NameRule::Constant(constant),
            (None, attribute, Some(default)) => NameRule::AttributeOr(attribute, default),
            (None, attribute, None) => NameRule::Attribute(attribute),
        },
        parents,
        scopes: written.scope.0,
        item: written.item.map(|item| Ok::<_, String>((path(&item.path)?, item.named))).transpose()?,
        children,
        rules,
        mapped,
    })
}

/// The rules of one attribute and target: one for each of its spellings.
fn attribute_rules(
    attribute: &str,
    written: written::Attribute,
    children: &[Child],
    rules: &mut Vec<Rule>,
) -> Result<(), String> {
    if written.to.is_empty() {
        return Err("'to' is missing".to_owned());
    }
    let (child, target) = place(&written.to, children)?;
    let mut transforms = transforms(&written)?;
    if !written.map.0.is_empty() {
        transforms.push(Transform::Map(written.map.0));
    }
    let absent = match (written.default, written.absent) {
        (_, Some(sent)) => Absent::Sent(per_major(sent)),
        (Some(default), None) => {
            if transforms.is_empty() {
                transforms.extend(type_of(&default));
            }
            Absent::Default(per_major(default))
        }
        (None, None) => Absent::Nothing,
    };
    let source = path(attribute)?;
    let spelled = |old: &str| {
        let mut source = source.clone();
        match old.contains('.') {
            true => path(old),
            false => {
                if let Some(last) = source.last_mut() {
                    old.clone_into(&mut last.name);
                }
                Ok(source)
            }
        }
    };
    let nothing = Absent::Nothing;
    rules.push(Rule {
        source: source.clone(),
        target: target.clone(),
        child,
        transforms: transforms.clone(),
        implied: false,
        absent,
    });
    for old in &written.was.0 {
        let source = spelled(old)?;
        rules.push(Rule {
            source,
            target: target.clone(),
            child,
            transforms: transforms.clone(),
            implied: false,
            absent: nothing.clone(),
        });
    }
    for old in &written.was_not.0 {
        let mut inverted = vec![Transform::Plain("Not")];
        inverted.extend(transforms.clone());
        let source = spelled(old)?;
        rules.push(Rule {
            source,
            target: target.clone(),
            child,
            transforms: inverted,
            implied: false,
            absent: nothing.clone(),
        });
    }
    Ok(())
}

/// A default says what type the attribute has, so that `"true"` is read as Terraform reads it.
fn type_of(default: &Const) -> Option<Transform> {
    match default {
        Const::Bool(_) => Some(Transform::Plain("Bool")),
        Const::Int(_) => Some(Transform::Plain("Number")),
        Const::Text(_) => Some(Transform::Plain("Text")),
        Const::Object(members) => {
            majors(members).and_then(|by_major| by_major.iter().flatten().find_map(type_of))
        }
        Const::List(_) => None,
    }
}

fn per_major(constant: Const) -> [Option<Const>; 3] {
    if let Const::Object(members) = &constant
        && let Some(by_major) = majors(members)
    {
        return by_major;
    }
    [Some(constant.clone()), Some(constant.clone()), Some(constant)]
}

/// `{v3: …, v4: …, v5: …}`: all keys are majors.
fn majors(members: &[(String, Const)]) -> Option<[Option<Const>; 3]> {
    let mut by_major = [None, None, None];
    for (key, value) in members {
        let index = ["v3", "v4", "v5"].iter().position(|major| major == key)?;
        by_major[index] = Some(value.clone());
    }
    (!members.is_empty()).then_some(by_major)
}

fn transforms(written: &written::Attribute) -> Result<Vec<Transform>, String> {
    let mut transforms = Vec::new();
    for text in &written.transforms.0 {
        let (word, argument) = text.split_once(' ').unwrap_or((text, ""));
        if let Some((_, variant)) = PLAIN.iter().find(|(plain, _)| *plain == word) {
            if !variant.is_empty() {
                transforms.push(Transform::Plain(variant));
            }
            continue;
        }
        transforms.push(match word {
            "enabled_disabled" => words("Enabled", "Disabled"),
            "disabled_enabled" => words("Disabled", "Enabled"),
            "join" => Transform::Text("Join", argument.trim_matches('"').to_owned()),
            "split" => Transform::Text("Split", argument.trim_matches('"').to_owned()),
            "before" => Transform::Text("Before", argument.to_owned()),
            "after" => Transform::Text("After", argument.to_owned()),
            "after_last" => Transform::Text("AfterLast", argument.to_owned()),
            "unless" => unless(argument)?,
            "read_from" => Transform::Text("ReadFrom", argument.to_owned()),
            "wrap" => wrap(argument)?,
            "contains" => Transform::Text("Contains", argument.to_owned()),
            "prefix" => Transform::Text("Prefix", argument.to_owned()),
            "times" => Transform::Int("Times", integer(argument)?),
            "over" => match integer(argument)? {
                0 => return Err("nothing is divided by 0".to_owned()),
                divisor => Transform::Int("Over", divisor),
            },
            "constant" => Transform::Constant(Const::Text(argument.to_owned())),
            "format" => Transform::Format(format_parts(argument)?),
            "pairs" => {
                let (key, value) = argument.split_once(' ').unwrap_or(("name", "value"));
                Transform::Pairs(key.to_owned(), value.to_owned())
            }
            _ => return Err(unknown_word(word)),
        });
    }
    Ok(transforms)
}

/// `field=category equals`.
fn wrap(argument: &str) -> Result<Transform, String> {
    let parts = argument.split_once(' ').and_then(|(before, value)| Some((before.split_once('=')?, value)));
    let ((key, constant), value) = parts.ok_or_else(|| format!("'{argument}' is not NAME=CONSTANT NAME"))?;
    Ok(Transform::Wrap(key.to_owned(), constant.to_owned(), value.to_owned()))
}

/// `builtin_logging_enabled=false`.
fn unless(argument: &str) -> Result<Transform, String> {
    let parts = argument.split_once('=').ok_or_else(|| format!("'{argument}' is not NAME=VALUE"))?;
    Ok(Transform::Unless(parts.0.to_owned(), parts.1.to_owned()))
}

fn words(yes: &str, no: &str) -> Transform {
    let text = |word: &str| Const::Text(word.to_owned());
    Transform::Map(vec![("true".to_owned(), text(yes)), ("false".to_owned(), text(no))])
}

fn integer(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| format!("'{text}' is no whole number"))
}

/// `{tier}_{type}` → its pieces.
fn format_parts(text: &str) -> Result<Vec<(bool, String)>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        if !before.is_empty() {
            parts.push((false, before.to_owned()));
        }
        let (name, after) = after.split_once('}').ok_or_else(|| format!("'{text}': a {{ is not closed"))?;
        parts.push((true, name.to_owned()));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push((false, rest.to_owned()));
    }
    Ok(parts)
}

fn unknown_word(word: &str) -> String {
    let known = PLAIN
        .iter()
        .map(|(word, _)| *word)
        .chain(WITH_ARGUMENT)
        .chain(["enabled_disabled", "disabled_enabled"]);
    match known.min_by_key(|candidate| distance(candidate, word)) {
        Some(near) if distance(near, word) <= 3 => {
            format!("unknown transform '{word}'; did you mean '{near}'?")
        }
        _ => format!("unknown transform '{word}'"),
    }
}

/// How many letters differ (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = before + usize::from(x != *y);
            before = row[j + 1];
            row[j + 1] = changed.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// `child:properties.x` or `properties.x`.
fn place(text: &str, children: &[Child]) -> Result<(Option<usize>, Vec<Step>), String> {
    let Some((key, rest)) = text.split_once(':').filter(|(key, _)| !key.contains(['.', '\''])) else {
        return Ok((None, path(text)?));
    };
    match children.iter().position(|child| child.key == key) {
        Some(index) => Ok((Some(index), path(rest)?)),
        None => Err(format!("'{key}' is not among the children")),
    }
}

/// `a.b[].c`, with a name in quotes where it has dots itself: `properties.customProperties.'a.b'`.
fn path(text: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut rest = text;
    loop {
        let (name, after) = match rest.strip_prefix('\'') {
            Some(quoted) => {
                quoted.split_once('\'').ok_or_else(|| format!("'{text}': a quote is not closed"))?
            }
            None => {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                rest.split_at(end)
            }
        };
        let (each, after) = match after.strip_prefix("[]") {
            Some(after) => (true, after),
            None => (false, after),
        };
        if name.is_empty() {
            return Err(format!("'{text}' is no path"));
        }
        steps.push(Step { name: name.to_owned(), each });
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None if after.is_empty() => return Ok(steps),
            None => return Err(format!("'{text}' is no path: '{after}'")),
        }
    }
}

/// A source may not repeat more often than its target has arrays for.
fn check_depth(rule: &Rule) -> Result<(), String> {
    let arrays = |steps: &[Step]| steps.iter().filter(|step| step.each).count();
    let (from, to) = (arrays(&rule.source), arrays(&rule.target));
    if from > to {
        let name: Vec<&str> = rule.source.iter().map(|step| step.name.as_str()).collect();
        return Err(format!("attribute '{}' has {from} [] and its target only {to}", name.join(".")));
    }
    Ok(())
}
