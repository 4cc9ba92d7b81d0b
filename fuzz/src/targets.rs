//! The targets: each takes any bytes and must neither panic nor hang.

use std::sync::Arc;

use arbitrary::{Arbitrary, Unstructured};
use camino::Utf8PathBuf;
use leftward::arm::evaluate::{NoLoader, evaluate};
use leftward::arm::json;
use leftward::model::{Deployment, Graph};
use leftward::report::{
    Group, HumanOptions, Report, Summary, collect, collect_diagnostics, human, json as json_report, sarif,
};
use leftward::rules::{Baseline, RuleSet, examples, parse_rule};
use leftward::source::{FileId, Sources};
use leftward::suppress::Suppressions;
use leftward::value::to_json;
use leftward::workspace::{Options, scan as scan_workspace};
use leftward::{bicep as bicep_language, terraform};

use super::input::Project;

fn file() -> FileId {
    Sources::new().add_text("fuzz", "")
}

fn looked_at(deployment: &Deployment) {
    for resource in &deployment.resources {
        to_json(&resource.body);
    }
    for output in &deployment.outputs {
        to_json(&output.value);
    }
}

/// A Bicep file, and the same text as a parameter file.
pub fn bicep(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let template = Arc::new(bicep_language::parse_template(file(), text));
    let parameters = Arc::new(bicep_language::parse_parameters(file(), text));
    looked_at(&evaluate(&template, None, &NoLoader));
    looked_at(&evaluate(&template, Some(&parameters), &NoLoader));
}

/// An ARM template, and the same text as a parameter file.
pub fn arm(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    json::classify(text);
    let template = Arc::new(json::parse_template(file(), text));
    let parameters = Arc::new(json::parse_parameters(file(), text));
    looked_at(&evaluate(&template, None, &NoLoader));
    looked_at(&evaluate(&template, Some(&parameters), &NoLoader));
}

/// An expression of ARM, and the same text as one of Bicep.
pub fn arm_expression(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let quoted = serde_json::Value::String(format!("[{text}]")).to_string();
    let template = format!(
        "{{\"parameters\": {{\"p\": {{\"type\": \"string\"}}, \"q\": {{\"type\": \"object\", \"defaultValue\": {{\"a\": [1, null]}}}}}}, \
         \"variables\": {{\"v\": [\"x\", 2]}}, \"outputs\": {{\"o\": {{\"type\": \"object\", \"value\": {quoted}}}}}}}"
    );
    arm(template.as_bytes());
    bicep(format!("param p string\nparam q object = {{ a: [1, null] }}\nvar v = ['x', 2]\noutput o object = {text}\n").as_bytes());
}

/// A Terraform file, in HCL and in JSON.
pub fn hcl(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let parsed = terraform::syntax::parse(file(), text);
    for attribute in parsed
        .body
        .attributes
        .iter()
        .chain(parsed.body.blocks.iter().flat_map(|block| &block.body.attributes))
    {
        to_json(&terraform::expression::evaluate_literal(&parsed.expressions, attribute.value));
    }
    terraform::syntax::parse_json(file(), text);
}

/// An expression of Terraform, which has no names to refer to.
pub fn terraform_expression(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    hcl(format!("a = {text}\n").as_bytes());
    terraform::syntax::parse_template(file(), text);
}

/// A rule file.
pub fn rule_file(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Err(errors) = parse_rule(text, "fuzz") {
        for error in errors {
            error.position(text);
        }
    }
    let _ = examples(text);
}

/// What `terraform show -json` prints.
pub fn plan(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let sources = Sources::new();
    let file = sources.add_text("plan.json", text);
    looked_at(&terraform::plan::evaluate(file, &sources));
}

/// A whole scan of some files that are made of the bytes, with every report.
pub fn scan(data: &[u8]) {
    let Ok(project) = Project::arbitrary_take_rest(Unstructured::new(data)) else { return };
    let Ok(folder) = tempfile::tempdir() else { return };
    let Ok(path) = Utf8PathBuf::from_path_buf(folder.path().to_owned()) else { return };
    for (name, text) in project.files() {
        let at = path.join(name);
        if at.parent().is_none_or(|parent| std::fs::create_dir_all(parent).is_err())
            || std::fs::write(&at, text).is_err()
        {
            return;
        }
    }
    let options = Options { paths: vec![path], no_gitignore: true, threads: Some(1), ..Options::default() };
    let Ok(scan) = scan_workspace(&options) else { return };
    for diagnostic in &scan.diagnostics {
        assert_ne!(diagnostic.code.as_str(), "internal", "{}", diagnostic.message);
    }
    let rules = RuleSet::built_in();
    let graphs: Vec<Graph<'_>> = scan.deployments.iter().map(Graph::new).collect();
    let collected = collect(&scan.sources, &graphs, &rules, Baseline::Owned, None, &Suppressions::default());
    let diagnostics = collect_diagnostics(&scan.sources, &scan.deployments, &scan.diagnostics);
    let report = Report {
        sources: &scan.sources,
        rules: &rules,
        findings: collected.findings,
        suppressed: Vec::new(),
        show_suppressed: true,
        diff: None,
        undecided: collected.undecided,
        reviews: collected.reviews,
        secure_score: None,
        sections: Vec::new(),
        diagnostics,
        deployments: &scan.deployments,
        summary: Summary::new(&scan.deployments, scan.coverage, rules.len()),
    };
    let _ = json_report(&report, &mut std::io::sink());
    let _ = sarif(&report, &mut std::io::sink());
    let options = HumanOptions {
        color: true,
        links: true,
        width: 80,
        show_undecided: true,
        group: Group::default(),
        summary_only: false,
    };
    let _ = human(&report, options, &mut std::io::sink());
}
