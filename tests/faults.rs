//! Faults of the world around, and input that is made to exhaust: no panic, no hang, no half-written report.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;

use std::fs;
use std::io::Write;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use common::SINFUL_BICEP;

const PROGRAM: &str = env!("CARGO_BIN_EXE_leftward");

/// Bounds of a run: address space in KiB (threads' stacks and mapped files count too) and seconds of processor time, for a build
/// without optimization.
const MEMORY: u64 = 2_500_000;
const SECONDS: u64 = 400;

fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, std::path::PathBuf) {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
    common::directory(&files)
}

/// Runs a shell command in which `leftward` is the program, within the bounds.
fn bounded(directory: &Path, command: &str) -> Output {
    let script = format!("ulimit -v {MEMORY}; ulimit -t {SECONDS}; {}", command.replace("leftward", PROGRAM));
    Command::new("sh")
        .args(["-c", &script])
        .current_dir(directory)
        .env("HOME", directory)
        .env("RAYON_NUM_THREADS", "2")
        .stdin(Stdio::null())
        .output()
        .expect("a shell")
}

/// The exit code of a run that neither panicked nor was killed.
fn ended(output: &Output) -> i32 {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!stderr.contains("panicked") && !stderr.contains("bug in leftward"), "{stderr}");
    assert!(!stderr.contains("overflowed its stack") && !stderr.contains("memory allocation"), "{stderr}");
    output.status.code().unwrap_or_else(|| panic!("killed by {:?}: {stderr}", output.status.signal()))
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// Scans a folder of these files within the bounds: its report.
fn scan(files: &[(&str, &str)]) -> serde_json::Value {
    let (_guard, path) = folder(files);
    let output = bounded(&path, "leftward --format json .");
    ended(&output);
    let report = json(&output);
    let told = report["diagnostics"].to_string();
    assert!(!told.contains("bug in leftward"), "{told}");
    report
}

fn told(report: &serde_json::Value, code: &str) -> bool {
    report["diagnostics"].as_array().is_some_and(|all| all.iter().any(|one| one["code"] == code))
}

