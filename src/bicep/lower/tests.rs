use super::super::{MAX_DEPTH, parse_parameters, parse_template};
use crate::arm::template::*;
use crate::model::Scope;
use crate::source::{DiagnosticCode, FileId, Sources, Span};

fn file(text: &str) -> FileId {
    Sources::new().add_text("main.bicep", text)
}

fn lower(text: &str) -> Template {
    let template = parse_template(file(text), text);
    assert_eq!(messages(&template), Vec::<String>::new(), "in {text}");
    template
}

fn messages(template: &Template) -> Vec<String> {
    template.diagnostics.iter().map(|diagnostic| diagnostic.message.to_string()).collect()
}

fn at(text: &str, span: Span) -> &str {
    &text[span.range()]
}

/// An expression as a short text: `f(a b)` for calls, `.name` for accesses and so on.
fn show(template: &Template, id: ExprId) -> String {
    let show = |id: &ExprId| show(template, *id);
    let list = |ids: &[ExprId]| ids.iter().map(show).collect::<Vec<_>>().join(" ");
    match &template.expressions[id].kind {
        ExprKind::Literal(Literal::Null) => "null".to_owned(),
        ExprKind::Literal(Literal::Bool(value)) => value.to_string(),
        ExprKind::Literal(Literal::Number(value)) => value.to_string(),
        ExprKind::Literal(Literal::String(text)) => format!("{text:?}"),
        ExprKind::Array(items) => {
            let items = items
                .iter()
                .map(|item| format!("{}{}", if item.spread { "..." } else { "" }, show(&item.value)));
            format!("[{}]", items.collect::<Vec<_>>().join(" "))
        }
        ExprKind::Object(properties) => {
            let properties = properties.iter().map(|property| match &property.key {
                PropertyKey::Name(name) => format!("{name}: {}", show(&property.value)),
                PropertyKey::Computed(key) => format!("({}): {}", show(key), show(&property.value)),
                PropertyKey::Spread => format!("...{}", show(&property.value)),
                PropertyKey::Copy(name) => format!("copy {name}"),
            });
            format!("{{{}}}", properties.collect::<Vec<_>>().join(" "))
        }
        ExprKind::Interpolation(pieces) => {
            let pieces = pieces.iter().map(|piece| match piece {
                StringPiece::Text(text) => format!("{text:?}"),
                StringPiece::Hole(id) => show(id),
            });
            format!("<{}>", pieces.collect::<Vec<_>>().join(" "))
        }
        ExprKind::Call { namespace, function, arguments, .. } => {
            let namespace = namespace.as_ref().map(|namespace| format!("{namespace}.")).unwrap_or_default();
            format!("{namespace}{function}({})", list(arguments))
        }
        ExprKind::MethodCall { base, method, safe, arguments } => {
            let safe = if *safe { "?" } else { "" };
            format!("{}->{safe}{method}({})", show(base), list(arguments))
        }
        ExprKind::Access { base, key, safe } => {
            let safe = if *safe { "?" } else { "" };
            match key {
                AccessKey::Name(name, _) => format!("{}.{safe}{name}", show(base)),
                AccessKey::Index(index) => format!("{}[{safe}{}]", show(base), show(index)),
                AccessKey::FromEnd(index) => format!("{}[{safe}^{}]", show(base), show(index)),
            }
        }
        ExprKind::Nested { base, symbol } => format!("{}::{symbol}", show(base)),
        ExprKind::NonNull(inner) => format!("{}!", show(inner)),
        ExprKind::Parentheses(inner) => format!("({})", show(inner)),
        ExprKind::Symbol(name) => name.to_string(),
        ExprKind::Parameter(name) | ExprKind::Variable(name) => format!("${name}"),
        ExprKind::If { condition, then, otherwise } => {
            format!("if({} {} {})", show(condition), show(then), show(otherwise))
        }
        ExprKind::And(operands) => format!("and({})", list(operands)),
        ExprKind::Or(operands) => format!("or({})", list(operands)),
        ExprKind::Coalesce(operands) => format!("coalesce({})", list(operands)),
        ExprKind::For(repeat) => {
            let LoopSource::Items(over) = repeat.over else { return "copy".to_owned() };
            let index = repeat.index.as_ref().map(|index| format!(",{index}")).unwrap_or_default();
            let condition =
                repeat.condition.as_ref().map(|id| format!(" if {}", show(id))).unwrap_or_default();
            let item = repeat.item.as_deref().unwrap_or_default();
            format!("for({item}{index} in {}{condition}: {})", show(&over), show(&repeat.body))
        }
        ExprKind::Lambda { parameters, body } => format!("({})=>{}", parameters.join(","), show(body)),
        ExprKind::Error(reason) => format!("error({reason})"),
    }
}

