use crate::rules::{RuleSet, RuleSetError};

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
        ("storage-https-only.md", &OWN.replace("own-rule", "storage-https-only")),
    ]);
    let Err(error) = RuleSet::built_in().with_directory(&path) else { panic!("an error is expected") };
    let told = error.to_string();
    assert!(told.contains("own-rule.md:4:11: unknown severity 'lwo'\n  did you mean 'low'?"), "{told}");
    assert!(
        told.contains("storage-https-only.md:2:1: there is a rule 'storage-https-only' already"),
        "{told}"
    );
    assert!(RuleSet::built_in().with_directory(&path.join("missing")).is_err());
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
    let mut ids: Vec<&str> = rules.iter().map(|rule| &*rule.id).collect();
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count);
}
