//! The text of a secret is in no output.

#![allow(clippy::expect_used)] // a test fails by panicking

mod common;

use common::{directory, leftward_in};

/// Not real: put together here, so that no scanner takes this file for a leak.
fn account_key() -> String {
    let filler: String = "AbC1dEf2GhI3jKl4MnO5pQr6StU7vWx8YzA9".chars().cycle().take(76).collect();
    format!("{filler}+ASt12345A==")
}

#[test]
fn no_output_shows_a_credential() {
    let key = account_key();
    let signature = "c2lnbmF0dXJlLW9mLWEtdG9rZW4";
    let template = format!(
        "param plain string = 'https://stexample.blob.core.windows.net/c?sv=2022-11-02&se=2030-01-01&sig={signature}'\n\
         resource variable 'Microsoft.Automation/automationAccounts/variables@2023-11-01' = {{\n\
           name: 'aa/connection'\n\
           properties: {{ value: '{key}', isEncrypted: false, description: plain }}\n\
         }}\n\
         resource app 'Microsoft.Web/sites@2023-12-01' = {{\n\
           name: 'app'\n\
           location: 'westeurope'\n\
           properties: {{\n\
             siteConfig: {{ appSettings: [\n\
               {{ name: 'Sql__Password', value: 'hunter22-not-real' }}\n\
               {{ name: 'DB', value: 'Server=s;User ID=u;Password=swordfish-not-real' }}\n\
             ] }}\n\
           }}\n\
         }}\n"
    );
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("main.bicep"), template).expect("a file");
    let secrets = [key.as_str(), signature, "hunter22-not-real", "swordfish-not-real"];
    let formats = [
        "human",
        "concise",
        "json",
        "sarif",
        "junit",
        "github",
        "azure-pipelines",
        "gitlab",
        "markdown",
        "csv",
        "html",
    ];
    let scans = formats.map(|format| {
        vec!["scan", "--no-config", "--profile", "all", "--show-undecided", "--format", format, "."]
    });
    for arguments in scans.into_iter().chain([vec!["model", "."], vec!["access", "."]]) {
        let outcome = leftward_in(folder.path(), &arguments);
        assert!(outcome.code < 2, "{arguments:?}: {}", outcome.stderr);
        for secret in secrets {
            let shown = outcome.stdout.contains(secret) || outcome.stderr.contains(secret);
            assert!(!shown, "{arguments:?} shows {secret}:\n{}", outcome.stdout);
        }
    }
    let report = leftward_in(folder.path(), &["--format", "json", "."]).json();
    let rules: Vec<&str> = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["rule"].as_str())
        .collect();
    assert_eq!(rules.iter().filter(|rule| **rule == "secret-in-source").count(), 2, "{rules:?}");
    assert_eq!(rules.iter().filter(|rule| **rule == "appservice-settings-secret").count(), 2, "{rules:?}");
}

#[test]
fn neither_the_model_nor_the_way_of_a_value_shows_what_a_secret_name_holds() {
    let code = b"param big bool
resource sql 'Microsoft.Sql/servers@2023-08-01' = {
  name: 'sql1'
  location: 'westeurope'
  properties: { administratorLogin: 'adm', administratorLoginPassword: big ? 'Zq9-first' : 'Zq9-second' }
}
resource app 'Microsoft.Web/sites@2023-12-01' = {
  name: 'app1'
  location: 'westeurope'
  properties: { siteConfig: { appSettings: [{ name: 'Sql__Password', value: 'Zq9-third' }] } }
}
";
    let (_guard, path) = directory(&[("main.bicep", code)]);
    let model = leftward_in(&path, &["model", "."]).stdout;
    assert!(model.contains("$secret") && !model.contains("Zq9"), "{model}");
    for (address, property) in [
        ("sql", "properties.administratorLoginPassword"),
        ("app", "properties.siteConfig.appSettings[0].value"),
    ] {
        let told = leftward_in(&path, &["model", ".", "--explain-value", address, property]).stdout;
        assert!(told.contains("$secret") && !told.contains("Zq9"), "{told}");
    }
}
