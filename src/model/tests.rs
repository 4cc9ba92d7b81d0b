use super::*;
use crate::source::{Sources, Span};
use crate::value::{Reference, Target, Value};

pub(crate) fn resource(sources: &Sources, address: &str, resource_type: &str, name: Value) -> Resource {
    let span = Span::new(sources.add_text("main.bicep", "text"), 0, 4);
    Resource {
        address: address.into(),
        resource_type: ResourceType::new(resource_type),
        api_version: None,
        source_type: resource_type.into(),
        name,
        existing: false,
        conditional: false,
        loop_instance: None,
        scope: None,
        parent: None,
        span,
        header: span,
        body: Value::object(crate::value::Object::new()),
        attributes: None,
        secrets: std::sync::Arc::new([]),
        calls: std::sync::Arc::new([]),
        owned: true,
        partial: false,
        repeats: false,
    }
}

fn deployment(resources: Vec<Resource>) -> Deployment {
    Deployment {
        path: "main.bicep".into(),
        language: Language::Bicep,
        parameter_file: None,
        file: None,
        scope: Some(Scope::ResourceGroup),
        resources,
        outputs: vec![],
        parameters: vec![],
        diagnostics: vec![],
        unresolved_modules: 0,
        absent_modules: Vec::new(),
        unmapped_types: Vec::new(),
        files: vec![],
    }
}

#[test]
fn a_parent_is_found_by_declaration_or_by_name() {
    let sources = Sources::new();
    let account = "Microsoft.Storage/storageAccounts";
    let service = "Microsoft.Storage/storageAccounts/blobServices";
    let mut declared = resource(&sources, "b", service, Value::string("default"));
    declared.parent = Some("sa".into());
    let named = resource(&sources, "c", service, Value::string("ST1/default"));
    let other = resource(&sources, "d", service, Value::string("st2/default"));
    let deployment =
        deployment(vec![resource(&sources, "sa", account, Value::string("st1")), declared, named, other]);
    let graph = Graph::new(&deployment);
    assert_eq!(graph.children(0), [1, 2]);
    assert_eq!(graph.parent(3), None);
    assert_eq!(graph.qualified_name(1).as_str(), Some("st1/default"));
}

#[test]
fn what_repeats_its_parent_is_not_looked_at() {
    let sources = Sources::new();
    let config = "Microsoft.Web/sites/config";
    let child = |address: &str, repeats: bool| {
        let mut child = resource(&sources, address, config, Value::string("web"));
        child.parent = Some("app".into());
        child.repeats = repeats;
        child
    };
    let app = resource(&sources, "app", "Microsoft.Web/sites", Value::string("app"));
    let deployment = deployment(vec![app, child("app/web", true), child("own", false)]);
    let graph = Graph::new(&deployment);
    assert_eq!(graph.children(0), [2]);
    assert_eq!(graph.of_type(config), [2]);
    assert_eq!(graph.parent(1), Some(0));
}

#[test]
fn an_existing_resource_stands_for_its_deployed_namesake() {
    let sources = Sources::new();
    let account = "Microsoft.Storage/storageAccounts";
    let deployed = resource(&sources, "sa", account, Value::string("st1"));
    let existing = |address: &str, name: &str| {
        let mut existing = resource(&sources, address, account, Value::string(name));
        existing.existing = true;
        existing
    };
    let mut child = resource(
        &sources,
        "m/b",
        "Microsoft.Storage/storageAccounts/blobServices",
        Value::string("st1/default"),
    );
    child.parent = Some("m/sa".into());
    let mut elsewhere = existing("m/other", "st1");
    elsewhere.scope = Some(Value::string("rg2"));
    let deployment =
        deployment(vec![existing("m/sa", "ST1"), deployed, child, elsewhere, existing("m/x", "st2")]);
    let graph = Graph::new(&deployment);
    assert_eq!(graph.children(1), [2]);
    let resolved = |address: &str| graph.resolve(&Reference::to_declared(address, account));
    assert_eq!((resolved("m/sa"), resolved("m/other"), resolved("m/x")), (Some(1), Some(3), Some(4)));
}

#[test]
fn a_reference_resolves_by_address_and_by_id() {
    let sources = Sources::new();
    let deployment =
        deployment(vec![resource(&sources, "kv", "Microsoft.KeyVault/vaults", Value::string("kv1"))]);
    let graph = Graph::new(&deployment);
    let by_id = |name: &str| Reference {
        target: Target::Id {
            resource_type: "microsoft.keyvault/vaults".into(),
            names: vec![Value::string(name)],
            scope: vec![],
        },
        property: None,
    };
    assert_eq!(graph.resolve(&by_id("KV1")), Some(0));
    assert_eq!(graph.resolve(&by_id("kv2")), None);
    assert_eq!(graph.resolve(&Reference::to_declared("kv", "Microsoft.KeyVault/vaults")), Some(0));
}

#[test]
fn types_know_their_parents() {
    let child = ResourceType::new("Microsoft.Web/sites/config");
    assert_eq!(child.parent(), Some("Microsoft.Web/sites"));
    assert_eq!(ResourceType::new("Microsoft.Web/sites").parent(), None);
    assert!(ResourceType::new("microsoft.web/SITES").is_parent_of(&child));
}
