//! The catalogue in `docs/rules` is made from the rules: by service, by framework, by the ids of other tools.
//!
//! `LEFTWARD_WRITE_CATALOGUE=1 cargo test --test catalogue` writes it anew.

#![allow(clippy::expect_used)] // a test fails by panicking

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use leftward::rules::{Rule, RuleSet};

const NOTE: &str = "<!-- Made from the rules by tests/catalogue.rs; do not edit. -->\n\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Each rule's id to its service, the folder that its page is in.
fn services() -> BTreeMap<String, String> {
    let mut services = BTreeMap::new();
    for folder in std::fs::read_dir(root().join("rulesets/azure")).expect("the rules") {
        let folder = folder.expect("a folder").path();
        let service = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let Ok(pages) = std::fs::read_dir(&folder) else { continue };
        for page in pages {
            let page = page.expect("a page").path();
            if page.extension().is_some_and(|extension| extension == "md") {
                let id = page.file_stem().expect("a name").to_string_lossy().into_owned();
                services.insert(id, service.clone());
            }
        }
    }
    services
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

fn link(rule: &str, services: &BTreeMap<String, String>) -> String {
    match services.get(rule) {
        Some(service) => format!("[{rule}](../../rulesets/azure/{service}/{rule}.md)"),
        None => rule.to_owned(),
    }
}

fn by_service(rules: &RuleSet, services: &BTreeMap<String, String>) -> String {
    let mut groups: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    for rule in rules.iter() {
        groups.entry(services.get(&*rule.id).map_or("", String::as_str)).or_default().push(rule);
    }
    let on = rules.iter().filter(|rule| rule.default_on).count();
    let mut page = format!(
        "{NOTE}# Rules\n\n{} rules, {on} of them on by default; the others are advice, for `--profile all` or by name. \
         The same [by framework](frameworks.md) and [by the ids of other tools](peers.md).\n",
        rules.len()
    );
    for (service, mut rules) in groups {
        rules.sort_by_key(|rule| &*rule.id);
        let _ = write!(
            page,
            "\n## {service}\n\n| rule | severity | | what is wrong |\n| --- | --- | --- | --- |\n"
        );
        for rule in rules {
            let default = if rule.default_on { "" } else { "off by default" };
            let (name, severity) = (link(&rule.id, services), rule.severity.as_str());
            let _ = writeln!(page, "| {name} | {severity} | {default} | {} |", cell(&rule.title));
        }
    }
    page
}

/// Pages that lead from something's ids to rules.
fn by_ids(
    title: &str,
    what: &str,
    rules: &RuleSet,
    services: &BTreeMap<String, String>,
    ids: impl Fn(&Rule) -> Vec<(String, String)>,
) -> String {
    let mut groups: BTreeMap<String, BTreeMap<String, Vec<&str>>> = BTreeMap::new();
    for rule in rules.iter() {
        for (group, id) in ids(rule) {
            groups.entry(group).or_default().entry(id).or_default().push(&rule.id);
        }
    }
    let mut page = format!("{NOTE}# {title}\n\n[All rules](README.md).\n");
    for (group, ids) in groups {
        let _ = write!(page, "\n## {group}\n\n| {what} | rules |\n| --- | --- |\n");
        for (id, mut rules) in ids {
            rules.sort_unstable();
            let rules: Vec<String> = rules.iter().map(|rule| link(rule, services)).collect();
            let _ = writeln!(page, "| {} | {} |", cell(&id), rules.join(", "));
        }
    }
    page
}

fn pairs(
    groups: &[(leftward::rules::Text, leftward::rules::List<leftward::rules::Text>)],
) -> Vec<(String, String)> {
    groups
        .iter()
        .flat_map(|(group, ids)| ids.iter().map(move |id| (group.to_string(), id.to_string())))
        .collect()
}

fn catalogue() -> Vec<(PathBuf, String)> {
    let (rules, services) = (RuleSet::built_in(), services());
    let frameworks =
        by_ids("Controls of frameworks", "control", &rules, &services, |rule| pairs(&rule.frameworks));
    let peers = by_ids("Ids of other tools", "id", &rules, &services, |rule| pairs(&rule.equivalents));
    let folder = root().join("docs/rules");
    vec![
        (folder.join("README.md"), by_service(&rules, &services)),
        (folder.join("frameworks.md"), frameworks),
        (folder.join("peers.md"), peers),
    ]
}

#[test]
fn the_catalogue_is_up_to_date() {
    let write = std::env::var_os("LEFTWARD_WRITE_CATALOGUE").is_some();
    for (path, page) in catalogue() {
        if write {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
            std::fs::write(&path, &page).expect("the page");
        }
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            there == page,
            "{} is out of date; LEFTWARD_WRITE_CATALOGUE=1 cargo test --test catalogue writes it",
            path.display()
        );
    }
}

#[test]
fn every_rule_is_in_a_folder_of_its_service() {
    let services = services();
    for rule in RuleSet::built_in().iter() {
        assert!(services.contains_key(&*rule.id), "{} has no page under rulesets/azure", rule.id);
    }
}
