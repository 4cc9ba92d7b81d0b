use crate::rules::{Literal, RuleSet, RuleSetError, parse_rule};

fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, camino::Utf8PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let path = camino::Utf8PathBuf::from_path_buf(folder.path().to_owned()).expect("UTF-8");
    (folder, path)
}

const OWN: &str = "---\nid: own-rule\ntitle: t\nseverity: low\ncategory: network\nresources: Microsoft.X/ys\nrequire: { field: a, equals: 1 }\nmessage: m\nhelp: h\ndefault: off\n---\nText.\n";

#[test]
fn users_rules_are_added_to_the_built_in_ones() {
    let (_keep, path) = folder(&[("deep/own-rule.md", OWN), ("README.txt", "no rule")]);
    let built_in = RuleSet::built_in().len();
    let rules = RuleSet::built_in().with_directory(&path).expect("rules");
    assert_eq!(rules.len(), built_in + 1);
    assert!(rules.of_type("MICROSOFT.X/YS").any(|rule| *rule.id == *"own-rule"));
    assert!(rules.default_on().iter().all(|rule| *rule.id != *"own-rule"));
}

#[test]
fn a_broken_rule_file_is_told_with_its_place() {
    let wrong = OWN.replace("severity: low", "severity: lwo");
    let (_keep, path) = folder(&[
        ("own-rule.md", &wrong),
        ("a/other-rule.md", &OWN.replace("own-rule", "other-rule")),
        ("b/other-rule.md", &OWN.replace("own-rule", "other-rule")),
    ]);
    let Err(error) = RuleSet::built_in().with_directory(&path) else { panic!("an error is expected") };
    let told = error.to_string();
    assert!(told.contains("own-rule.md:4:11: unknown severity 'lwo'\n  did you mean 'low'?"), "{told}");
    assert!(told.contains("b/other-rule.md:2:1: there is a rule 'other-rule' already, in"), "{told}");
    assert!(RuleSet::built_in().with_directory(&path.join("missing")).is_err());
}

#[test]
fn a_rule_stands_in_the_place_of_the_built_in_one_of_its_id() {
    let (_keep, path) = folder(&[("storage-https-only.md", &OWN.replace("own-rule", "storage-https-only"))]);
    let built_in = RuleSet::built_in().len();
    let rules = RuleSet::built_in().with_directory(&path).expect("rules");
    assert_eq!(rules.len(), built_in);
    assert_eq!(rules.find("storage-https-only").len(), 1);
    assert_eq!(rules.get("storage-https-only").map(|rule| &*rule.title), Some("t"));
    let of_storage: Vec<&str> =
        rules.of_type("Microsoft.Storage/storageAccounts").map(|rule| &*rule.title).collect();
    assert!(!of_storage.contains(&"Storage account accepts plain HTTP"), "{of_storage:?}");
}

const WITH_PARAMETERS: &str = "---\nid: own-rule\ntitle: t\nseverity: low\ncategory: network\nresources: Microsoft.X/ys\nparameters:\n  regions: { type: array, description: d }\n  least: { type: string, defaultValue: \"1.2\", description: d }\nexampleParameters: { regions: [westeurope] }\nrequire:\n  allOf:\n    - { field: location, in: \"[parameters('regions')]\" }\n    - { field: properties.tls, atLeast: \"[parameters('least')]\" }\nmessage: \"not in [parameters('regions')]\"\nhelp: h\n---\nText.\n";

#[test]
fn a_rule_with_a_parameter_without_value_is_off_until_it_has_one() {
    let (_keep, path) = folder(&[("own-rule.md", WITH_PARAMETERS)]);
    let mut rules = RuleSet::built_in().with_directory(&path).expect("rules");
    assert!(!rules.is_on("own-rule"));
    assert!(matches!(rules.clone().only(&["own-rule"]), Err(RuleSetError::Unset { .. })));
    rules.switch("own-rule", true);
    assert!(!rules.is_on("own-rule"), "it cannot be turned on without a value");
    let given = [("regions".into(), Literal::Array(vec![Literal::Str("northeurope".into())].into()))];
    rules.set_parameters("own-rule", &given).expect("it takes that");
    assert!(rules.is_on("own-rule"));
    let said = format!("{:?}", rules.get("own-rule").map(|rule| (&rule.demand, &rule.message)));
    assert!(said.contains("northeurope") && said.contains("1.2") && !said.contains("parameters('"), "{said}");
    let wrong = |name: &str, value: Literal| {
        rules.clone().set_parameters("own-rule", &[(name.into(), value)]).map_err(|error| error.message)
    };
    assert_eq!(wrong("region", Literal::Null), Err("unknown parameter 'region'".to_owned()));
    assert_eq!(wrong("regions", Literal::Bool(true)), Err("the parameter 'regions' takes a list".to_owned()));
    assert_eq!(wrong("least", Literal::Str("Low".into())), Err("'Low' is no version".to_owned()));
}

#[test]
fn parameters_are_checked_where_they_are_declared_and_used() {
    let errors = |from: &str, to: &str| {
        assert!(WITH_PARAMETERS.contains(from), "{from}");
        let errors = parse_rule(&WITH_PARAMETERS.replacen(from, to, 1), "own-rule").expect_err("an error");
        errors.into_iter().map(|error| error.message).collect::<Vec<_>>()
    };
    assert_eq!(
        errors("parameters('least')", "parameters('laest')"),
        ["the parameter 'least' is not used", "unknown parameter 'laest'",]
    );
    assert_eq!(
        errors("exampleParameters: { regions: [westeurope] }\n", ""),
        ["the parameter 'regions' has neither a default nor an example",]
    );
    assert_eq!(
        errors("\"[parameters('least')]\"", "\"1.[parameters('least')]\"")[1],
        "a parameter stands alone here"
    );
    assert_eq!(
        errors("regions: [westeurope]", "regions: westeurope"),
        ["the parameter 'regions' takes a list"]
    );
}

#[test]
fn rules_are_chosen_by_their_ids_or_by_those_of_peers() {
    let ids = |rules: RuleSet| rules.iter().map(|rule| rule.id.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(RuleSet::built_in().only(&["storage-min-tls"]).expect("a rule")), ["storage-min-tls"]);
    assert_eq!(ids(RuleSet::built_in().only(&["ckv_azure_3"]).expect("a rule")), ["storage-https-only"]);
    let Err(RuleSetError::Unknown { near, .. }) = RuleSet::built_in().only(&["storage-http-only"]) else {
        panic!("an error is expected")
    };
    assert_eq!(near.as_deref(), Some("storage-https-only"));
}

#[test]
fn built_in_ids_are_unique() {
    let rules = RuleSet::built_in();
    let mut ids: Vec<&str> = rules.all().map(|rule| &*rule.id).collect();
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count);
}
