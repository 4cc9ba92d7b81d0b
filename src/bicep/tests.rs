//! A broken statement is lost alone.

use super::parse_template;
use crate::arm::template::{ExprKind, Template};
use crate::source::{DiagnosticCode, Sources};

/// A statement to break, between others that must survive.
const BEFORE: &str = r"targetScope = 'resourceGroup'

@description('Where')
param location string

var names = [
  'a'
  'b'
]

";
const VICTIM: &str = r"@description('The account, in ${x} // no comment')
resource victim 'Microsoft.Storage/storageAccounts@2023-01-01' = if (length(names) > 1) {
  name: 'st${uniqueString(names[0], '${location}x')}' // unique
  sku: { name: 'Standard_LRS', tier: any('Standard') }
  /* no
     network */
  properties: {
    networkAcls: empty(names) ? null : {
      ipRules: [for (n, i) in names: {
        value: n
      }]
    }
    script: '''
echo ${one} 'two' #
'''
  }
}
";
const AFTER: &str = r"
@secure()
param password string

resource vault 'Microsoft.KeyVault/vaults@2023-02-01' = {
  name: 'kv'
  properties: {
    description: '''
multi
line'''
  }

  resource secret 'secrets' = {
    name: 'password'
    properties: { value: password }
  }
}

// a comment
module net './net.bicep' = {
  params: { x: '/* ${location} */' }
}
output id string = vault.id
";

fn parse(text: &str) -> Template {
    parse_template(Sources::new().add_text("main.bicep", text), text)
}

/// Checks what stands before and behind the broken statement; gives the number of syntax errors.
fn survivors(text: &str) -> Result<usize, String> {
    let template = parse(text);
    let parameter = |name: &str| template.parameters.iter().find(|parameter| &*parameter.name == name);
    let resource = template.resources.iter().find(|resource| resource.symbol.as_deref() == Some("vault"));
    let checks = [
        ("location", parameter("location").is_some()),
        (
            "names",
            template.variables.iter().any(|variable| {
                &*variable.name == "names"
                    && matches!(template.expressions[variable.value].kind, ExprKind::Array(_))
            }),
        ),
        ("password", parameter("password").is_some_and(|password| password.secure)),
        ("vault", resource.is_some_and(|vault| vault.children.len() == 1)),
        ("net", template.modules.iter().any(|module| module.symbol.as_deref() == Some("net"))),
        ("id", template.outputs.iter().any(|output| &*output.name == "id")),
    ];
    match checks.iter().find(|(_, survived)| !survived) {
        Some((lost, _)) => Err(format!("{lost} is lost in:\n{text}\n{:#?}", template.diagnostics)),
        None => {
            assert!(template.diagnostics.iter().all(|diagnostic| diagnostic.code == DiagnosticCode::Syntax));
            Ok(template.diagnostics.len())
        }
    }
}

#[test]
fn nothing_is_wrong_with_it_unbroken() {
    assert_eq!(survivors(&[BEFORE, VICTIM, AFTER].concat()), Ok(0));
}

/// Breaks the statement at every place and checks the others.
fn break_everywhere(mutate: impl Fn(&str, usize) -> String) {
    break_at(VICTIM.char_indices().map(|(at, _)| at), mutate);
}

fn break_at(places: impl Iterator<Item = usize>, mutate: impl Fn(&str, usize) -> String) {
    let mut lost = Vec::new();
    for at in places {
        let broken = mutate(VICTIM, at);
        match survivors(&[BEFORE, &broken, AFTER].concat()) {
            Ok(_) => {}
            Err(report) => lost.push(report),
        }
    }
    assert!(lost.is_empty(), "{} of {}, the first: {}", lost.len(), VICTIM.len(), lost[0]);
}

#[test]
fn a_missing_character_is_the_loss_of_one_statement() {
    break_everywhere(|text, at| format!("{}{}", &text[..at], &text[at + 1..]));
}

#[test]
fn an_end_too_early_is_the_loss_of_one_statement() {
    break_everywhere(|text, at| format!("{}\n", &text[..at]));
}

#[test]
fn a_stray_token_is_the_loss_of_one_statement() {
    // Each token at every third place: all of them take seconds.
    let tokens =
        ["{", "}", "(", ")", "[", "]", "'", "${", ",", ":", "=", "@", "#", "\"", "?", "\\", "\n", "é", " x "];
    for (index, token) in tokens.iter().enumerate() {
        let places = (index % 3..VICTIM.len()).step_by(3);
        break_at(places, |text, at| format!("{}{token}{}", &text[..at], &text[at..]));
    }
}

#[test]
fn a_forgotten_end_of_a_string_or_comment_is_the_loss_of_one_statement() {
    for token in ["'''", "$'''", "/*"] {
        break_everywhere(|text, at| format!("{}{token}{}", &text[..at], &text[at..]));
    }
}