/// The value of the only variable of `var a = …`.
fn value(expression: &str) -> String {
    let template = lower(&format!("var a = {expression}\n"));
    show(&template, template.variables[0].value)
}

#[test]
fn operators_become_arm_functions() {
    for (bicep, arm) in [
        ("1 + 2 * 3 - -x.y", "sub(add(1 mul(2 3)) minus(x.y))"),
        ("-5", "-5"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("!a && b < 1 && c", "and(not(a) less(b 1) c)"),
        ("a || b && c || d", "or(a and(b c) d)"),
        ("(a || b) || c", "or((or(a b)) c)"),
        ("a ?? b ?? c", "coalesce(a b c)"),
        ("a =~ b ? c : d !~ e ? 1 : 2", "if(equalsInsensitively(a b) c if(notEqualsInsensitively(d e) 1 2))"),
        ("a == b % 2", "equals(a mod(b 2))"),
        ("a != b / 2", "notEquals(a div(b 2))"),
        ("a <= b", "lessOrEquals(a b)"),
        ("a > b", "greater(a b)"),
        ("a >= b", "greaterOrEquals(a b)"),
    ] {
        assert_eq!(value(bicep), arm);
    }
}

#[test]
fn what_is_written_behind_a_value() {
    for (bicep, expected) in [
        ("b.c.?d[0][?1][^2][?^3]!.e", "b.c.?d[0][?1][^2][?^3]!.e"),
        ("f::g::h . i", "f::g::h.i"),
        ("a['b c']", "a[\"b c\"]"),
        ("(a.?b).c", "(a.?b).c"),
        ("f()", "f()"),
        ("sys.concat(a, 'b')", "sys.concat(a \"b\")"),
        ("kv.getSecret('n')", "kv->getSecret(\"n\")"),
        ("kv.?getSecret('n')", "kv->?getSecret(\"n\")"),
        ("m.outputs.kv.getSecret('n').x", "m.outputs.kv->getSecret(\"n\").x"),
        ("a[0].?listKeys( // c\n  1\n).keys", "a[0]->?listKeys(1).keys"),
    ] {
        assert_eq!(value(bicep), expected);
    }
}

#[test]
fn an_imported_namespace_has_functions_and_not_methods() {
    let template = lower(
        "var a = lib.f(1)\nvar b = k8s.g()\nimport * as lib from './lib.bicep'\nextension kubernetes as k8s\n",
    );
    assert_eq!(show(&template, template.variables[0].value), "lib.f(1)");
    assert_eq!(show(&template, template.variables[1].value), "k8s.g()");
    assert_eq!(template.imports[0].namespace.as_deref(), Some("lib"));
    assert!(matches!(&template.imports[0].source, ModuleSource::Local(path) if &**path == "./lib.bicep"));
    assert_eq!(template.extensions, ["k8s".into()]);
    assert_eq!(
        lower("import 'kubernetes@1.0' with { a: 1 }\nextension graph\n").extensions,
        ["kubernetes".into(), "graph".into()]
    );
}

#[test]
fn strings_with_escapes_and_holes() {
    for (bicep, expected) in [
        (r"'it\'s \${not} \u{1F600}\n\r\t\\ $ $$'", r#""it's ${not} 😀\n\r\t\\ $ $$""#),
        (r"'\u{D801}\u{DC37}'", "\"\u{10437}\""),
        ("'${b}'", "<b>"),
        ("'x${d}y${'${e}'}$${f}z$'", r#"<"x" d "y" <e> "$" f "z$">"#),
        ("'''\r\n a ${b}\n'''", "\" a ${b}\\n\""),
        ("''''q''''", "\"'q'\""),
        ("'''\n\n'''", "\"\\n\""),
        ("$'''\na ${b} $c ''${d}'''", r#"<"a " b " $c ''" d>"#),
        ("$$'''${f} $${g} $$${h}'''", r#"<"${f} " g " $" h>"#),
        ("$'''no hole'''", "\"no hole\""),
        ("$''''''", "\"\""),
    ] {
        assert_eq!(value(bicep), expected);
    }
}

#[test]
fn an_unknown_escape_is_a_diagnostic_at_its_place() {
    let text = "var a = 'x\\qy'\nvar b = 1\n";
    let template = parse_template(file(text), text);
    assert_eq!(messages(&template).len(), 1);
    assert_eq!(template.diagnostics[0].span.map(|span| span.start), Some(10));
    assert_eq!(show(&template, template.variables[0].value), r#""x\\qy""#);
    assert_eq!(template.variables.len(), 2);
}

#[test]
fn objects_arrays_loops_and_lambdas() {
    for (bicep, expected) in [
        ("{ a: 1, 'b c': 2\n  '${d}': [1, 2\n 3]\n ...e }", r#"{a: 1 b c: 2 (<d>): [1 2 3] ...e}"#),
        ("[\n  ...a\n  -2\n  [1]\n]", "[...a -2 [1]]"),
        ("[for x in xs: x]", "for(x in xs: x)"),
        ("[for (x, i) in range(0, 3): if (x.on) { n: i }]", "for(x,i in range(0 3) if x.on: {n: i})"),
        ("map(xs, x => x.name)", "map(xs (x)=>x.name)"),
        ("reduce(xs, 0, (cur, next) => cur + next)", "reduce(xs 0 (cur,next)=>add(cur next))"),
        ("f(() =>\n 1)", "f(()=>1)"),
    ] {
        assert_eq!(value(bicep), expected);
    }
}

#[test]
fn places_of_expressions_and_properties() {
    let text = "var a = { key : b.cd, 'x y': [1] }\nvar f = sys.concat( ab.?cd )\n";
    let template = lower(text);
    let ExprKind::Object(properties) = &template.expressions[template.variables[0].value].kind else {
        panic!("not an object");
    };
    assert_eq!(at(text, properties[0].key_span), "key");
    assert_eq!(at(text, properties[0].span), "key : b.cd");
    assert_eq!(at(text, template.expressions[properties[0].value].span), "b.cd");
    assert_eq!(at(text, properties[1].key_span), "'x y'");
    assert_eq!(at(text, properties[1].span), "'x y': [1]");
    let call = &template.expressions[template.variables[1].value];
    assert_eq!(at(text, call.span), "sys.concat( ab.?cd )");
    let ExprKind::Call { name_span, arguments, .. } = &call.kind else { panic!("not a call") };
    assert_eq!(at(text, *name_span), "concat");
    let ExprKind::Access { base, key: AccessKey::Name(_, name_span), .. } =
        &template.expressions[arguments[0]].kind
    else {
        panic!("not an access");
    };
    assert_eq!(at(text, *name_span), "cd");
    assert_eq!(at(text, template.expressions[*base].span), "ab");
}

#[test]
fn parameters_with_their_decorators() {
    let text = "@description('p')\n@sys.secure()\nparam p string\n@minValue(-1)\n@maxValue(5)\n@allowed([\n 1\n 2\n])\nparam n int? = 2\n";
    let template = lower(text);
    let [p, n] = template.parameters.as_slice() else { panic!("not two parameters") };
    assert!(p.secure && p.default.is_none() && !n.secure);
    assert_eq!(n.bounds, Bounds { min: Some(-1), max: Some(5) });
    assert_eq!(n.allowed.map(|id| show(&template, id)).as_deref(), Some("[1 2]"));
    assert_eq!(n.type_text.as_deref(), Some("int?"));
    assert_eq!(at(text, n.name_span), "n");
    assert_eq!(at(text, n.span), "param n int? = 2");
    assert!(matches!(&n.declared_type, Some(TypeExpr::Nullable(_))));
}

#[test]
fn types() {
    for (bicep, expected) in [
        ("sys.string", r#"Primitive("string")"#),
        ("other[]", r#"Array(Named("other"))"#),
        ("'a' | -1 | null", r#"Union([Literal(String("a")), Literal(Number(Int(-1))), Literal(Null)])"#),
        ("\n  | 'a'\n  | 'b'", r#"Union([Literal(String("a")), Literal(String("b"))])"#),
        ("(string | int)?", r#"Nullable(Union([Primitive("string"), Primitive("int")]))"#),
        ("t.a[0][*].*", r#"Member(Member(Member(Member(Named("t"), "a"), "[0]"), "[*]"), "*")"#),
        ("resourceInput<'A/b@1'>.properties", "Opaque"),
        ("[int, bool]", r#"Tuple([Primitive("int"), Primitive("bool")])"#),
    ] {
        let template = lower(&format!("type t = {bicep}\n"));
        assert_eq!(format!("{:?}", template.types[0].value), expected);
    }
    let template = lower(
        "@secure()\ntype t = {\n  @minLength(2)\n  @secure()\n  a: string\n  'b c': int\n  *: bool\n}\n",
    );
    assert!(template.types[0].secure);
    let TypeExpr::Object { properties, additional } = &template.types[0].value else {
        panic!("not an object")
    };
    assert_eq!(properties.iter().map(|property| &*property.name).collect::<Vec<_>>(), ["a", "b c"]);
    assert!(properties[0].secure && !properties[1].secure);
    assert_eq!(properties[0].bounds.min, Some(2));
    assert!(matches!(additional.as_deref(), Some(TypeExpr::Primitive(name)) if &**name == "bool"));
}

#[test]
fn resources_and_their_places() {
    let text = "targetScope = 'subscription'\n@batchSize(1)\nresource a 'az:N.S/t@2024-01-01' = [for (x, i) in xs: if (x.on) {\n  name: x.name\n  @onlyIfNotExists()\n  resource c 'u' = {\n    name: 'c'\n    resource d 'v@2025-01-01' existing = { name: 'd' }\n  }\n}]\n";
    let template = lower(text);
    assert_eq!(template.scope, Scope::Subscription);
    let a = &template.resources[0];
    assert_eq!((a.symbol.as_deref(), &*a.resource_type), (Some("a"), "N.S/t"));
    assert_eq!(a.api_version.as_deref(), Some("2024-01-01"));
    assert_eq!(at(text, a.header), "resource a 'az:N.S/t@2024-01-01'");
    assert!(at(text, a.span).starts_with("resource a") && at(text, a.span).ends_with("}]"));
    assert_eq!(a.condition.map(|id| show(&template, id)).as_deref(), Some("x.on"));
    let repeat = a.repeat.as_ref().unwrap();
    assert_eq!((repeat.item.as_deref(), repeat.index.as_deref()), (Some("x"), Some("i")));
    assert_eq!(show(&template, a.body), "{name: x.name}");
    let c = &a.children[0];
    assert_eq!((&*c.resource_type, c.api_version.as_deref()), ("N.S/t/u", Some("2024-01-01")));
    let d = &c.children[0];
    assert_eq!((&*d.resource_type, d.api_version.as_deref()), ("N.S/t/u/v", Some("2025-01-01")));
    assert!(d.existing && !c.existing);
    assert_eq!(at(text, d.header), "resource d 'v@2025-01-01'");
}

#[test]
fn modules_and_their_sources() {
    let text = "module a './a.bicep' = {\n  params: { x: 1 }\n}\nmodule b 'br/public:avm/x:1.0' =\nif (on) {\n}\nmodule c 'ts:s/g/n:1' = [for n in ns: {}]\n";
    let template = lower(text);
    let sources: Vec<_> = template.modules.iter().map(|module| format!("{:?}", module.source)).collect();
    assert_eq!(
        sources,
        ["Local(\"./a.bicep\")", "Registry(\"br/public:avm/x:1.0\")", "Registry(\"ts:s/g/n:1\")"]
    );
    assert_eq!(at(text, template.modules[0].header), "module a './a.bicep'");
    assert_eq!(at(text, template.modules[0].source_span), "'./a.bicep'");
    assert_eq!(show(&template, template.modules[0].body), "{params: {x: 1}}");
    assert!(template.modules[1].condition.is_some() && template.modules[2].repeat.is_some());
}

#[test]
fn functions_outputs_exports_and_comments() {
    let text = "// one\nfunc f(a string, b int) string => '${a}${b}'\n@export()\nvar v = 1 // two\n@secure()\noutput o string = f('x', v)\n#disable-next-line no-unused-vars\nvar w = 2\nimport { a, b as c, 'd e' as g } from 'x.bicep'\n";
    let template = lower(text);
    assert_eq!(template.functions[0].parameters, ["a".into(), "b".into()]);
    assert_eq!(show(&template, template.functions[0].body), "<a b>");
    assert!(template.variables[0].exported && !template.variables[1].exported);
    assert!(template.outputs[0].secure);
    assert_eq!(at(text, template.outputs[0].span), "output o string = f('x', v)");
    let comments: Vec<_> = template.comments.iter().map(|span| at(text, *span)).collect();
    assert_eq!(comments, ["// one", "// two", "#disable-next-line no-unused-vars"]);
    let names: Vec<_> = template.imports[0].names.iter().map(|(from, to)| (&**from, &**to)).collect();
    assert_eq!(names, [("a", "a"), ("b", "c"), ("d e", "g")]);
}

#[test]
fn a_parameter_file() {
    let text = "using 'main.bicep'\nextends 'base.bicepparam'\nvar v = 1\nparam a = v\nparam b = readEnvironmentVariable('B', '')\n";
    let parameters = parse_parameters(file(text), text);
    assert_eq!(messages(&parameters.template), Vec::<String>::new());
    assert!(matches!(&parameters.using, Some(ModuleSource::Local(path)) if &**path == "main.bicep"));
    assert_eq!(parameters.extends.as_deref(), Some("base.bicepparam"));
    let values = parameters.assignments.iter().map(|assignment| match &assignment.value {
        AssignedValue::Expression(id) => (&*assignment.name, show(&parameters.template, *id)),
        AssignedValue::KeyVaultSecret => (&*assignment.name, String::new()),
    });
    let values: Vec<_> = values.collect();
    assert_eq!(values, [("a", "v".to_owned()), ("b", "readEnvironmentVariable(\"B\" \"\")".to_owned())]);
    assert_eq!(at(text, parameters.assignments[0].span), "param a = v");
    assert_eq!(parameters.template.variables.len(), 1);
    assert!(parse_parameters(file("using none\n"), "using none\n").using.is_none());
}

#[test]
fn declarations_in_the_wrong_kind_of_file() {
    let text = "using 'a.bicep'\nparam p = 1\n";
    assert_eq!(messages(&parse_template(file(text), text)).len(), 2);
    let text = "resource a 'b@1' = {}\nparam p string\n";
    assert_eq!(messages(&parse_parameters(file(text), text).template).len(), 2);
}

/// Nests `inner` so many times in `open` and `close`.
fn nest(open: &str, inner: &str, close: &str) -> String {
    const LEVELS: usize = 100_000;
    format!("var a = {}{inner}{}\nvar b = 1\n", open.repeat(LEVELS), close.repeat(LEVELS))
}

#[test]
fn deep_nesting_ends_in_a_diagnostic() {
    for text in [
        nest("(", "1", ")"),
        nest("[\n", "1", "\n]"),
        nest("{ a: ", "1", " }"),
        nest("!", "x", ""),
        nest("f(", "x", ")"),
        nest("x ? y : ", "z", ""),
        nest("x => ", "y", ""),
        nest("[for x in y: ", "z", "]"),
        nest("'${", "x", "}'"),
        nest("", "x", ".y"),
        nest("", "x", " . y"),
        nest("", "x", "[0]"),
        nest("", "x", "!"),
        nest("", "x", "::y"),
        nest("", "1", " + 1"),
    ] {
        let template = parse_template(file(&text), &text);
        let codes: Vec<_> = template.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(codes, [DiagnosticCode::Limit], "in {}…", &text[..40]);
        assert_eq!(template.variables.len(), 2);
        assert_eq!(show(&template, template.variables[1].value), "1");
    }
}

#[test]
fn deep_types_and_resources_end_too() {
    let levels = 100_000;
    for text in [
        format!("type a = {}int{}\nvar b = 1\n", "{ a: ".repeat(levels), " }".repeat(levels)),
        format!("type a = int{}\nvar b = 1\n", "[]".repeat(levels)),
        format!("type a = int{}\nvar b = 1\n", "?".repeat(levels)),
        format!("type a = x{}\nvar b = 1\n", "[*]".repeat(levels)),
        format!("{}{}\nvar b = 1\n", "resource a 'b@1' = {\n".repeat(levels), "}\n".repeat(levels)),
    ] {
        let template = parse_template(file(&text), &text);
        assert_eq!(template.diagnostics.len(), 1, "in {}…", &text[..40]);
        assert_eq!(template.variables.len(), 1);
    }
}

#[test]
fn long_chains_of_lazy_operators_and_unions_are_flat() {
    let text =
        format!("var a = {}\nvar b = {}\n", vec!["x"; 50_000].join(" || "), vec!["x"; 50_000].join(" ?? "));
    let template = lower(&text);
    for variable in &template.variables {
        let (ExprKind::Or(operands) | ExprKind::Coalesce(operands)) =
            &template.expressions[variable.value].kind
        else {
            panic!("not flat");
        };
        assert_eq!(operands.len(), 50_000);
    }
    let template = lower(&format!("type a = {}\n", vec!["'x'"; 50_000].join(" | ")));
    assert!(matches!(&template.types[0].value, TypeExpr::Union(members) if members.len() == 50_000));
}

#[test]
fn what_is_just_not_too_deep_is_kept() {
    let levels = MAX_DEPTH - 1;
    let template = lower(&format!("var a = {}1{}\n", "(".repeat(levels), ")".repeat(levels)));
    assert!(show(&template, template.variables[0].value).contains("(1)"));
}

#[test]
fn many_members_and_statements_are_no_matter() {
    let members: String = (0..100_000).map(|index| format!("  k{index}: {index}\n")).collect();
    let template = lower(&format!("var a = {{\n{members}}}\n"));
    let ExprKind::Object(properties) = &template.expressions[template.variables[0].value].kind else {
        panic!("not an object");
    };
    assert_eq!(properties.len(), 100_000);
    let statements: String = (0..100_000).map(|index| format!("var v{index} = {index}\n")).collect();
    assert_eq!(lower(&statements).variables.len(), 100_000);
}