fn rules_found(report: &serde_json::Value, rule: &str) -> usize {
    report["findings"].as_array().map_or(0, |all| all.iter().filter(|one| one["rule"] == rule).count())
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").filter_map(Result::ok);
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

// ---- output

#[test]
fn a_reader_that_goes_away_is_no_failure_and_the_exit_code_stays() {
    let (_guard, path) = folder(&[("main.bicep", SINFUL_BICEP)]);
    for format in ["human", "json", "sarif"] {
        let mut child = Command::new(PROGRAM)
            .args(["--format", format, "."])
            .current_dir(&path)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(ended(&output), 1, "{format}");
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    for command in ["leftward rules", "leftward rules --format json", "leftward model ."] {
        let output = bounded(&path, &format!("{command} | true"));
        assert_eq!(ended(&output), 0, "{command}");
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_full_disk_is_told() {
    if !fs::metadata("/dev/full").is_ok_and(|meta| meta.file_type().is_char_device()) {
        return;
    }
    let (_guard, path) = folder(&[("main.bicep", SINFUL_BICEP)]);
    for command in [
        "leftward --format json . > /dev/full",
        "leftward --format json -o /dev/full .",
        "leftward model . > /dev/full",
        "leftward rules --format json > /dev/full",
    ] {
        let output = bounded(&path, command);
        assert_eq!(ended(&output), 2, "{command}");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.starts_with("error: "), "{command}: {stderr}");
    }
    let device = fs::metadata("/dev/full").expect("it is still there");
    assert!(device.file_type().is_char_device(), "a device is written to, never replaced");
    assert!(!names(Path::new("/dev")).iter().any(|name| name.ends_with(".tmp")));
}

#[test]
fn reports_replace_files_whole_and_write_through_links_and_pipes() {
    let (_guard, path) = folder(&[("main.bicep", SINFUL_BICEP), ("old.json", "old")]);
    symlink("old.json", path.join("link.json")).expect("a link");
    assert_eq!(ended(&bounded(&path, "leftward --format json -o link.json main.bicep")), 1);
    assert!(fs::symlink_metadata(path.join("link.json")).expect("it is there").is_symlink());
    let report = fs::read(path.join("old.json")).expect("a report");
    assert!(serde_json::from_slice::<serde_json::Value>(&report).is_ok());
    let output = bounded(&path, "leftward --format json -o /dev/stderr main.bicep 2>&1");
    assert_eq!(ended(&output), 1);
    assert!(json(&output)["findings"].is_array());
    // neither a missing folder nor a folder is a file
    for target in ["nowhere/report.json", "."] {
        let output = bounded(&path, &format!("leftward --format json -o {target} main.bicep"));
        assert_eq!(ended(&output), 2, "{target}");
    }
    assert_eq!(names(&path), ["link.json", "main.bicep", "old.json"]);
}

#[test]
fn an_interrupt_leaves_no_half_written_report() {
    let (_guard, path) = folder(&[("report.json", "{\"old\": true}")]);
    for number in 0..200 {
        let folder = path.join(format!("f{number}"));
        fs::create_dir(&folder).expect("a folder");
        fs::write(folder.join("main.bicep"), SINFUL_BICEP).expect("a file");
    }
    for wait in [5, 20, 60, 200] {
        let child = Command::new(PROGRAM)
            .args(["--format", "json", "-o", "report.json", "."])
            .current_dir(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(Duration::from_millis(wait));
        let id = child.id().to_string();
        Command::new("sh").args(["-c", &format!("kill -INT {id} 2>/dev/null")]).status().expect("a shell");
        let status = child.wait_with_output().expect("it ends").status;
        assert!(status.signal() == Some(2) || status.code() == Some(1), "{status:?}");
        let report = fs::read(path.join("report.json")).expect("it is there");
        assert!(serde_json::from_slice::<serde_json::Value>(&report).is_ok(), "after {wait} ms");
    }
}

// ---- files

#[test]
fn links_in_circles_and_deep_trees_are_walked_once() {
    let (_guard, path) = folder(&[("a/main.bicep", SINFUL_BICEP)]);
    symlink("..", path.join("a/up")).expect("a link");
    symlink("self.bicep", path.join("self.bicep")).expect("a link");
    symlink("nowhere.tf", path.join("dangling.tf")).expect("a link");
    let mut deep = path.join("deep");
    for _ in 0..700 {
        deep.push("d");
    }
    fs::create_dir_all(&deep).expect("folders");
    fs::write(deep.join("main.bicep"), SINFUL_BICEP).expect("a file");
    let output = bounded(&path, "leftward --format json .");
    ended(&output);
    assert_eq!(rules_found(&json(&output), "storage-https-only"), 2);
}

#[test]
fn pipes_and_huge_files_are_told_and_the_rest_is_checked() {
    let (_guard, path) = folder(&[("main.bicep", SINFUL_BICEP)]);
    for name in ["huge.bicep", "huge.json", "huge/main.tf", "huge.tfvars", "huge.bicepparam"] {
        fs::create_dir_all(path.join("huge")).expect("a folder");
        fs::File::create(path.join(name)).and_then(|file| file.set_len(10 << 30)).expect("a sparse file");
    }
    let made = Command::new("mkfifo").arg(path.join("pipe.bicep")).status().expect("mkfifo");
    assert!(made.success());
    let output = bounded(&path, "leftward --format json .");
    assert_eq!(ended(&output), 3);
    let report = json(&output);
    assert_eq!(rules_found(&report, "storage-https-only"), 1);
    let all = report["diagnostics"].to_string();
    for name in ["huge.bicep", "main.tf", "huge.bicepparam", "pipe.bicep"] {
        assert!(all.contains(name), "{name}: {all}");
    }
}

#[test]
fn files_may_change_and_vanish_during_the_scan() {
    let (_guard, path) = folder(&[]);
    let name =
        |number: usize| path.join(format!("f{}/main.{}", number % 40, ["bicep", "tf", "json"][number % 3]));
    for number in 0..120 {
        fs::create_dir_all(name(number).parent().expect("a folder")).expect("a folder");
    }
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut number = 0_usize;
            while !done.load(Ordering::Relaxed) {
                number += 7;
                let file = name(number % 120);
                let _ = match number % 5 {
                    0 => fs::remove_file(&file),
                    1 => fs::write(&file, SINFUL_BICEP),
                    2 => fs::write(&file, [0xff, 0xfe, 0x00]),
                    3 => fs::OpenOptions::new()
                        .append(true)
                        .open(&file)
                        .and_then(|mut file| file.write_all(b"\nresource x 'a@b' = {\n")),
                    _ => fs::File::create(&file).map(drop),
                };
            }
        });
        for _ in 0..12 {
            let output = bounded(&path, "leftward --format json .");
            let code = ended(&output);
            assert!((0..=3).contains(&code), "{code}");
            json(&output);
        }
        done.store(true, Ordering::Relaxed);
    });
}

