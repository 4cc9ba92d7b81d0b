use std::io::Write;

use super::Report;
use super::notices::notices;
use crate::source::steers;

/// Writes a table: a row an entry, with a header.
///
/// # Errors
/// Those of `out`.
pub fn csv(report: &Report<'_>, out: &mut dyn Write) -> csv::Result<()> {
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    table.write_record([
        "kind",
        "severity",
        "rule",
        "message",
        "help",
        "path",
        "line",
        "column",
        "resource",
        "type",
        "property",
        "instances",
        "parameters",
        "fingerprint",
    ])?;
    for notice in notices(report) {
        let range = notice.place.as_ref().and_then(|place| place.range);
        let number = |of: fn(crate::source::Position) -> u32| {
            range.map(|(start, _)| of(start).to_string()).unwrap_or_default()
        };
        let finding = notice.finding;
        let fields = [
            if finding.is_some() { "finding" } else { "incomplete" }.to_owned(),
            notice.severity.as_str().to_owned(),
            notice.code.to_owned(),
            notice.message.to_string(),
            notice.help.unwrap_or_default().to_owned(),
            notice.path().to_owned(),
            number(|start| start.line),
            number(|start| start.column),
            finding.map(|it| it.subject.address.clone()).unwrap_or_default(),
            finding.map(|it| it.subject.resource_type.clone()).unwrap_or_default(),
            finding.and_then(|it| it.property.clone()).unwrap_or_default(),
            finding.map(|it| it.instances.join(" ")).unwrap_or_default(),
            finding.map(|it| it.parameters.join(" ")).unwrap_or_default(),
            finding.map(|it| it.fingerprint.clone()).unwrap_or_default(),
        ];
        table.write_record(fields.into_iter().map(plain))?;
    }
    Ok(table.flush()?)
}

/// A text that no spreadsheet takes for a formula.
///
/// Source: <https://owasp.org/www-community/attacks/CSV_Injection>
fn plain(mut field: String) -> String {
    if field.contains(steers) {
        field = field.replace(steers, " ");
    }
    if field.len() > 1 && field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
    {
        format!("'{field}")
    } else {
        field
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_is_a_formula() {
        assert_eq!(plain("=HYPERLINK(1)".to_owned()), "'=HYPERLINK(1)");
        assert_eq!(plain("-".to_owned()), "-");
        assert_eq!(plain("a=b".to_owned()), "a=b");
    }
}
