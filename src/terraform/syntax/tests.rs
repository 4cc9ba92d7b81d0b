use super::*;
use crate::source::Sources;
use crate::terraform::ast::{BinaryOperator, Body, Literal, TemplatePart, UnaryOperator};

fn file() -> FileId {
    Sources::new().add_text("main.tf", "")
}

fn parsed(text: &str) -> File {
    parse(file(), text)
}

/// An expression in a form that shows how it was bound.
fn shown(expressions: &Expressions, id: ExprId) -> String {
    let show = |id: ExprId| shown(expressions, id);
    let list = |ids: &[ExprId]| ids.iter().map(|id| show(*id)).collect::<Vec<_>>().join(" ");
    match &expressions[id].kind {
        ExprKind::Literal(Literal::Null) => "null".to_owned(),
        ExprKind::Literal(Literal::Bool(value)) => value.to_string(),
        ExprKind::Literal(Literal::Number(number)) => number.to_string(),
        ExprKind::Literal(Literal::String(text)) => format!("{text:?}"),
        ExprKind::Template(parts) => format!("`{}`", shown_parts(expressions, parts)),
        ExprKind::Tuple(items) => format!("[{}]", list(items)),
        ExprKind::Object(items) => {
            let items: Vec<String> =
                items.iter().map(|item| format!("{}={}", show(item.key), show(item.value))).collect();
            format!("{{{}}}", items.join(" "))
        }
        ExprKind::Root(name) => name.to_string(),
        ExprKind::GetAttribute { base, name } => format!("{}.{name}", show(*base)),
        ExprKind::Index { base, key } => format!("{}[{}]", show(*base), show(*key)),
        ExprKind::Splat { base, each } => format!("{}<{}>", show(*base), show(*each)),
        ExprKind::SplatItem => "@".to_owned(),
        ExprKind::Call { function, arguments, expand_last } => {
            format!("{function}({}{})", list(arguments), if *expand_last { "..." } else { "" })
        }
        ExprKind::Unary(UnaryOperator::Not, operand) => format!("(! {})", show(*operand)),
        ExprKind::Unary(UnaryOperator::Negate, operand) => format!("(- {})", show(*operand)),
        ExprKind::Binary(operator, a, b) => {
            let sign = match operator {
                BinaryOperator::Or => "||",
                BinaryOperator::And => "&&",
                BinaryOperator::Equal => "==",
                BinaryOperator::Add => "+",
                BinaryOperator::Subtract => "-",
                BinaryOperator::Multiply => "*",
                other => return format!("({other:?} {} {})", show(*a), show(*b)),
            };
            format!("({sign} {} {})", show(*a), show(*b))
        }
        ExprKind::Conditional { condition, then, otherwise } => {
            format!("(? {} {} {})", show(*condition), show(*then), show(*otherwise))
        }
        ExprKind::For(each) => format!(
            "for({:?} {} {} {} {} {} {})",
            each.key,
            each.value,
            show(each.collection),
            each.result_key.map_or_else(|| "-".to_owned(), show),
            show(each.result),
            each.condition.map_or_else(|| "-".to_owned(), show),
            each.grouped
        ),
        ExprKind::Parentheses(inner) => show(*inner),
        ExprKind::Error(_) => "ERROR".to_owned(),
    }
}

fn shown_parts(expressions: &Expressions, parts: &[TemplatePart]) -> String {
    parts
        .iter()
        .map(|part| match part {
            TemplatePart::Text(text) => text.to_string(),
            TemplatePart::Interpolation(id) => format!("${{{}}}", shown(expressions, *id)),
            TemplatePart::If { condition, then, otherwise } => format!(
                "<if {}|{}|{}>",
                shown(expressions, *condition),
                shown_parts(expressions, then),
                shown_parts(expressions, otherwise)
            ),
            TemplatePart::For { value, collection, body, .. } => {
                format!(
                    "<for {value} {}|{}>",
                    shown(expressions, *collection),
                    shown_parts(expressions, body)
                )
            }
        })
        .collect()
}

