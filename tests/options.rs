//! What else the command line offers: frameworks, quiet runs, completions, manual pages, where a value came from.

#![allow(clippy::expect_used, clippy::panic)] // helpers of tests

mod common;

use common::{SINFUL_BICEP, directory, leftward, leftward_in};

#[test]
fn a_framework_is_told_by_control_rule_and_resource() {
    let (_keep, here) = directory(&[("main.bicep", SINFUL_BICEP.as_bytes())]);
    let run = leftward_in(&here, &["scan", "--framework", "mcsb"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let at = run.stdout.find("\nDP-3\n").unwrap_or_else(|| panic!("{}", run.stdout));
    let control = run.stdout[at + 1..].split("\n\n").next().expect("a control");
    assert!(control.contains("  storage-https-only (high): 1 finding\n    sa  main.bicep:7:5"), "{control}");
    assert!(run.stdout.contains("controls with findings"), "{}", run.stdout);
    let unknown = leftward_in(&here, &["scan", "--framework", "iso-1"]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.stderr.contains("there is no framework 'iso-1'; known are: ")
            && unknown.stderr.contains("mcsb")
    );
    // the other formats have the rules of the framework only
    let json = leftward_in(&here, &["scan", "--framework", "MCSB", "--format", "json"]).json();
    let all = leftward_in(&here, &["scan", "--format", "json"]).json();
    assert!(json["summary"]["rules"].as_u64() < all["summary"]["rules"].as_u64());
}

#[test]
fn a_quiet_run_writes_files_and_nothing_else() {
    let (_keep, here) = directory(&[("main.bicep", SINFUL_BICEP.as_bytes())]);
    let run = leftward_in(&here, &["scan", "-q", "--format", "json=out.json,human"]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (1, "", ""));
    assert!(here.join("out.json").is_file());
}

#[test]
fn shells_and_man_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = leftward(&["completions", shell]).stdout;
        assert!(script.contains("suppressions") && script.contains("diff-base"), "{shell}");
    }
    assert!(
        leftward(&["man"]).stdout.starts_with(".ie") || leftward(&["man"]).stdout.contains(".TH leftward")
    );
    let (_keep, here) = directory(&[]);
    assert_eq!(leftward_in(&here, &["man", "pages"]).code, 0);
    assert!(here.join("pages/leftward-scan.1").is_file());
}

#[test]
fn a_value_is_followed_back_to_where_it_is_written() {
    let (_keep, here) = directory(&[
        ("main.bicep", b"param tls string\nvar wanted = tls\nmodule m 'm.bicep' = { name: 'm', params: { tls: wanted } }\n" as &[u8]),
        ("m.bicep", b"param tls string\n@secure()\nparam secret string = ''\nresource sa 'Microsoft.Storage/storageAccounts@2023-05-01' = {\n  name: 'stdata'\n  location: resourceGroup().location\n  properties: { minimumTlsVersion: tls, x: secret }\n}\n"),
        ("main.bicepparam", b"using 'main.bicep'\n\nparam tls = 'TLS1_0'\n"),
    ]);
    let ask = |address: &str, path: &str| leftward_in(&here, &["model", "--explain-value", address, path]);
    let told = ask("m/sa", "properties.minimumTlsVersion").stdout;
    let places: Vec<&str> = told.lines().map(str::trim).collect();
    assert_eq!(places[0], "m/sa in main.bicep with main.bicepparam");
    assert_eq!(places[1], "properties.minimumTlsVersion = \"TLS1_0\"");
    for wanted in [
        "m.bicep:7:17  the property",
        "main.bicep:3:1  the call 'm'",
        "argument 'tls' of the module call",
        "variable 'wanted'",
        "main.bicepparam:3:",
    ] {
        assert!(told.contains(wanted), "{wanted}\n{told}");
    }
    assert!(
        ask("m/sa", "location").stdout.contains("$unknown")
            || ask("m/sa", "location").stdout.contains("not known")
    );
    assert!(ask("m/sa", "properties.minimunTlsVersion").stdout.contains("did you mean 'minimumTlsVersion'?"));
    let wrong = ask("m/sb", "x");
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("did you mean 'm/sa'?"), "{}", wrong.stderr);
}
