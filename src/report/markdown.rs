use std::fmt::Write as _;
use std::io::{self, Write};

use super::Report;
use super::notices::{Notice, notices, sentence};
use super::summary::plural;
use crate::source::steers;

/// GitHub drops a job summary of more than 1 MiB whole: room is left for what other steps write.
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits>
const MAX_BYTES: usize = 900 * 1024;
/// How many findings are told one by one.
const MAX_SHOWN: usize = 200;

/// Writes a summary for a job's page or a comment: numbers, the rules that have findings, the worst findings with their places.
///
/// # Errors
/// Those of `out`.
pub fn markdown(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut page = String::from("## leftward\n\n");
    // writing to a string cannot fail
    let _ = writeln!(page, "{}\n", text(&report.headline()));
    if let Some(missing) = report.missing() {
        let _ = writeln!(page, "**Incomplete:** {}.\n", text(&missing));
    }
    if !report.undecided.is_empty() {
        let _ = writeln!(page, "{} could not be decided.\n", plural(report.undecided.len(), "check"));
    }
    rules(report, &mut page);
    let (mut shown, total) = (0usize, report.findings.len() + report.diagnostics.len());
    let mut entry = String::new();
    let mut heading = "";
    for notice in notices(report) {
        let under = if notice.finding.is_some() { "### Findings\n\n" } else { "### Not looked at\n\n" };
        entry.clear();
        if under != heading {
            entry.push_str(if heading.is_empty() { "" } else { "\n" });
            entry.push_str(under);
        }
        item(&notice, &mut entry);
        if shown == MAX_SHOWN || page.len() + entry.len() > MAX_BYTES {
            let _ = writeln!(
                page,
                "\n{} more of {total} are left out here; the other formats of the report have them all.",
                total - shown
            );
            break;
        }
        heading = under;
        page.push_str(&entry);
        shown += 1;
    }
    out.write_all(page.as_bytes())
}

fn rules(report: &Report<'_>, page: &mut String) {
    let rules = report.by_rule();
    if rules.is_empty() {
        return;
    }
    page.push_str("| findings | severity | rule | |\n| ---: | --- | --- | --- |\n");
    for (id, severity, number) in rules {
        let rule = report.rules.get(id);
        let title = rule.map_or("", |rule| &*rule.title);
        let name = match rule.and_then(|rule| rule.references.first()) {
            Some(reference) => format!("[{}]({})", code(id), &**reference),
            None => code(id),
        };
        let _ = writeln!(page, "| {number} | {} | {name} | {} |", severity.as_str(), text(title));
    }
    page.push('\n');
}

fn item(notice: &Notice<'_>, page: &mut String) {
    let place = match (&notice.place, notice.finding) {
        (None, _) => String::new(),
        (Some(place), _) if place.range.is_none() => format!(" {}", code(&place.path)),
        (Some(place), _) => format!(" {}", code(&format!("{}:{}", place.path, notice.line()))),
    };
    let _ = writeln!(
        page,
        "- **{}** {}{place}: {}",
        notice.severity.as_str(),
        code(notice.code),
        text(&sentence(&notice.message))
    );
    if let Some(help) = notice.help {
        let _ = writeln!(page, "  {}", text(&sentence(help)));
    }
    let Some(finding) = notice.finding else { return };
    if finding.instances.len() > 1 {
        let _ = writeln!(page, "  {}.", plural(finding.instances.len(), "instance"));
    }
    if !finding.parameters.is_empty() {
        let files: Vec<String> = finding.parameters.iter().take(5).map(|file| code(file)).collect();
        let _ = writeln!(page, "  With {}.", files.join(", "));
    }
}

/// Text that stays text: no markup, no HTML, no link, nobody mentioned.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // a comment between the sign and the name keeps it from being a mention
            '@' => out.push_str("@<!-- -->"),
            // as above, for links that are made of bare addresses
            ':' => out.push_str(":<!-- -->"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '!' | '|' | '~'
            | '$' => {
                out.push('\\');
                out.push(character);
            }
            character if steers(character) => out.push(' '),
            character => out.push(character),
        }
    }
    out.replace(":<!-- --> ", ": ")
}

/// A code span, with a fence longer than any run of backticks in it. In a table a bar must be escaped even there.
fn code(text: &str) -> String {
    let clean: String =
        text.chars().map(|character| if steers(character) { ' ' } else { character }).collect();
    let clean = clean.replace('|', "\\|");
    let longest = clean.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if clean.starts_with('`') || clean.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{clean}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(
            text("<img src=x> [a](http://b) @team"),
            "&lt;img src=x&gt; \\[a\\]\\(http:<!-- -->//b\\) @<!-- -->team"
        );
        assert_eq!(text("Storage: a\nb"), "Storage: a b");
    }

    #[test]
    fn a_code_span_cannot_be_left() {
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("`x"), "`` `x ``");
        assert_eq!(code("a|b\n"), "`a\\|b `");
    }
}