/// The value of `x = …`, which must have no error.
fn value(text: &str) -> String {
    let file = parsed(&format!("x = {text}\n"));
    assert_eq!(file.diagnostics, [], "{text}");
    shown(&file.expressions, file.body.attributes[0].value)
}

fn block_types(body: &Body) -> Vec<String> {
    body.blocks
        .iter()
        .map(|block| {
            let labels: Vec<&str> = block.labels.iter().map(|label| &*label.text).collect();
            format!("{} {}", block.block_type, labels.join("."))
        })
        .collect()
}

#[test]
fn operators_bind_as_in_hcl() {
    assert_eq!(value("a == b.c"), "(== a b.c)");
    assert_eq!(value("!x.y && z"), "(&& (! x.y) z)");
    assert_eq!(value("a ? b : c ? d : e"), "(? a b (? c d e))");
    assert_eq!(value("1 + 2 * 3 - 4"), "(- (+ 1 (* 2 3)) 4)");
    assert_eq!(value("-a[0] + 1"), "(+ (- a[0]) 1)");
    assert_eq!(value("a || b && c == d"), "(|| a (&& b (== c d)))");
}

#[test]
fn traversals_and_splats() {
    assert_eq!(value("a.b[0].c.1"), "a.b[0].c[1]");
    assert_eq!(value("a[*].b[0].c"), "a<@.b[0].c>");
    assert_eq!(value("a.*.b[0].c"), "a<@.b>[0].c");
    assert_eq!(value("a.*.0"), "a<@[0]>");
    assert_eq!(value("provider::azurerm::parse(x, y...)"), "provider::azurerm::parse(x y...)");
}

#[test]
fn constructors_and_line_ends() {
    assert_eq!(
        value("{\n a = 1 # one\n \"b\" : 2, (c) = 3\n true = 4\n}"),
        "{\"a\"=1 \"b\"=2 c=3 \"true\"=4}"
    );
    assert_eq!(value("[\n 1,\n 2,\n]"), "[1 2]");
    assert_eq!(value("(\n a\n ? 1\n : 2\n)"), "(? a 1 2)");
    assert_eq!(
        value("{\n for k, v in x :\n k => v... if v &&\n !k\n}"),
        "for(Some(\"k\") v x k v (&& v (! k)) true)"
    );
    assert_eq!(value("1e3"), "1000");
    let file = parsed("x = [1]\ny = 2\n");
    assert_eq!(file.body.attributes.len(), 2);
    // an object item ends at its line: the parenthesis begins a key, not a call
    assert_eq!(value("{ a = b\n (c) = d }"), "{\"a\"=b c=d}");
}

