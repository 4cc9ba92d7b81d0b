use camino::Utf8Path;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

use super::*;
use crate::model::{Loop, LoopKey, Resource};
use crate::source::{DiagnosticCode, Level};
use crate::value::to_json;

/// A root module of these files, evaluated.
struct Evaluated {
    deployment: Deployment,
    sources: Sources,
}

fn evaluate_files(files: &[(&str, &str)]) -> Evaluated {
    evaluate_root(files, ".", &[])
}

fn evaluate_root(files: &[(&str, &str)], root: &str, variable_files: &[&str]) -> Evaluated {
    let temporary = tempfile::tempdir().unwrap();
    let base = Utf8Path::from_path(temporary.path()).unwrap();
    for (path, text) in files {
        let path = base.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let sources = Sources::new();
    let root = Root {
        directory: crate::source::normalize(&base.join(root)),
        variable_files: variable_files.iter().map(|path| base.join(path)).collect(),
        environment: BTreeMap::new(),
        readable: Vec::new(),
    };
    Evaluated { deployment: evaluate(&root, &sources), sources }
}

impl Evaluated {
    fn addresses(&self) -> Vec<&str> {
        self.deployment.resources.iter().map(|resource| &*resource.address).collect()
    }

    fn resource(&self, address: &str) -> &Resource {
        let found = self.deployment.resources.iter().find(|resource| &*resource.address == address);
        found.unwrap_or_else(|| panic!("no {address} in {:?}", self.addresses()))
    }

    fn attributes(&self, address: &str) -> Json {
        to_json(self.resource(address).attributes.as_ref().unwrap())
    }

    fn attribute(&self, address: &str, name: &str) -> Json {
        self.attributes(address)[name].clone()
    }

    fn output(&self, name: &str) -> Json {
        let output =
            self.deployment.outputs.iter().find(|output| &*output.name == name && output.module.is_empty());
        to_json(&output.unwrap().value)
    }

    fn problems(&self) -> Vec<(Level, DiagnosticCode, String)> {
        let diagnostics = self.deployment.diagnostics.iter();
        diagnostics.map(|problem| (problem.level, problem.code, problem.message.to_string())).collect()
    }

    fn text(&self, span: crate::source::Span) -> String {
        self.sources.file(span.file).slice(span.range()).to_owned()
    }
}

#[test]
fn variables_take_the_last_value_given() {
    let files = [
        (
            "main.tf",
            "variable \"a\" { default = \"default\" }\nvariable \"b\" { default = \"default\" }\nvariable \"c\" { default = \"default\" }\nvariable \"d\" { default = \"default\" }\nvariable \"e\" { default = \"default\" }\nresource \"test_r\" \"r\" {\n  all = [var.a, var.b, var.c, var.d, var.e]\n}\n",
        ),
        ("terraform.tfvars", "b = \"tfvars\"\nc = \"tfvars\"\nd = \"tfvars\"\n"),
        ("z.auto.tfvars.json", r#"{"c": "auto ${not a template}", "d": "auto"}"#),
        ("other.tfvars", "a = \"other\"\n"),
        ("prod.tfvars", "d = \"prod\"\ne = \"prod\"\nunknown = 1\n"),
    ];
    let evaluated = evaluate_root(&files, ".", &["prod.tfvars"]);
    assert_eq!(
        evaluated.attribute("test_r.r", "all"),
        json!(["default", "tfvars", "auto ${not a template}", "prod", "prod"])
    );
    assert!(evaluated.deployment.parameter_file.as_deref().unwrap().ends_with("prod.tfvars"));
    assert_eq!(
        evaluated.problems(),
        [(
            Level::Warning,
            DiagnosticCode::Parameters,
            "the root module has no variable 'unknown'".to_owned()
        )]
    );
    let missing = evaluate_root(&files, ".", &["none.tfvars"]);
    assert_eq!(missing.problems()[0].1, DiagnosticCode::FileUnresolved);
    assert_eq!(missing.attribute("test_r.r", "all")[3], json!("auto"));
}

#[test]
fn variables_have_types_nullability_and_taint() {
    let evaluated = evaluate_files(&[(
        "main.tf",
        "variable \"flag\" {\n  type = bool\n  default = \"true\"\n}\nvariable \"unset\" {\n  type = number\n}\nvariable \"secret\" {\n  sensitive = true\n  default = \"hunter2\"\n}\nvariable \"tier\" {\n  type = string\n  validation {\n    condition     = contains([\"a\", \"b\"], var.tier)\n    error_message = \"x\"\n  }\n}\nvariable \"bad\" {\n  type = number\n  default = \"many\"\n}\nresource \"test_r\" \"r\" {\n  flag   = var.flag\n  unset  = var.unset\n  secret = var.secret\n  tier   = var.tier\n  bad    = var.bad\n}\n",
    )]);
    let shown = evaluated.attributes("test_r.r");
    assert_eq!(shown["flag"], json!(true));
    assert_eq!(shown["unset"], json!({"$unknown": "var.unset is not set", "type": "number"}));
    assert!(shown["secret"]["$secret"].is_string());
    assert_eq!(shown["tier"], json!({"$oneOf": ["a", "b"]}));
    assert!(shown["bad"]["$unknown"].as_str().unwrap().contains("does not fit its type"));
    let secure: Vec<(&str, bool)> = evaluated
        .deployment
        .parameters
        .iter()
        .map(|parameter| (&*parameter.name, parameter.secure))
        .collect();
    assert_eq!(
        secure,
        [("flag", false), ("unset", false), ("secret", true), ("tier", false), ("bad", false)]
    );
    assert_eq!(evaluated.deployment.parameters[0].declared_type.as_deref(), Some("bool"));
}

#[test]
fn override_files_merge() {
    let evaluated = evaluate_files(&[
        (
            "main.tf",
            "variable \"v\" {\n  type = string\n  default = \"main\"\n}\nlocals {\n  one = \"main\"\n  two = \"main\"\n}\nresource \"test_r\" \"r\" {\n  name = \"${var.v}-${local.one}-${local.two}\"\n  size = 1\n  rule {\n    port = 1\n  }\n  rule {\n    port = 2\n  }\n  kept {\n    x = 1\n  }\n}\n",
        ),
        (
            "a_override.tf",
            "locals {\n  two = \"over\"\n}\nvariable \"v\" {\n  default = \"over\"\n}\nresource \"test_r\" \"r\" {\n  size = 2\n  rule {\n    port = 3\n  }\n}\n",
        ),
    ]);
    assert_eq!(
        evaluated.attributes("test_r.r"),
        json!({"name": "over-main-over", "size": 2, "rule": [{"port": 3}], "kept": [{"x": 1}]})
    );
    assert_eq!(evaluated.problems(), []);
}

#[test]
fn count_and_for_each_make_instances() {
    let evaluated = evaluate_files(&[(
        "main.tf",
        "resource \"test_r\" \"counted\" {\n  count = 2\n  i     = count.index\n}\nresource \"test_r\" \"none\" {\n  count = 0\n}\nresource \"test_r\" \"mapped\" {\n  for_each = { b = 2, \"a.\\\"x\" = 1 }\n  key      = each.key\n  value    = each.value\n}\nresource \"test_r\" \"set\" {\n  for_each = toset([\"z\", \"y\", \"z\"])\n  key      = each.value\n}\noutput \"ids\" {\n  value = [length(test_r.counted), test_r.counted[1].i, test_r.mapped[\"b\"].value, keys(test_r.set), test_r.counted[*].i]\n}\n",
    )]);
    assert_eq!(
        evaluated.addresses(),
        [
            "test_r.counted[0]",
            "test_r.counted[1]",
            "test_r.mapped[\"a.\\\"x\"]",
            "test_r.mapped[\"b\"]",
            "test_r.set[\"y\"]",
            "test_r.set[\"z\"]"
        ]
    );
    assert_eq!(evaluated.attribute("test_r.counted[1]", "i"), json!(1));
    assert_eq!(evaluated.attributes("test_r.mapped[\"b\"]"), json!({"key": "b", "value": 2}));
    let instance = evaluated.resource("test_r.set[\"y\"]").loop_instance.clone();
    assert_eq!(instance, Some(Loop::Known(LoopKey::Key("y".into()))));
    assert_eq!(evaluated.output("ids"), json!([2, 1, 2, ["y", "z"], [0, 1]]));
    assert_eq!(evaluated.problems(), []);
}

#[test]
fn what_is_not_known_makes_one_symbolic_instance() {
    let evaluated = evaluate_files(&[(
        "main.tf",
        "variable \"keys\" {\n  type = set(string)\n}\nvariable \"on\" {\n  type = bool\n}\nresource \"test_r\" \"each\" {\n  for_each = var.keys\n  name     = \"st${each.key}\"\n  tls      = \"1.0\"\n}\nresource \"test_r\" \"maybe\" {\n  count = var.on ? 1 : 0\n  i     = count.index\n}\nresource \"test_r\" \"user\" {\n  name = test_r.each[\"x\"].name\n  n    = length(test_r.each)\n}\nresource \"test_r\" \"many\" {\n  count = 1000000\n}\n",
    )]);
    assert_eq!(evaluated.addresses(), ["test_r.each", "test_r.maybe[0]", "test_r.user", "test_r.many"]);
    let each = evaluated.resource("test_r.each");
    assert_eq!((each.conditional, each.loop_instance.clone()), (true, Some(Loop::Unknown)));
    assert_eq!(evaluated.attribute("test_r.each", "tls"), json!("1.0"));
    assert_eq!(evaluated.attribute("test_r.each", "name")["prefix"], json!("st"));
    assert!(evaluated.resource("test_r.maybe[0]").conditional);
    assert_eq!(evaluated.attribute("test_r.maybe[0]", "i"), json!(0));
    assert!(evaluated.attribute("test_r.user", "n")["$unknown"].is_string());
    assert_eq!(
        evaluated.problems().iter().map(|problem| problem.1).collect::<Vec<_>>(),
        [DiagnosticCode::Parameters, DiagnosticCode::Limit],
        "the variables without a value, and the bound of instances"
    );
}

#[test]
fn dynamic_blocks_expand_in_their_iterators() {
    let evaluated = evaluate_files(&[(
        "main.tf",
        "variable \"unset\" {\n  type = list(string)\n}\nresource \"test_r\" \"r\" {\n  rule {\n    port = 1\n  }\n  dynamic \"rule\" {\n    for_each = { b = [20, 21], a = [10] }\n    content {\n      name = rule.key\n      dynamic \"inner\" {\n        for_each = rule.value\n        iterator = it\n        content {\n          name = \"${rule.key}${it.key}\"\n          port = it.value\n        }\n      }\n    }\n  }\n  dynamic \"open\" {\n    for_each = var.unset\n    content {\n      x = open.value\n    }\n  }\n  dynamic \"none\" {\n    for_each = []\n    content {}\n  }\n}\n",
    )]);
    let shown = evaluated.attributes("test_r.r");
    assert_eq!(
        shown["rule"],
        json!([
            {"port": 1},
            {"name": "a", "inner": [{"name": "a0", "port": 10}]},
            {"name": "b", "inner": [{"name": "b0", "port": 20}, {"name": "b1", "port": 21}]}
        ])
    );
    assert_eq!(shown["open"], json!([{"$unknown": "further items: var.unset is not set"}]));
    assert_eq!(shown["none"], json!([]));
    let attributes = evaluated.resource("test_r.r").attributes.clone().unwrap();
    let rules = attributes.as_object().unwrap().get("rule").unwrap();
    assert_eq!(evaluated.text(rules.site.unwrap()).lines().next(), Some("rule {"));
    let second = rules.value.as_array().unwrap().items[1].site.unwrap();
    assert!(evaluated.text(second).starts_with("dynamic \"rule\""));
}

#[test]
fn references_give_configured_values_and_links() {
    let evaluated = evaluate_files(&[(
        "main.tf",
        "resource \"test_a\" \"a\" {\n  name = \"x\"\n  rule {\n    port = 1\n  }\n}\nresource \"test_a\" \"n\" {\n  count = 1\n}\ndata \"test_d\" \"d\" {\n  name = \"given\"\n}\nresource \"test_b\" \"b\" {\n  name  = test_a.a.name\n  id    = test_a.a.id\n  fqdn  = test_a.a.fqdn\n  first = test_a.n[0].id\n  one   = one(test_a.n[*].id)\n  port  = test_a.a.rule[0].port\n  made  = test_a.a.rule[0].computed\n  given = data.test_d.d.name\n  read  = data.test_d.d.id\n  ns    = \"p-${test_a.a.id}\"\n}\n",
    )]);
    assert_eq!(evaluated.problems(), []);
    let shown = evaluated.attributes("test_b.b");
    assert_eq!(shown["name"], json!("x"));
    assert_eq!(shown["id"]["reference"], json!("id of 'test_a.a'"));
    assert_eq!(shown["fqdn"]["reference"], json!("fqdn of 'test_a.a'"));
    assert_eq!(shown["first"]["reference"], json!("id of 'test_a.n[0]'"));
    assert_eq!(shown["one"]["reference"], json!("id of 'test_a.n[0]'"));
    assert_eq!(shown["port"], json!(1));
    assert!(shown["made"]["$unknown"].is_string());
    assert_eq!(shown["given"], json!("given"));
    assert_eq!(shown["read"]["$unknown"], json!("data.test_d.d is read from Azure"));
    assert_eq!(shown["ns"]["prefix"], json!("p-"));
}

#[test]
fn links_go_through_collections_and_symbolic_instances() {
    let evaluated = evaluate_files(&[(
        "main.tf",
        "variable \"keys\" {\n  type = set(string)\n}\nresource \"test_a\" \"n\" {\n  count = 2\n  name  = \"n${count.index}\"\n}\nresource \"test_a\" \"s\" {\n  for_each = var.keys\n  name     = each.key\n}\nresource \"test_b\" \"b\" {\n  fqdn  = test_a.n[1].fqdn\n  all   = test_a.n[*].principal_id\n  known = test_a.s[\"x\"].id\n  gone  = test_a.nowhere.id\n}\nresource \"test_b\" \"e\" {\n  for_each = var.keys\n  id       = test_a.s[each.key].id\n}\n",
    )]);
    let shown = evaluated.attributes("test_b.b");
    assert_eq!(shown["fqdn"]["reference"], json!("fqdn of 'test_a.n[1]'"));
    assert_eq!(shown["all"][0]["reference"], json!("principal_id of 'test_a.n[0]'"));
    assert_eq!(shown["known"]["reference"], json!("id of 'test_a.s'"));
    assert_eq!(shown["gone"]["reference"], json!("id of 'test_a.nowhere'"));
    assert_eq!(evaluated.attribute("test_b.e", "id")["reference"], json!("id of 'test_a.s'"));
    assert_eq!(
        evaluated.problems().iter().map(|problem| problem.1).collect::<Vec<_>>(),
        [DiagnosticCode::Parameters, DiagnosticCode::Evaluation],
        "the variable without a value, and the undeclared resource"
    );
}

#[test]
fn modules_are_called_with_arguments_and_give_outputs() {
    let evaluated = evaluate_root(
        &[
            (
                "root/main.tf",
                "locals {\n  regions = { eu = \"west\", us = \"east\" }\n}\nmodule \"store\" {\n  source   = \"../modules/store\"\n  for_each = local.regions\n  name     = each.key\n  region   = each.value\n}\nmodule \"off\" {\n  source = \"../modules/store\"\n  count  = 0\n  name   = \"off\"\n}\nresource \"test_r\" \"r\" {\n  names = [for k, m in module.store : m.name]\n  path  = module.store[\"eu\"].path\n  inner = module.store[\"us\"].deep\n}\n",
            ),
            (
                "modules/store/main.tf",
                "variable \"name\" {\n  type = string\n}\nvariable \"region\" {\n  default = \"north\"\n}\nresource \"test_s\" \"s\" {\n  name   = \"st${var.name}\"\n  region = var.region\n}\nmodule \"inner\" {\n  source = \"./inner\"\n  prefix = test_s.s.name\n}\noutput \"name\" {\n  value = test_s.s.name\n}\noutput \"path\" {\n  value = path.module\n}\noutput \"deep\" {\n  value = module.inner.id\n}\n",
            ),
            (
                "modules/store/inner/main.tf",
                "variable \"prefix\" {}\nresource \"test_i\" \"i\" {\n  name = var.prefix\n}\noutput \"id\" {\n  value     = test_i.i.id\n  sensitive = true\n}\n",
            ),
        ],
        "root",
        &[],
    );
    assert_eq!(evaluated.problems(), []);
    assert_eq!(
        evaluated.addresses(),
        [
            "test_r.r",
            "module.store[\"eu\"].test_s.s",
            "module.store[\"eu\"].module.inner.test_i.i",
            "module.store[\"us\"].test_s.s",
            "module.store[\"us\"].module.inner.test_i.i"
        ]
    );
    let root = evaluated.resource("test_r.r").attributes.clone().unwrap();
    assert_eq!(evaluated.attribute("test_r.r", "names"), json!(["steu", "stus"]));
    assert_eq!(evaluated.attribute("test_r.r", "path"), json!("../modules/store"));
    let inner = root.as_object().unwrap().value("inner").unwrap();
    assert!(inner.secret);
    assert_eq!(
        inner.as_reference().unwrap().describe(),
        "id of 'module.store[\"us\"].module.inner.test_i.i'"
    );
    let store = evaluated.resource("module.store[\"us\"].module.inner.test_i.i");
    let calls: Vec<&str> = store.calls.iter().map(|call| &*call.name).collect();
    assert_eq!(calls, ["module.store[\"us\"]", "module.inner"]);
    assert_eq!(to_json(&store.calls[0].arguments), json!({"name": "us", "region": "east"}));
    let name = evaluated.resource("module.store[\"eu\"].test_s.s").attributes.clone().unwrap();
    let region = name.as_object().unwrap().value("region").unwrap();
    let steps: Vec<String> = region.origin.steps().map(|step| step.kind.describe(&step.name)).collect();
    assert_eq!(steps[0], "argument 'region' of the module call");
    let outputs: Vec<(&str, &str)> =
        evaluated.deployment.outputs.iter().map(|output| (&*output.module, &*output.name)).collect();
    assert!(outputs.contains(&("module.store[\"eu\"].module.inner.", "id")));
    assert_eq!(evaluated.deployment.files.len(), 3);
}

#[test]
fn null_arguments_follow_nullable() {
    let evaluated = evaluate_files(&[
        ("main.tf", "module \"m\" {\n  source = \"./m\"\n  strict = null\n  loose  = null\n}\n"),
        (
            "m/main.tf",
            "variable \"strict\" {\n  default  = \"d\"\n  nullable = false\n}\nvariable \"loose\" {\n  default = \"d\"\n}\nresource \"test_r\" \"r\" {\n  strict = var.strict\n  loose  = var.loose\n}\n",
        ),
    ]);
    assert_eq!(evaluated.attributes("module.m.test_r.r"), json!({"strict": "d", "loose": null}));
}

#[test]
fn installed_modules_are_read_and_missing_ones_are_told() {
    let manifest =
        r#"{"Modules":[{"Key":"","Dir":"."},{"Key":"reg","Source":"x","Dir":".terraform/modules/reg"}]}"#;
    let evaluated = evaluate_files(&[
        (
            "main.tf",
            "module \"reg\" {\n  source  = \"Azure/x/azurerm\"\n  version = \"1.0.0\"\n  name    = \"n\"\n}\nmodule \"gone\" {\n  source = \"git::https://example.com/x.git\"\n  name   = \"n\"\n}\nmodule \"nowhere\" {\n  source = \"./nowhere\"\n}\nresource \"test_r\" \"r\" {\n  id = module.gone.id\n}\n",
        ),
        (".terraform/modules/modules.json", manifest),
        (
            ".terraform/modules/reg/main.tf",
            "variable \"name\" {}\nresource \"test_r\" \"r\" {\n  name = var.name\n}\n",
        ),
    ]);
    let resource = evaluated.resource("module.reg.test_r.r");
    assert!(!resource.owned && !resource.calls[0].owned);
    assert!(evaluated.resource("test_r.r").owned);
    let problems = evaluated.problems();
    assert!(
        problems
            .iter()
            .all(|problem| (problem.0, problem.1) == (Level::Note, DiagnosticCode::ModuleUnresolved))
    );
    assert_eq!((problems.len(), evaluated.deployment.unresolved_modules), (2, 2));
    let id = evaluated.attribute("test_r.r", "id");
    assert!(id["$unknown"].as_str().unwrap().starts_with("module 'gone'"), "{id}");
}

#[test]
fn cycles_and_recursion_end() {
    let evaluated = evaluate_files(&[
        (
            "main.tf",
            "locals {\n  a = local.b\n  b = local.a\n}\nresource \"test_r\" \"x\" {\n  v = test_r.y.v\n}\nresource \"test_r\" \"y\" {\n  v = test_r.x.v\n}\nresource \"test_r\" \"l\" {\n  v = local.a\n}\nmodule \"self\" {\n  source = \"./self\"\n}\nmodule \"one\" {\n  source = \"./m\"\n  in     = module.two.fixed\n}\nmodule \"two\" {\n  source = \"./m\"\n  in     = module.one.out\n}\n",
        ),
        (
            "self/main.tf",
            "module \"again\" {\n  source = \"../self\"\n}\nmodule \"twice\" {\n  source = \"../self\"\n}\n",
        ),
        (
            "m/main.tf",
            "variable \"in\" {}\noutput \"out\" {\n  value = var.in\n}\noutput \"fixed\" {\n  value = \"f\"\n}\nresource \"test_r\" \"m\" {\n  v = var.in\n}\n",
        ),
    ]);
    assert!(evaluated.attribute("test_r.l", "v")["$unknown"].as_str().unwrap().contains("refers to itself"));
    assert!(evaluated.attribute("test_r.x", "v")["$unknown"].is_string());
    assert_eq!(
        evaluated.attribute("module.two.test_r.m", "v"),
        json!("f"),
        "modules may use each other's outputs"
    );
    assert!(evaluated.problems().iter().any(|problem| problem.1 == DiagnosticCode::Limit));
}

#[test]
fn long_chains_are_followed_and_endless_ones_end() {
    let chain = |length: usize| {
        let mut text = String::from("locals {\n  c0 = \"end\"\n");
        for index in 1..length {
            text += &format!("  c{index} = local.c{}\n", index - 1);
        }
        text += &format!("}}\nresource \"test_r\" \"r\" {{\n  v = local.c{}\n}}\n", length - 1);
        evaluate_files(&[("main.tf", &text)])
    };
    assert_eq!(chain(900).attribute("test_r.r", "v"), json!("end"));
    let endless = chain(20_000);
    assert!(endless.attribute("test_r.r", "v")["$unknown"].is_string());
    assert_eq!(
        endless.problems().iter().map(|problem| problem.1).collect::<Vec<_>>(),
        [DiagnosticCode::Limit]
    );
}

#[test]
fn what_terraform_keeps_for_itself_is_no_attribute() {
    let evaluated = evaluate_files(&[(
        "main.tf",
        "resource \"test_r\" \"r\" {\n  name       = \"n\"\n  depends_on = [test_r.other]\n  provider   = test.alias\n  secret_wo  = \"s\"\n  lifecycle {\n    ignore_changes = [name]\n  }\n  provisioner \"local-exec\" {\n    command = \"x\"\n  }\n  connection {\n    host = \"h\"\n  }\n}\nresource \"test_r\" \"other\" {}\nmoved {\n  from = test_r.a\n  to   = test_r.r\n}\nimport {\n  to = test_r.r\n  id = \"x\"\n}\nremoved {\n  from = test_r.gone\n}\ncheck \"c\" {\n  assert {\n    condition     = test_r.r.name == \"n\"\n    error_message = \"m\"\n  }\n}\nephemeral \"test_e\" \"e\" {\n  name = \"x\"\n}\n",
    )]);
    assert_eq!(evaluated.attributes("test_r.r"), json!({"name": "n", "secret_wo": "s"}));
    assert_eq!((evaluated.addresses().len(), evaluated.problems()), (2, vec![]));
}

#[test]
fn broken_and_unreadable_files_lose_nothing_else() {
    let evaluated = evaluate_files(&[
        (
            "a.tf",
            "resource \"test_r\" \"broken\" {\n  name =\n  kept = false\n}\nresource \"test_r\" \"after\" {\n  name = \"after\"\n}\n",
        ),
        (
            "b.tf",
            "resource \"test_r\" \"b\" {\n  name = \"b\"\n}\nresource \"test_r\" \"b\" {\n  name = \"again\"\n}\n",
        ),
        ("c.tf.json", "{"),
    ]);
    assert_eq!(evaluated.attribute("test_r.broken", "kept"), json!(false));
    assert_eq!(evaluated.attribute("test_r.after", "name"), json!("after"));
    assert_eq!(evaluated.addresses(), ["test_r.broken", "test_r.after", "test_r.b", "test_r.b"]);
    let codes: Vec<DiagnosticCode> = evaluated.problems().iter().map(|problem| problem.1).collect();
    assert_eq!(codes, [DiagnosticCode::Syntax, DiagnosticCode::Evaluation, DiagnosticCode::Syntax]);
    let nowhere = evaluate_root(&[], "nowhere", &[]);
    assert_eq!(nowhere.problems()[0].1, DiagnosticCode::Unreadable);
}

#[test]
fn json_syntax_is_the_same_configuration() {
    let evaluated = evaluate_files(&[(
        "main.tf.json",
        r#"{"variable": {"v": {"type": "string", "default": "x"}},
            "resource": {"test_r": {"r": {"name": "st${var.v}", "dynamic": {"rule": {"for_each": [1, 2], "iterator": "it", "content": {"port": "${it.value}"}}}}}}}"#,
    )]);
    assert_eq!(evaluated.attributes("test_r.r"), json!({"name": "stx", "rule": [{"port": 1}, {"port": 2}]}));
}

#[test]
fn local_sources_are_found_without_evaluation() {
    let text = "module \"a\" {\n  source = \"./net\"\n}\nmodule \"b\" {\n  source = \"../shared\"\n}\nmodule \"c\" {\n  source = \"Azure/x/azurerm\"\n}\nmodule \"d\" {\n  source = var.s\n}\n";
    let file = crate::terraform::syntax::parse(Sources::new().add_text("main.tf", text), text);
    let sources: Vec<String> = local_module_sources(&file).iter().map(|(path, _)| path.to_string()).collect();
    assert_eq!(sources, ["./net", "../shared"]);
}

#[test]
fn the_schema_converts_and_gives_defaults_of_the_pinned_version() {
    let evaluated = |version: &str| {
        evaluate_files(&[(
            "main.tf",
            &format!(
                "terraform {{\n  required_providers {{\n    azurerm = {{\n      source  = \"hashicorp/azurerm\"\n      version = \"{version}\"\n    }}\n  }}\n}}\nresource \"azurerm_storage_account\" \"s\" {{\n  name                       = \"n\"\n  https_traffic_only_enabled = \"false\"\n  network_rules {{\n    default_action = \"Deny\"\n  }}\n}}\noutput \"public\" {{\n  value = azurerm_storage_account.s.allow_nested_items_to_be_public\n}}\noutput \"tags\" {{\n  value = azurerm_storage_account.s.tags\n}}\noutput \"tier\" {{\n  value = azurerm_storage_account.s.access_tier\n}}\n"
            ),
        )])
    };
    let four = evaluated("~> 4.0");
    let shown = four.attributes("azurerm_storage_account.s");
    assert_eq!(shown["https_traffic_only_enabled"], json!(false));
    assert_eq!(shown["network_rules"], json!([{"default_action": "Deny", "private_link_access": []}]));
    assert_eq!((four.output("public"), four.output("tags")), (json!(true), json!(null)));
    assert!(four.output("tier")["reference"].is_string());
    assert_eq!(evaluated(">= 5.0").output("public"), json!(false));
}

#[test]
fn what_the_provider_marks_as_sensitive_is_a_secret() {
    let evaluated = evaluate_files(&[(
        "main.tf",
        "resource \"azurerm_storage_account\" \"s\" {\n  count = 1\n  name  = \"n\"\n}\nresource \"azurerm_mssql_server\" \"q\" {\n  administrator_login_password = \"p\"\n}\ndata \"azurerm_storage_account\" \"d\" {\n  name = \"n\"\n}\noutput \"all\" {\n  value = [\n    azurerm_storage_account.s[0].primary_access_key,\n    azurerm_mssql_server.q.administrator_login_password,\n    data.azurerm_storage_account.d.primary_access_key,\n    random_password.p.result,\n    azurerm_storage_account.s[0].primary_blob_endpoint,\n  ]\n}\nresource \"random_password\" \"p\" {\n  length = 16\n}\n",
    )]);
    let shown = evaluated.output("all");
    let secret: Vec<bool> =
        shown.as_array().unwrap().iter().map(|item| item["$secret"].is_string()).collect();
    assert_eq!(secret, [true, true, true, true, false], "{shown}");
}