// ---- bombs

/// `resource`s after the bomb are still checked.
fn with_a_sin(bomb: &str) -> String {
    format!("{bomb}\n{SINFUL_BICEP}")
}

#[test]
fn loops_that_would_make_billions_are_bounded() {
    let copies = r#"{ "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "contentVersion": "1.0.0.0",
      "variables": { "copy": [ { "name": "big", "count": 9999, "input": "[range(0, 10000)]" },
        { "name": "bigger", "count": 9999, "input": "[variables('big')]" } ],
        "flat": "[flatten(variables('bigger'))]" },
      "resources": [ { "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-01-01",
        "name": "[concat('sa', copyIndex())]", "copy": { "name": "loop", "count": 2000000000 },
        "properties": { "copy": [ { "name": "a", "count": 9000, "input": { "copy": [ { "name": "b", "count": 9000, "input": 1 } ] } } ] } } ],
      "outputs": { "n": { "type": "int", "value": "[length(variables('flat'))]" } } }"#;
    let report = scan(&[("azuredeploy.json", copies)]);
    assert!(told(&report, "limit"), "{}", report["diagnostics"]);
    let bomb = "var a = range(0, 10000)\nvar b = [for x in a: a]\nvar c = [for x in b: b]\nvar d = flatten(map(a, x => flatten(b)))\n\
                var e = reduce(a, [], (x, y) => concat(x, a))\nvar f = toObject(a, x => string(x), x => d)\n\
                output n int = length(c) + length(d) + length(e) + length(items(f))\n\
                resource many 'Microsoft.Storage/storageAccounts@2023-01-01' = [for x in flatten(b): { name: 'a${x}' }]";
    let report = scan(&[("main.bicep", &with_a_sin(bomb))]);
    assert_eq!(rules_found(&report, "storage-https-only"), 1, "{}", report["diagnostics"]);
}

#[test]
fn strings_that_double_are_bounded() {
    let mut bomb = "var s0 = 'xxxxxxxxxxxxxxxx'\n".to_owned();
    let mut locals =
        "locals {\n  s0 = \"xxxxxxxxxxxxxxxx\"\n  l0 = [1, 2]\n  d0 = []\n  o0 = {}\n".to_owned();
    for level in 1..64 {
        let before = level - 1;
        bomb.push_str(&format!(
            "var s{level} = '${{s{before}}}${{s{before}}}'\nvar r{level} = replace(s{level}, 'x', s{level})\n"
        ));
        bomb.push_str(&format!("var p{level} = padLeft(s{level}, 2147483647)\n"));
        locals.push_str(&format!(
            "  s{level} = \"${{local.s{before}}}${{local.s{before}}}\"\n  r{level} = replace(local.s{level}, \"x\", local.s{level})\n  l{level} = concat(local.l{before}, local.l{before})\n  d{level} = [local.d{before}, local.d{before}]\n  o{level} = {{ a = local.o{before}, b = local.o{before} }}\n"
        ));
    }
    bomb.push_str("output o string = '${s63}${r63}${p63}'\n");
    locals.push_str("  n = format(\"%2000000000d\", 1)\n  f = formatlist(\"%1000000000s\", local.l10)\n  j = join(local.s20, local.l20)\n  z = range(1000000000)\n  sp = setproduct(local.z, local.z, local.z)\n}\noutput \"o\" {\n  value = [local.s63, local.r63, local.l63, local.n, local.f, local.j, local.z, local.sp, flatten(local.d63), local.d63, local.o63, jsonencode(local.o63), local.d63 == local.d62, merge(local.o63, local.o62)]\n}\n");
    let report = scan(&[("main.bicep", &with_a_sin(&bomb)), ("tf/main.tf", &locals)]);
    assert_eq!(rules_found(&report, "storage-https-only"), 1, "{}", report["diagnostics"]);
}

#[test]
fn modules_that_double_are_bounded() {
    let mut files: Vec<(String, String)> = Vec::new();
    for level in 0..24 {
        let next = level + 1;
        files.push((
            if level == 0 { "main.bicep".to_owned() } else { format!("m{level}.bicep") },
            format!(
                "module a 'm{next}.bicep' = {{ name: 'a' }}\nmodule b 'm{next}.bicep' = [for i in range(0, 100): {{ name: 'b${{i}}' }}]\n"
            ),
        ));
        files.push((
            if level == 0 { "tf/main.tf".to_owned() } else { format!("tf/m{level}/main.tf") },
            format!(
                "module \"a\" {{\n  source = \"{0}m{next}\"\n}}\nmodule \"b\" {{\n  source = \"{0}m{next}\"\n  count = 100\n}}\n",
                if level == 0 { "./" } else { "../" }
            ),
        ));
    }
    files.push(("m24.bicep".to_owned(), SINFUL_BICEP.to_owned()));
    files.push((
        "tf/m24/main.tf".to_owned(),
        "resource \"azurerm_resource_group\" \"a\" {\n  name = \"a\"\n  location = \"b\"\n}\n".to_owned(),
    ));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    scan(&files);
}