#[test]
fn templates() {
    assert_eq!(value(r#""a\tb\"\u00e9\U0001F600""#), r#""a\tb\"é😀""#);
    assert_eq!(value(r#""$5 5% $${x} %%{y} $ {z}""#), r#""$5 5% ${x} %{y} $ {z}""#);
    assert_eq!(value(r#""a-${b.c}-${"x${y}"}""#), "`a-${b.c}-${`x${y}`}`");
    assert_eq!(value(r#""${x}""#), "`${x}`");
    assert_eq!(value(r#""a %{ if x ~} b %{~ else }c%{ endif }""#), "`a <if x|b|c>`");
    assert_eq!(value(r#""%{ for k, v in m }${v};%{ endfor }""#), "`<for v m|${v};>`");
}

#[test]
fn heredocs() {
    assert_eq!(value("<<EOT\nplain\\n\n  in\nEOT"), "\"plain\\\\n\\n  in\\n\"");
    assert_eq!(value("<<-EOT\n    four\n\n      six\n  EOT"), "\"four\\n\\n  six\\n\"");
    assert_eq!(value("<<EOT\nEOT"), "\"\"");
    assert_eq!(
        value("<<-EOT\n  %{ for p in q ~}\n  port ${p}\n  %{ endfor ~}\n  end\n  EOT"),
        "`<for p q|  port ${p}\n>  end\n`"
    );
    assert_eq!(value("<<EOT\n  ${~ a ~}\n  after\nEOT"), "`${a}  after\n`");
    assert_eq!(value("f(<<A\nx\nA\n)"), "f(\"x\\n\")");
}

#[test]
fn blocks_with_labels_spans_and_comments() {
    let text = "# c1\nresource \"t\" n {\n  a = 1 // c2\n  b {}\n}\n";
    let file = parsed(text);
    assert_eq!(file.diagnostics, []);
    assert_eq!(block_types(&file.body), ["resource t.n"]);
    let block = &file.body.blocks[0];
    assert_eq!(&text[block.header.range()], "resource \"t\" n");
    assert_eq!(&text[block.span.range()], &text[5..text.len() - 1]);
    assert_eq!(&text[block.body.attributes[0].span.range()], "a = 1");
    assert_eq!(&text[block.labels[0].span.range()], "\"t\"");
    let comments: Vec<&str> = file.comments.iter().map(|span| &text[span.range()]).collect();
    assert_eq!(comments, ["# c1", "// c2"]);
}

#[test]
fn a_broken_argument_is_an_error_value_and_the_rest_stands() {
    for broken in
        ["a = = 2", "a = [1, 2", "a = f(1", "a = \"${b\"", "a = \"x", "a = 1 2", "a = \"\\q\"", "a = b."]
    {
        let file =
            parsed(&format!("resource \"t\" \"n\" {{\n  {broken}\n  z = 9\n}}\nvariable \"v\" {{}}\n"));
        assert_eq!(file.diagnostics.len(), 1, "{broken}: {:?}", file.diagnostics);
        assert_eq!(block_types(&file.body), ["resource t.n", "variable v"], "{broken}");
        let attributes = &file.body.blocks[0].body.attributes;
        assert_eq!(attributes.len(), 2, "{broken}");
        assert_eq!(shown(&file.expressions, attributes[0].value), "ERROR", "{broken}");
        assert_eq!(shown(&file.expressions, attributes[1].value), "9", "{broken}");
    }
    // inside an object of several lines: what follows the object counts
    let file = parsed("b {\n  a = {\n    x = = 1\n    y = 2\n  }\n  z = 9\n}\n");
    assert_eq!(file.diagnostics.len(), 1);
    assert_eq!(file.body.blocks[0].body.attributes.len(), 2);
}

#[test]
fn a_broken_block_loses_only_itself() {
    let whole = "variable \"a\" {\n  x = 1\n}\n\nresource \"t\" \"n\" {\n  y = {\n    k = 1\n  }\n  z = <<E\ntext\nE\n}\n\noutput \"o\" {\n  value = 1\n}\n";
    let broken = [
        whole.replacen("  }\n", "", 1),
        whole.replacen("y = {", "y =", 1),
        whole.replacen("\"n\" {", "\"n\"", 1),
        whole.replacen("\"n\"", "n\"", 1),
        whole.replacen("\nE\n}", "\n}", 1),
        whole.replacen("E\n}\n", "E\n", 1),
        whole.replacen("resource", "} resource", 1),
    ];
    for text in broken {
        let file = parsed(&text);
        assert_eq!(file.diagnostics.len(), 1, "{text}\n{:?}", file.diagnostics);
        let blocks = block_types(&file.body);
        assert_eq!(blocks.first().map(String::as_str), Some("variable a"), "{text}");
        assert_eq!(blocks.last().map(String::as_str), Some("output o"), "{text}");
    }
}

#[test]
fn broken_variable_files_lose_one_entry() {
    let file = parsed("a = 1\nb = [1,\nc = 3\nd = \"x\n= 5\ne = 5\n");
    let names: Vec<&str> = file.body.attributes.iter().map(|attribute| &*attribute.name).collect();
    assert_eq!(names, ["a", "b", "c", "d", "e"]);
    assert_eq!(file.diagnostics.len(), 3);
    let file = parsed("a = 1\na = 2\n");
    assert_eq!((file.body.attributes.len(), file.diagnostics.len()), (1, 1));
}

#[test]
fn depth_is_bounded() {
    for (open, close) in [
        ("[", "]"),
        ("(", ")"),
        ("{a=", "}"),
        ("\"${", "}\""),
        ("-", ""),
        ("f(", ")"),
        ("a[", "]"),
        ("a ? b : ", ""),
    ] {
        let text = format!("x = {}1{}\ny = 2\n", open.repeat(50_000), close.repeat(50_000));
        let file = parsed(&text);
        assert_eq!(file.diagnostics.len(), 1, "{open}");
        assert!(file.body.attributes.iter().any(|attribute| &*attribute.name == "y"), "{open}");
    }
    let blocks = format!("{}{}\nvariable \"v\" {{}}\n", "b {\n".repeat(50_000), "}\n".repeat(50_000));
    assert_eq!(block_types(&parsed(&blocks).body), ["variable v"]);
    let long = format!("x = 1{}\n", " + 1".repeat(50_000));
    assert_eq!(parsed(&long).diagnostics, []);
    let directives = format!("x = \"{}\"\n", "%{ if a }".repeat(50_000));
    assert_eq!(parsed(&directives).diagnostics.len(), 1);
}

#[test]
fn json_blocks_labels_and_templates() {
    let text = r#"{
  "//": "comment",
  "resource": {"azurerm_x": {"a": {"name": "n-${var.x}", "tags": {"k": 1}, "depends_on": ["azurerm_y.b"],
    "lifecycle": {"ignore_changes": ["tags"]}, "dynamic": {"rule": {"for_each": "${var.r}", "content": {"p": "${rule.value}"}}}}}},
  "variable": [{"v": {"type": "list(string)", "default": ["a"]}}],
  "locals": {"l": true}
}"#;
    let file = parse_json(file(), text);
    assert_eq!(file.diagnostics, []);
    assert_eq!(block_types(&file.body), ["resource azurerm_x.a", "variable v", "locals "]);
    let resource = &file.body.blocks[0].body;
    let show = |id| shown(&file.expressions, id);
    assert_eq!(show(resource.attributes[0].value), "`n-${var.x}`");
    assert_eq!(show(resource.attributes[1].value), "{\"k\"=1}");
    assert_eq!(show(resource.attributes[2].value), "[azurerm_y.b]");
    assert_eq!(block_types(resource), ["lifecycle ", "dynamic rule"]);
    assert_eq!(show(resource.blocks[0].body.attributes[0].value), "[tags]");
    assert_eq!(show(file.body.blocks[1].body.attributes[0].value), "list(string)");
    let ExprKind::Template(parts) = &file.expressions[resource.attributes[0].value].kind else { panic!() };
    let TemplatePart::Interpolation(hole) = &parts[1] else { panic!() };
    assert_eq!(&text[file.expressions[*hole].span.range()], "var.x");
}

#[test]
fn json_variable_files_are_literal_and_broken_json_is_one_diagnostic() {
    let variables = parse_json_variables(file(), r#"{"a": "${not}", "b": {"c": [1, null]}}"#);
    let show = |index: usize| shown(&variables.expressions, variables.body.attributes[index].value);
    assert_eq!(show(0), "\"${not}\"");
    assert_eq!(show(1), "{\"b\"=[1 null]}".replace("b", "c"));
    assert_eq!(parse_json(file(), r#"{"resource": {"#).diagnostics.len(), 1);
    assert_eq!(parse_json(file(), "").diagnostics.len(), 1);
    assert_eq!(parse_json(file(), r#"{"resource": 5}"#).diagnostics.len(), 1);
}
