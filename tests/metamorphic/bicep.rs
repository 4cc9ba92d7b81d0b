use std::ops::Range;

use fastrand::Rng;
use tree_sitter::{Node, Parser, Tree};

use super::{Files, SPELLINGS, cases, each, replaced, shuffled, unchanged};

fn all() -> Vec<(String, Files)> {
    let mut folders = vec!["landing-zone/bicep", "shared-module/bicep"];
    folders.extend(SPELLINGS);
    cases(&folders, |name| name.ends_with(".bicep") || name.ends_with(".bicepparam"))
}

fn parse(text: &str) -> Tree {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_bicep_leftward::LANGUAGE.into()).expect("the grammar");
    let tree = parser.parse(text, None).expect("a tree");
    if tree.root_node().has_error() {
        let mut cursor = tree.walk();
        let broken =
            tree.root_node().children(&mut cursor).find(Node::has_error).map(|node| &text[node.byte_range()]);
        panic!("{broken:?} in {text}");
    }
    tree
}

/// All nodes outside of strings, those before their children.
fn nodes(tree: &Tree) -> Vec<Node<'_>> {
    let mut nodes = Vec::new();
    let mut open = vec![tree.root_node()];
    while let Some(node) = open.pop() {
        nodes.push(node);
        if !node.kind().contains("string") || node.kind() == "interpolated_string" {
            open.extend((0..node.child_count()).rev().filter_map(|index| node.child(index)));
        }
    }
    nodes
}

/// The blanks between tokens of one line, outside of strings.
fn gaps(text: &str) -> Vec<Range<usize>> {
    let tree = parse(text);
    let nodes = nodes(&tree);
    let strings: Vec<Range<usize>> =
        nodes.iter().filter(|node| node.kind().contains("string")).map(Node::byte_range).collect();
    let comments: Vec<Range<usize>> =
        nodes.iter().filter(|node| node.is_extra()).map(Node::byte_range).collect();
    let mut ends: Vec<usize> =
        nodes.iter().filter(|node| node.child_count() == 0).map(Node::start_byte).collect();
    ends.sort_unstable();
    ends.dedup();
    ends.into_iter()
        .filter_map(|end| {
            let start = text[..end].trim_end_matches([' ', '\t']).len();
            let inside = |range: &Range<usize>| range.start < end && start < range.end;
            let blank = start < end && !text[..start].ends_with('\n') && start > 0;
            (blank && !strings.iter().any(inside) && !comments.iter().any(inside)).then_some(start..end)
        })
        .collect()
}

fn with_comments(text: &str, rng: &mut Rng) -> String {
    let edits = gaps(text)
        .into_iter()
        .filter(|_| rng.u8(..3) == 0)
        .map(|gap| (gap.clone(), format!("{}/* a: 'b' {{ */ ", &text[gap])))
        .collect();
    let text = replaced(text, edits);
    let tree = parse(&text);
    let root = tree.root_node();
    let starts: Vec<usize> = (0..root.named_child_count())
        .filter_map(|index| root.named_child(u32::try_from(index).ok()?))
        .map(|statement| statement.start_byte())
        .collect();
    let edits = starts.into_iter().map(|start| (start..start, "// resource x 'y'\n\n".to_owned())).collect();
    replaced(&text, edits)
}

#[test]
fn comments() {
    unchanged(&all(), "comments", |files, rng| {
        each(files, &[".bicep", ".bicepparam"], |_, text| Some(with_comments(text, rng)))
    });
}

#[test]
fn white_space_and_line_ends() {
    unchanged(&all(), "white space", |files, rng| {
        each(files, &[".bicep"], |_, text| {
            let edits = gaps(text).into_iter().map(|gap| (gap, " ".repeat(rng.usize(1..5)))).collect();
            let text = replaced(text, edits);
            // blank lines and other line ends, where no string goes over lines
            (!text.contains("'''")).then(|| text.replace("\n\n", "\n\n\n").replace('\n', "\r\n"))
        })
    });
}

fn statements(text: &str) -> Vec<Range<usize>> {
    let tree = parse(text);
    let root = tree.root_node();
    (0..root.named_child_count())
        .filter_map(|index| root.named_child(u32::try_from(index).ok()?))
        .filter(|node| !node.is_extra())
        .map(|node| node.byte_range())
        .collect()
}

#[test]
fn declarations_in_another_order() {
    unchanged(&all(), "order of declarations", |files, rng| {
        each(files, &[".bicep"], |_, text| {
            let statements = statements(text);
            // `targetScope` may stand anywhere too
            (statements.len() > 2).then(|| replaced(text, shuffled(text, &statements, rng)))
        })
    });
}

#[test]
fn properties_in_another_order() {
    unchanged(&all(), "order of properties", |files, rng| {
        each(files, &[".bicep"], |_, text| {
            let tree = parse(text);
            let mut edits: Vec<(Range<usize>, String)> = Vec::new();
            for object in nodes(&tree).into_iter().filter(|node| node.kind() == "object") {
                let members: Vec<Node<'_>> = (0..object.named_child_count())
                    .filter_map(|index| object.named_child(u32::try_from(index).ok()?))
                    .collect();
                let plain = members.iter().all(|member| member.kind() == "property");
                let nested = edits
                    .iter()
                    .any(|(range, _)| range.start <= object.start_byte() && object.end_byte() <= range.end);
                if plain && !nested && members.len() > 1 {
                    let ranges: Vec<Range<usize>> = members.iter().map(Node::byte_range).collect();
                    edits.extend(shuffled(text, &ranges, rng));
                }
            }
            (!edits.is_empty()).then(|| replaced(text, edits))
        })
    });
}

