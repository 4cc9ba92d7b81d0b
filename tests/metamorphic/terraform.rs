use std::ops::Range;

use fastrand::Rng;
use leftward::source::Sources;
use leftward::terraform::ast::{Block, Body, File};
use leftward::terraform::syntax::parse;

use super::{Files, SPELLINGS, cases, each, replaced, shuffled, unchanged};

fn small() -> Vec<(String, Files)> {
    let mut all = cases(&SPELLINGS, |name| name == "azurerm.tf");
    all.extend(cases(&SPELLINGS, |name| name == "azapi.tf"));
    all
}

fn all() -> Vec<(String, Files)> {
    let mut all = cases(&["landing-zone/terraform", "shared-module/terraform"], |name| {
        name.ends_with(".tf") || name.ends_with(".tfvars")
    });
    all.extend(small());
    all
}

fn read(text: &str) -> File {
    let file = parse(Sources::new().add_text("main.tf", ""), text);
    assert!(file.diagnostics.is_empty(), "{text}");
    file
}

/// Ends of lines where a comment may stand: outside of heredocs.
fn line_ends(text: &str) -> Vec<usize> {
    let ends = text.match_indices('\n').map(|(at, _)| at);
    ends.filter(|_| !text.contains("<<")).collect()
}

#[test]
fn comments_and_white_space() {
    unchanged(&all(), "comments", |files, rng| {
        each(files, &[".tf", ".tfvars"], |_, text| {
            let mut edits: Vec<(Range<usize>, String)> = Vec::new();
            for end in line_ends(text) {
                let added =
                    [" # }", " // {", "\n", " /* \" */", "   ", "\n# resource \"a\" \"b\" {"][rng.usize(..6)];
                edits.push((end..end, added.to_owned()));
            }
            Some(replaced(text, edits))
        })
    });
}

fn blocks(file: &File) -> Vec<Range<usize>> {
    file.body.blocks.iter().map(|block| block.span.range()).collect()
}

#[test]
fn blocks_in_another_order() {
    unchanged(&all(), "order of blocks", |files, rng| {
        each(files, &[".tf"], |_, text| {
            let blocks = blocks(&read(text));
            (blocks.len() > 1).then(|| replaced(text, shuffled(text, &blocks, rng)))
        })
    });
}

#[test]
fn attributes_in_another_order() {
    fn within(body: &Body, text: &str, rng: &mut Rng, edits: &mut Vec<(Range<usize>, String)>) {
        let ranges: Vec<Range<usize>> =
            body.attributes.iter().map(|attribute| attribute.span.range()).collect();
        if !text.contains("<<") {
            edits.extend(shuffled(text, &ranges, rng));
        }
        body.blocks.iter().for_each(|block| within(&block.body, text, rng, edits));
    }
    unchanged(&all(), "order of attributes", |files, rng| {
        each(files, &[".tf"], |_, text| {
            let mut edits = Vec::new();
            within(&read(text).body, text, rng, &mut edits);
            Some(replaced(text, edits))
        })
    });
}

#[test]
fn a_file_for_each_block() {
    unchanged(&all(), "a file for each block", |files, _| {
        let mut split = Files::new();
        let mut any = false;
        for (path, text) in files {
            let ranges = if path.ends_with(".tf") { blocks(&read(text)) } else { Vec::new() };
            if ranges.is_empty() {
                split.insert(path.clone(), text.clone());
            }
            any |= ranges.len() > 1;
            for (number, range) in ranges.into_iter().enumerate() {
                split.insert(path.replace(".tf", &format!("_{number}.tf")), format!("{}\n", &text[range]));
            }
        }
        any.then_some(split)
    });
}

#[test]
fn renamed_resources() {
    unchanged(&all(), "renaming", |files, _| {
        let mut renames: Vec<(String, String, String)> = Vec::new();
        for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".tf")) {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
            let resources =
                read(text).body.blocks.into_iter().filter(|block: &Block| &*block.block_type == "resource");
            for block in resources {
                let [kind, name] = &block.labels[..] else { continue };
                renames.push((folder.clone(), kind.text.to_string(), name.text.to_string()));
            }
        }
        each(files, &[".tf"], |path, text| {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let mut text = text.to_owned();
            for (_, kind, name) in renames.iter().filter(|(own, ..)| own == folder) {
                text = text.replace(&format!("\"{kind}\" \"{name}\""), &format!("\"{kind}\" \"z_{name}_9\""));
                for after in [".", "[", ")", " ", "\n", "}", ",", "]"] {
                    text =
                        text.replace(&format!("{kind}.{name}{after}"), &format!("{kind}.z_{name}_9{after}"));
                }
            }
            Some(text)
        })
    });
}

#[test]
fn a_module_around() {
    unchanged(&small(), "a module around", |files, _| {
        let mut wrapped = Files::new();
        for (path, text) in files {
            let file = read(text);
            let outer = |block: &&Block| matches!(&*block.block_type, "terraform" | "provider");
            let kept: String = file
                .body
                .blocks
                .iter()
                .filter(outer)
                .map(|block| format!("{}\n", &text[block.span.range()]))
                .collect();
            let settings: String = file
                .body
                .blocks
                .iter()
                .filter(|block| &*block.block_type == "terraform")
                .map(|block| format!("{}\n", &text[block.span.range()]))
                .collect();
            let inner: String = file
                .body
                .blocks
                .iter()
                .filter(|block| !outer(block))
                .map(|block| format!("{}\n", &text[block.span.range()]))
                .collect();
            wrapped.insert(format!("inner/{path}"), format!("{settings}{inner}"));
            wrapped.insert(
                "main.tf".to_owned(),
                format!("{kept}module \"inner\" {{\n  source = \"./inner\"\n}}\n"),
            );
        }
        Some(wrapped)
    });
}

#[test]
fn values_in_locals() {
    fn within(file: &File, body: &Body, text: &str, rng: &mut Rng, edits: &mut Vec<(Range<usize>, String)>) {
        for attribute in &body.attributes {
            let range = file.expressions[attribute.value].span.range();
            let value = &text[range.clone()];
            let literal = matches!(value, "true" | "false")
                || value.chars().all(|c| c.is_ascii_digit())
                || (value.starts_with('"')
                    && value.ends_with('"')
                    && !value.contains(['$', '%', '\\', '\n']));
            let plain = !attribute.name.contains("password") && !attribute.name.contains("secret");
            if literal && plain && rng.bool() {
                edits.push((range, value.to_owned()));
            }
        }
        body.blocks.iter().for_each(|block| within(file, &block.body, text, rng, edits));
    }
    unchanged(&small(), "values in locals", |files, rng| {
        each(files, &[".tf"], |_, text| {
            let file = read(text);
            let mut edits = Vec::new();
            for block in file.body.blocks.iter().filter(|block| &*block.block_type == "resource") {
                within(&file, &block.body, text, rng, &mut edits);
            }
            let mut locals = String::new();
            for (number, (_, value)) in edits.iter_mut().enumerate() {
                locals.push_str(&format!("  moved{number} = {value}\n"));
                *value = format!("local.moved{number}");
            }
            (!edits.is_empty()).then(|| format!("{}\nlocals {{\n{locals}}}\n", replaced(text, edits)))
        })
    });
}
