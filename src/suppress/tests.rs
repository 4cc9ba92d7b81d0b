use super::grammar::{Marker, Reach, markers};
use super::layout::{Layout, Syntax};
use super::{Form, wildcard};

fn one(comment: &str) -> Marker {
    let mut found = markers(comment);
    assert_eq!(found.len(), 1, "{comment}: {found:?}");
    found.remove(0).1
}

#[test]
fn our_words_are_read_in_both_forms() {
    let marker = one(
        " leftward:ignore storage-https-only, storage-min-tls reason=\"test data\" until=2026-12-31 owner=team-x",
    );
    assert_eq!(marker.rules, ["storage-https-only", "storage-min-tls"]);
    assert_eq!((marker.reason.as_deref(), marker.owner.as_deref()), (Some("test data"), Some("team-x")));
    assert_eq!(marker.until.map(|day| day.to_string()).as_deref(), Some("2026-12-31"));
    let marker = one("leftward:ignore R key=dev -- it's test data (until 2026-12-31)");
    assert_eq!((marker.reason.as_deref(), marker.key.as_deref()), (Some("it's test data"), Some("dev")));
    assert_eq!(marker.until.map(|day| day.to_string()).as_deref(), Some("2026-12-31"));
    assert_eq!(one("leftward:ignore-file * -- generated").reach, Reach::File);
    assert_eq!(markers("see leftward:ignored and leftward:ignore-all").len(), 0);
}

#[test]
fn mistakes_are_kept() {
    let mistake = |text: &str| one(text).mistake.unwrap_or_default();
    assert_eq!(mistake("leftward:ignore"), "it names no rule; * stands for all");
    assert_eq!(mistake("leftward:ignore R until=soon"), "'soon' is no day; write until=2026-12-31");
    assert_eq!(mistake("leftward:ignore R resaon=x"), "'resaon' is not known; did you mean 'reason'?");
    assert_eq!(mistake("leftward:ignore R reason=\"x"), "the value of 'reason' has no closing quote");
}

#[test]
fn the_words_of_other_tools_are_read() {
    let marker = one("checkov:skip=CKV_AZURE_23:audited: elsewhere");
    assert_eq!((marker.form, marker.reach), (Form::Checkov, Reach::Block));
    assert_eq!(
        (marker.rules, marker.reason.as_deref()),
        (vec!["CKV_AZURE_23".to_owned()], Some("audited: elsewhere"))
    );
    let ids: Vec<String> = markers("trivy:ignore:AVD-AZU-0012 tfsec:ignore:azure-x:exp:2030-01-01")
        .into_iter()
        .flat_map(|(_, it)| it.rules)
        .collect();
    assert_eq!(ids, ["AVD-AZU-0012", "azure-x"]);
    assert!(markers("trivy:ignore:AVD-AZU-0012[name=x]").is_empty(), "a condition is not evaluated");
    assert_eq!(one("kics-scan ignore-block").rules, ["*"]);
    assert_eq!(one("kics-scan disable=a,b").rules, ["a", "b"]);
    let marker = one("#disable-next-line a b // because");
    assert_eq!(
        (marker.reach, marker.rules.len(), marker.reason.as_deref()),
        (Reach::NextLine, 2, Some("because"))
    );
}

#[test]
fn comments_are_told_from_strings() {
    let comments = |text: &str, syntax| {
        let layout = Layout::of(text, syntax);
        layout.comments.iter().map(|at| text[at.clone()].trim().to_owned()).collect::<Vec<_>>()
    };
    let bicep = "var a = 'x // no' // yes\nvar b = '''\n// no\n''' /* yes\n2 */\nvar c = 'it\\'s // no'\n#disable-next-line x\n";
    assert_eq!(comments(bicep, Syntax::Bicep), ["yes", "yes\n2", "#disable-next-line x"]);
    let hcl = "a = \"# no\" # yes\nb = <<-EOT\n# no\n  EOT\n// two\nc = 1 << 2 # three\n";
    assert_eq!(comments(hcl, Syntax::Hcl), ["yes", "two", "three"]);
    assert_eq!(comments("{\"a\": \"// no\"} // yes", Syntax::Json), ["yes"]);
    for broken in ["'", "\"", "/*", "<<", "<<EOT", "'''", "a = \"\\", "}}}", "[[[", "#"] {
        for syntax in [Syntax::Bicep, Syntax::Hcl, Syntax::Json] {
            let layout = Layout::of(broken, syntax);
            layout.around(broken.len());
            layout.statement(0, |_| true);
        }
    }
}

#[test]
fn a_statement_reaches_to_the_end_of_its_brackets() {
    let text = "@description('x')\nresource a 'b' = {\n  p: {\n    q: 1\n  }\n}\nvar z = 1\n";
    let layout = Layout::of(text, Syntax::Bicep);
    let decorator = |at: usize| text.as_bytes()[at] == b'@';
    let end = text.find("var z").expect("it is there");
    assert_eq!(layout.statement(0, decorator), 0..end);
    let p = text.find("  p: {").expect("it is there") + 2;
    assert_eq!(&text[layout.statement(2, decorator)], "p: {\n    q: 1\n  }\n");
    assert_eq!(layout.block(p + 8).map(|block| text[block].starts_with("resource a")), Some(true));
    assert_eq!(&text[layout.statement(6, decorator)], "var z = 1\n");
}

#[test]
fn a_star_stands_for_anything() {
    for (pattern, text, fits) in [
        ("module.a[*].x", "module.a[\"k\"].x", true),
        ("*", "", true),
        ("a*", "ba", false),
        ("a*b*c", "abbc", true),
        ("a*b", "ab", true),
        ("ab*b", "ab", false),
        ("a", "ab", false),
    ] {
        assert_eq!(wildcard(pattern, text), fits, "{pattern} {text}");
    }
}