/// Names that variables, resources and modules are declared by.
fn declared(tree: &Tree, text: &str, kinds: &[&str]) -> Vec<String> {
    let wanted = nodes(tree).into_iter().filter(|node| kinds.contains(&node.kind()));
    wanted.filter_map(|node| Some(text[node.child_by_field_name("name")?.byte_range()].to_owned())).collect()
}

/// Replaces the uses, and the declaration, of a name.
fn renamed(text: &str, name: &str, new: &str) -> String {
    let tree = parse(text);
    // outputs have names of their own
    let is_output = |node: &Node<'_>| {
        node.parent().is_some_and(|parent| {
            parent.kind() == "output" && parent.child_by_field_name("name") == Some(*node)
        })
    };
    let uses = nodes(&tree)
        .into_iter()
        .filter(|node| matches!(node.kind(), "identifier" | "path" | "call_open") && !is_output(node));
    let edits = uses
        .filter(|node| text[node.byte_range()].split(['.', ' ', '(']).next() == Some(name))
        .map(|node| (node.start_byte()..node.start_byte() + name.len(), new.to_owned()))
        .collect();
    replaced(text, edits)
}

#[test]
fn renamed_symbols() {
    unchanged(&all(), "renaming", |files, _| {
        each(files, &[".bicep"], |_, text| {
            let names = declared(&parse(text), text, &["variable", "resource", "module"]);
            let keys = |name: &str| text.contains(&format!("{name}:"));
            let mut text = text.to_owned();
            for name in names.iter().filter(|name| !keys(name)) {
                text = renamed(&text, name, &format!("z_{name}_9"));
            }
            Some(text)
        })
    });
}

#[test]
fn a_module_around() {
    let small = cases(&SPELLINGS, |name| name.ends_with(".bicep"));
    unchanged(&small, "a module around", |files, _| {
        let inner = files.get("main.bicep")?;
        let mut wrapped = Files::new();
        wrapped.insert("parts/inner.bicep".to_owned(), inner.clone());
        wrapped.insert(
            "parts/middle.bicep".to_owned(),
            "module inner 'inner.bicep' = {\n  name: 'inner'\n}\n".to_owned(),
        );
        wrapped.insert(
            "main.bicep".to_owned(),
            "module middle './parts/middle.bicep' = {\n  name: 'middle'\n}\n".to_owned(),
        );
        Some(wrapped)
    });
}

#[test]
fn values_in_variables_and_parameters() {
    let small = cases(&SPELLINGS, |name| name.ends_with(".bicep"));
    unchanged(&small, "values in variables", |files, rng| {
        each(files, &[".bicep"], |_, text| {
            let tree = parse(text);
            let mut edits = Vec::new();
            let mut declarations = String::new();
            for property in nodes(&tree).into_iter().filter(|node| node.kind() == "property") {
                let Some(value) = property.child_by_field_name("value") else { continue };
                let key = property.child_by_field_name("name").map_or("", |key| &text[key.byte_range()]);
                let literal = matches!(value.kind(), "string" | "true" | "false" | "integer");
                // a secret that is written in a parameter is another sin than one that is written in a property
                let plain = !key.to_ascii_lowercase().contains("password") && !key.starts_with("name");
                if !literal || !plain || rng.bool() {
                    continue;
                }
                let name = format!("moved{}", edits.len());
                declarations.push_str(&format!("var {name} = {}\n", &text[value.byte_range()]));
                edits.push((value.byte_range(), name));
            }
            (!edits.is_empty()).then(|| format!("{declarations}\n{}", replaced(text, edits)))
        })
    });
}

#[test]
fn variables_in_their_place() {
    let large =
        cases(&["landing-zone/bicep"], |name| name.ends_with(".bicep") || name.ends_with(".bicepparam"));
    unchanged(&large, "inlining", |files, _| {
        each(files, &[".bicep"], |_, text| {
            let mut text = text.to_owned();
            for name in declared(&parse(&text), &text, &["variable"]) {
                let tree = parse(&text);
                let all = nodes(&tree);
                let is_it = |node: &&Node<'_>| {
                    node.kind() == "variable"
                        && node.child_by_field_name("name").is_some_and(|own| text[own.byte_range()] == name)
                };
                let Some(variable) = all.iter().find(is_it) else { continue };
                let Some(value) = variable.child_by_field_name("value") else { continue };
                let value = text[value.byte_range()].to_owned();
                if value.contains('\n') || value.starts_with('[') || text.contains(&format!("{name}:")) {
                    continue;
                }
                text = renamed(&text, &name, &format!("({value})"))
                    .replace(&format!("var ({value}) = "), &format!("var {name} = "));
            }
            Some(text)
        })
    });
}
