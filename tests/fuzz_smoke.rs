//! The fuzz targets of `fuzz/` on inputs of `testdata` that are changed with fixed seeds: a short smoke of what `cargo fuzz` does at length.

#![allow(clippy::expect_used, clippy::panic)] // a test fails by panicking

#[allow(missing_docs, unreachable_pub)]
#[path = "../fuzz/src/input.rs"]
mod input;
#[allow(missing_docs, unreachable_pub)]
#[path = "../fuzz/src/targets.rs"]
mod targets;

use std::path::Path;

use fastrand::Rng;

/// The files of `testdata` (or of another folder) that end like this.
fn seeds(folder: &str, ends: &[&str]) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let walk = ignore::WalkBuilder::new(root).standard_filters(false).sort_by_file_path(Ord::cmp).build();
    let seeds: Vec<Vec<u8>> = walk
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_file())
        .filter(|entry| ends.iter().any(|end| entry.path().to_string_lossy().ends_with(end)))
        .filter_map(|entry| std::fs::read(entry.path()).ok())
        .collect();
    assert!(!seeds.is_empty(), "{folder}");
    seeds
}

/// Changes an input in a few places: bytes, pieces left out, twice or somewhere else, and pieces of another input.
fn changed(seeds: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    let mut data = seeds[rng.usize(..seeds.len())].clone();
    let other = &seeds[rng.usize(..seeds.len())];
    for _ in 0..rng.usize(1..8) {
        let piece = |data: &[u8], rng: &mut Rng| {
            let start = rng.usize(..=data.len());
            start..rng.usize(start..=data.len().min(start + 64))
        };
        let at = rng.usize(..=data.len());
        match rng.u8(..6) {
            0 if at < data.len() => data[at] = rng.u8(..),
            1 => drop(data.drain(piece(&data, rng))),
            2 => {
                let twice = data[piece(&data, rng)].to_vec();
                data.splice(at..at, twice);
            }
            3 => {
                let piece = other[piece(other, rng)].to_vec();
                data.splice(at..at, piece);
            }
            4 => data.truncate(at),
            _ => data.insert(at, *rng.choice(b"'\"`{}[]()$\\/*#:,=.\n !?|&<>%-@").expect("some")),
        }
    }
    data
}

fn smoke(target: fn(&[u8]), seeds: &[Vec<u8>], runs: usize) {
    seeds.iter().for_each(|seed| target(seed));
    let mut rng = Rng::with_seed(7);
    // expressions nest on the stack, as in a scan
    std::thread::scope(|scope| {
        let work = move || {
            for _ in 0..runs {
                target(&changed(seeds, &mut rng));
            }
        };
        let thread = std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, work);
        thread.expect("a thread starts").join().expect("no panic");
    });
}

#[test]
fn bicep() {
    smoke(targets::bicep, &seeds("testdata", &[".bicep", ".bicepparam"]), 400);
}

#[test]
fn arm() {
    smoke(targets::arm, &seeds("testdata", &[".json"]), 300);
}

#[test]
fn arm_expression() {
    let seeds = [
        "concat(parameters('p'), '-', variables('v')[0])",
        "format('{0:N2} {1}', 1, createObject('a', createArray(1, null())))",
        "map(range(0, 3), lambda('x', mul(lambdaVariables('x'), 2)))",
        "reduce(q.a, {}, (x, y) => union(x, { '${y}': y }))",
        "resourceId('Microsoft.KeyVault/vaults', toLower(p))",
        "!empty(p) ? cidrSubnet('10.0.0.0/16', 24, 1) : dateTimeAdd('2020-01-01', 'P1Y')",
        "q.?a[?0] ?? v[^1]!",
    ];
    smoke(targets::arm_expression, &seeds.map(|seed| seed.as_bytes().to_vec()), 1_500);
}

#[test]
fn hcl() {
    smoke(targets::hcl, &seeds("testdata", &[".tf", ".tfvars"]), 400);
}

#[test]
fn terraform_expression() {
    let seeds = [
        "[for k, v in { a = 1 } : \"${k}-${v}\" if v > 0]",
        "merge({ a = [1, null] }, jsondecode(\"{}\"), try(tomap({}), null))",
        "cidrsubnet(\"10.0.0.0/8\", 4, 2) == format(\"%-5s|%05.1f\", \"x\", 3) ? true : !false",
        "<<-EOT\n  %{ for x in [1, 2] ~}\n  ${x}\n  %{ endfor ~}\nEOT",
        "regexall(\"a(b+)\", replace(\"abb\", \"/b/\", \"c\"))",
        "{ for x in [[1, 2]] : x[0] => x[*]... }",
    ];
    smoke(targets::terraform_expression, &seeds.map(|seed| seed.as_bytes().to_vec()), 1_500);
}

#[test]
fn rule_file() {
    let mut seeds = seeds("rulesets/azure", &["https-only.md", "tls.md", "nsg-rdp-from-internet.md"]);
    seeds.truncate(12);
    smoke(targets::rule_file, &seeds, 400);
}

#[test]
fn plan() {
    let plan = br#"{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {"resources": [
        {"address": "azurerm_storage_account.a", "mode": "managed", "type": "azurerm_storage_account", "name": "a", "values": {"name": "a", "min_tls_version": "TLS1_0"}}],
        "child_modules": [{"address": "module.m", "resources": []}]}}, "resource_changes": [{"address": "azurerm_storage_account.a", "mode": "managed", "type": "azurerm_storage_account",
        "name": "a", "change": {"actions": ["create"], "after": {"name": "a"}, "after_unknown": {"id": true}, "after_sensitive": {"name": true}}}],
        "configuration": {"root_module": {"resources": [{"address": "azurerm_storage_account.a", "expressions": {"name": {"references": ["var.x"]}}}]}}}"#;
    smoke(targets::plan, &[plan.to_vec()], 600);
}

#[test]
fn scan() {
    let mut rng = Rng::with_seed(11);
    let seeds: Vec<Vec<u8>> = (0..60)
        .map(|_| {
            let mut seed = vec![0; rng.usize(64..2_048)];
            rng.fill(&mut seed);
            seed
        })
        .collect();
    smoke(targets::scan, &seeds, 60);
}