/// The messages of a text's diagnostics, with what they point at.
fn messages(text: &str) -> Vec<(String, &str)> {
    let diagnostics = parse(text).diagnostics;
    let told = diagnostics.iter().map(|diagnostic| {
        let place = diagnostic.span.map(|span| &text[span.range()]).unwrap_or_default();
        (diagnostic.message.to_string(), place)
    });
    told.collect()
}

#[test]
fn messages_say_what_is_expected_where() {
    for (text, message, place) in [
        ("param\n", "a parameter's name is expected here", ""),
        ("param x\n", "the parameter's type is expected here", ""),
        (
            "parm x string\n",
            "a declaration: `param`, `var`, `resource`, `module`, `output` … is expected here, not `parm`",
            "parm",
        ),
        ("var a\n", "`=` is expected here", ""),
        (
            "var a = \n",
            "a value (a literal, an array, an object, a name, a call or a parenthesis) is expected here",
            "",
        ),
        ("var a = f(1 2)\n", "`)` or `,` is expected here, not `2`", "2"),
        ("var a = [1 2]\n", "`]`, `,` or a new line is expected here, not `2`", "2"),
        ("var a = { b: 1 c: 2 }\n", "`}`, `,` or a new line is expected here, not `c`", "c"),
        ("var a = { 1 }\n", "a property name or `}` is expected here, not `1`", "1"),
        ("var a = 'b\n", "this string is not closed on its line: `'` is missing", "'"),
        ("var a = 'b${c'\n", "this string is not closed on its line: `'` is missing", "'"),
        ("var a = \"b\"\n", "`\"` is not Bicep: strings are written in single quotes", "\""),
        ("var a = '''b\n", "this multi-line string is never closed: `'''` is missing", "'''"),
        ("var a = 1\n/* b\n", "this comment is never closed: `*/` is missing", "/*"),
        (
            "resource a = {}\n",
            "the resource's type and API version (`'Namespace/type@version'`) is expected here, not `=`",
            "=",
        ),
        ("module a {}\n", "the module's path is expected here, not `{`", "{"),
        ("resource a 'b@1' {}\n", "`=` or `existing` is expected here, not `{`", "{"),
        ("var a = [for x: x]\n", "`in` and the array that the loop runs over is expected here, not `:`", ":"),
        ("var a = b ? c\n", "`:` is expected here", ""),
        ("var a = 1 var b = 2\n", "a new line is expected here, not `var`", "var"),
        ("var a = b.\n", "a property's name is expected behind `.`", "."),
        ("var a = '${b}\n", "this string is not closed on its line: `'` is missing", "}"),
        (
            "var a = '${b['c'] d}'\n",
            "`}` at the end of the string's expression is expected here, not `d`",
            "d",
        ),
        ("var a = b['c'] d\n", "a new line is expected here, not `d`", "d"),
        ("var a = {\n  b: 1\n\n// more\n", "a property name or `}` is expected here", ""),
        ("resource a 'b@1' = if {}\n", "`{`, `if (…) {` or `[for …]` is expected here, not `if`", "if"),
        ("resource a 'b@1' = [x]\n", "`for` is expected here, not `x`", "x"),
        ("@\nvar a = 1\n", "a decorator's name is expected behind `@`", "@"),
        ("func f() => 1\n", "a type is expected here, not `=`", "="),
        ("var a = (1\n", "`)` or `,` is expected here", ""),
    ] {
        assert_eq!(messages(text), [(message.to_owned(), place)], "in {text:?}");
    }
}

#[test]
fn what_a_broken_statement_declares_is_unknown_and_not_undeclared() {
    let template = parse("param a = {\nvar b = = 1\n@x()\nresource c 'd@1' = { e }\nvar f = b\n");
    assert_eq!(template.diagnostics.len(), 3);
    assert!(
        template.parameters.iter().any(|parameter| &*parameter.name == "a" && parameter.default.is_some())
    );
    for name in ["b", "c"] {
        let variable = template.variables.iter().find(|variable| &*variable.name == name).unwrap();
        assert!(matches!(template.expressions[variable.value].kind, ExprKind::Error(_)));
    }
    assert!(template.variables.iter().any(|variable| &*variable.name == "f"));
}

#[test]
fn lines_that_make_no_sense_are_one_error_with_what_they_follow() {
    let told = messages("var a = 1 +\n  }\n  b: 2\n}\nvar c = 1\nand more\nof this\n");
    assert_eq!(told.iter().map(|(_, place)| *place).collect::<Vec<_>>(), ["", "and"]);
}

#[test]
fn garbage_ends_in_time() {
    for unit in [
        "}",
        "{",
        "(",
        "'",
        "'''",
        "$'''",
        "${",
        "/*",
        "a.",
        "@a(",
        "a:{\n",
        "\n}",
        "a\n\n//x\n",
        "var a = {\n",
        "x\n",
        "\\",
        "\u{a0}",
    ] {
        for start in ["", "var x = "] {
            let template = parse(&format!("{start}{}", unit.repeat(20_000 / unit.len())));
            assert!(!template.diagnostics.is_empty() || unit == "'" || unit == "'''", "{start}{unit}");
        }
    }
}