#[test]
fn terraform_counts_and_cycles_are_bounded() {
    let main = "resource \"azurerm_resource_group\" \"many\" {\n  count = 2000000000\n  name = \"a\"\n  location = \"b\"\n}\n\
                resource \"azurerm_resource_group\" \"each\" {\n  for_each = { for x in setproduct(range(2000), range(2000)) : join(\"-\", x) => x }\n  name = each.key\n  location = \"b\"\n}\n\
                locals {\n  a = local.b\n  b = local.a\n  c = [for x in range(100000) : [for y in range(100000) : x * y]]\n}\n\
                resource \"azurerm_storage_account\" \"a\" {\n  name = local.a\n  dynamic \"network_rules\" {\n    for_each = local.c\n    content {\n      default_action = \"Deny\"\n    }\n  }\n}\n";
    scan(&[("main.tf", main)]);
}

#[test]
fn anchors_of_yaml_do_not_multiply() {
    let mut yaml = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..12 {
        let list = vec![format!("*a{}", level - 1); 10].join(", ");
        yaml.push_str(&format!("a{level}: &a{level} [{list}]\n"));
    }
    let bomb = "var y = loadYamlContent('bomb.yaml')\noutput n int = length(y)\n";
    let terraform =
        "locals {\n  y = yamldecode(file(\"bomb.yaml\"))\n}\noutput \"y\" {\n  value = local.y\n}\n";
    let report = scan(&[("main.bicep", &with_a_sin(bomb)), ("bomb.yaml", &yaml), ("main.tf", terraform)]);
    assert_eq!(rules_found(&report, "storage-https-only"), 1, "{}", report["diagnostics"]);
    let rule = format!("---\nid: bomb\n{yaml}\n---\n# Bomb\n");
    let (_guard, path) = folder(&[("main.bicep", SINFUL_BICEP), ("rules/bomb.md", &rule)]);
    let output = bounded(&path, "leftward --rules rules main.bicep");
    assert_eq!(ended(&output), 2, "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_nests_too_deep_ends_in_a_diagnostic() {
    let levels = 200_000;
    let arrays = format!("var a = {}{}\n", "[".repeat(levels), "]".repeat(levels));
    let calls = format!("var b = {}1{}\n", "length(".repeat(levels), ")".repeat(levels));
    let signs = format!("var c = {}true\n", "!".repeat(levels));
    let types = format!("type t = string{}\n", "[]".repeat(levels));
    let chain: String = (0..20_000).map(|n| format!("var v{} = v{n}\n", n + 1)).collect();
    for text in [arrays, calls, signs, types, format!("var v0 = 1\n{chain}output o int = v20000\n")] {
        let report = scan(&[("main.bicep", &with_a_sin(&text))]);
        assert_eq!(rules_found(&report, "storage-https-only"), 1, "{}", report["diagnostics"]);
    }
    let json = format!(
        "{{\"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#\", \"contentVersion\": \"1.0.0.0\", \"resources\": {}{}}}",
        "[".repeat(levels),
        "]".repeat(levels)
    );
    scan(&[("azuredeploy.json", &json)]);
    let hcl = [
        format!("locals {{\n  a = {}{}\n}}\n", "[".repeat(levels), "]".repeat(levels)),
        format!("locals {{\n  a = {}true\n}}\n", "!".repeat(levels)),
        format!("locals {{\n  a = \"{}x{}\"\n}}\n", "${\"".repeat(levels), "\"}".repeat(levels)),
        format!(
            "locals {{\n  v0 = 1\n{}}}\noutput \"o\" {{\n  value = local.v20000\n}}\n",
            (0..20_000).map(|n| format!("  v{} = local.v{n}\n", n + 1)).collect::<String>()
        ),
        "a {\n".repeat(levels) + &"}\n".repeat(levels),
    ];
    for text in hcl {
        scan(&[("main.tf", &text)]);
    }
}
