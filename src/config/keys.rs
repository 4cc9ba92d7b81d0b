//! The keys of `leftward.yaml`.

use super::shape::{Key, Shape, key, needed};

const SEVERITIES: &[&str] = &["critical", "high", "medium", "low", "info"];

const RULE: &[Key] = &[
    key("enabled", Shape::Flag, "Whether the rule is on, whatever the profile says"),
    key("severity", Shape::Word(SEVERITIES), "Its severity, in place of its own"),
    key("parameters", Shape::Table(&Shape::Value), "Values of its parameters"),
];

const IGNORE: &[Key] = &[
    needed("rule", Shape::Some(&Shape::Text), "The rules, by their ids or by those of peers; * for all"),
    key("path", Shape::Some(&Shape::Glob), "Only findings in files whose path, seen from this file, fits"),
    key("address", Shape::Some(&Shape::Text), "Only resources whose address fits; * stands for anything"),
    key("reason", Shape::Text, "Why it is accepted"),
    key("until", Shape::Day, "The last day on which it holds"),
    key("owner", Shape::Text, "Who answers for it"),
];

const SUPPRESSIONS: &[Key] = &[
    key("requireReason", Shape::Flag, "A suppression without a reason does not hold, and is a finding"),
    key(
        "maxDays",
        Shape::Whole(1, 3650),
        "How many days ahead a suppression may hold at most; it then needs 'until'",
    ),
    key("forbid", Shape::Some(&Shape::Text), "Rules that cannot be suppressed"),
    key("allowInline", Shape::Flag, "Whether comments in the code can suppress; true if not given"),
    key("ignore", Shape::Some(&Shape::Object(IGNORE)), "What is suppressed from here"),
];

const PATHS: &[Key] = &[
    key("include", Shape::Some(&Shape::Glob), "Only these files are looked for in folders"),
    key(
        "exclude",
        Shape::Some(&Shape::Glob),
        "These files are not; they are still read where others call them",
    ),
];

/// The whole file.
pub(super) const FILE: Shape = Shape::Object(&[
    key(
        "profile",
        Shape::Word(&["security", "all"]),
        "Which rules are on: 'security', or 'all' with those that are advice",
    ),
    key(
        "rules",
        Shape::Table(&Shape::Either(&[
            Shape::Flag,
            Shape::Word(&["on", "off", "critical", "high", "medium", "low", "info"]),
            Shape::Object(RULE),
        ])),
        "Settings of rules, by their ids or by those of peers: on, off, a severity, or a mapping",
    ),
    key("userRules", Shape::Some(&Shape::Text), "Rule files of your own, and folders of them"),
    key("paths", Shape::Object(PATHS), "Which files are looked for"),
    key(
        "modules",
        Shape::Table(&Shape::Text),
        "Folders to read registry modules from, by what a reference begins with: br/public: ../bicep-registry-modules",
    ),
    key(
        "allowedRegistries",
        Shape::Some(&Shape::Text),
        "Hosts, or hosts with the beginning of a path, that modules may come from: contoso.azurecr.io, registry.terraform.io/Azure",
    ),
    key("moduleCache", Shape::Text, "A folder laid out like the Bicep module cache"),
    key(
        "parameterFiles",
        Shape::Some(&Shape::Text),
        "Parameter files for Bicep and ARM, instead of those beside the templates",
    ),
    key("variableFiles", Shape::Some(&Shape::Text), "Variable files for Terraform; the last one wins"),
    key(
        "baseline",
        Shape::Word(&["auto", "owned", "external"]),
        "Whether the subscription's baseline (Defender plans, diagnostic settings) is declared in this code or elsewhere",
    ),
    key("baselineFile", Shape::Text, "The file of accepted findings, as 'leftward baseline write' writes it"),
    key(
        "failOn",
        Shape::Some(&Shape::Word(&["critical", "high", "medium", "low", "info", "incomplete", "never"])),
        "What makes the exit code other than 0",
    ),
    key("minScore", Shape::Whole(0, 100), "The lowest projected secure score that passes, in percent"),
    key("suppressions", Shape::Object(SUPPRESSIONS), "What is accepted, and what suppressions must have"),
]);
