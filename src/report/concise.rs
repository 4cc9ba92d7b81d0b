use std::io::{self, Write};

use super::Report;
use super::notices::notices;
use crate::source::visible;

/// Writes one line an entry, `path:line:column: severity[rule] message`, which editors and problem matchers read.
///
/// # Errors
/// Those of `out`.
pub fn concise(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    for notice in notices(report) {
        let path = visible(notice.path());
        match notice.place.as_ref().and_then(|place| place.range) {
            Some((start, _)) => write!(out, "{path}:{}:{}: ", start.line, start.column)?,
            None => write!(out, "{path}: ")?,
        }
        let word = match notice.finding {
            Some(_) => notice.severity.as_str(),
            None => "incomplete",
        };
        writeln!(out, "{word}[{}] {}", notice.code, visible(&notice.message))?;
    }
    writeln!(out, "{}", report.headline())
}
