//! Where modules come from, and where a finding in one points.

#![allow(clippy::expect_used)] // a test fails by panicking

mod common;

use common::{diagnostics, directory, leftward_in, text};

const CALLER: &str = "module store 'br/public:avm/res/store:1.0.0' = {
  params: { https: false }
}
";
const MODULE: &str = "param https bool = true
resource sa 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'stmodule0001'
  location: 'westeurope'
  sku: { name: 'Standard_LRS' }
  kind: 'StorageV2'
  properties: {
    supportsHttpsTrafficOnly: https
  }
}
";

/// (path, line) of the one finding of `storage-https-only` in `main.bicep`.
fn place(files: &[(&str, &[u8])], arguments: &[&str]) -> (String, u64) {
    let (_guard, path) = directory(files);
    let mut all = vec!["--format", "json", "--rule", "storage-https-only", "code"];
    all.extend(arguments);
    let report = leftward_in(&path, &all).json();
    let finding = &report["findings"][0];
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(1), "{:?}", diagnostics(&report));
    (text(&finding["location"]["path"]), finding["location"]["line"].as_u64().expect("a line"))
}

#[test]
fn a_folder_stands_for_a_registry_and_findings_point_at_the_call() {
    let files: &[(&str, &[u8])] =
        &[("code/main.bicep", CALLER.as_bytes()), ("checkout/avm/res/store/main.bicep", MODULE.as_bytes())];
    let found = place(files, &["--module-folder", "br/public=checkout"]);
    assert_eq!(found, ("code/main.bicep".to_owned(), 2));
}

#[test]
fn bicepconfig_names_the_cache() {
    let cached = "code/restored/br/contoso.azurecr.io/bicep$avm$res$store/1.0.0$/main.json";
    let template = r#"{
      "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
      "contentVersion": "1.0.0.0",
      "parameters": {"https": {"type": "bool", "defaultValue": true}},
      "resources": [{"type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-05-01", "name": "stmodule0001",
        "location": "westeurope", "sku": {"name": "Standard_LRS"}, "kind": "StorageV2",
        "properties": {"supportsHttpsTrafficOnly": "[parameters('https')]"}}]
    }"#;
    let config = r#"{ "cacheRootDirectory": "restored",
      "moduleAliases": {"br": {"corp": {"registry": "contoso.azurecr.io", "modulePath": "bicep"}}} }"#;
    let caller = CALLER.replace("br/public", "br/corp");
    let files: &[(&str, &[u8])] = &[
        ("code/app/main.bicep", caller.as_bytes()),
        ("code/bicepconfig.json", config.as_bytes()),
        (cached, template.as_bytes()),
    ];
    // The cache lies among the scanned files here: only the call is reported with --rule, the template alone is clean.
    assert_eq!(place(files, &[]), ("code/app/main.bicep".to_owned(), 2));
}

#[test]
fn a_module_that_is_not_restored_is_a_note_with_its_consequence() {
    let (_guard, path) = directory(&[("main.bicep", CALLER.as_bytes())]);
    let outcome = leftward_in(&path, &["--format", "json", "."]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let report = outcome.json();
    assert!(
        diagnostics(&report)
            .iter()
            .any(|(code, path, _)| code == "module-unresolved" && path == "main.bicep")
    );
    assert_eq!(report["summary"]["unresolvedModules"], 1);
    assert_eq!(report["summary"]["complete"], false);
    assert_eq!(leftward_in(&path, &["--fail-on", "incomplete", "."]).code, 3);
}
