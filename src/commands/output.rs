use std::io::{self, IsTerminal, Write};

use camino::Utf8Path;

use super::arguments::{Color, ScanArguments};
use crate::config::ConfigError;
use crate::report::HumanOptions;
use crate::source::Plain;

/// Columns where the terminal does not say.
const DEFAULT_WIDTH: usize = 100;

/// Tells an error of usage on standard error.
pub(super) fn complain(error: &anyhow::Error) {
    let mut stderr = anstream::stderr().lock();
    if let Some(error) = error.downcast_ref::<ConfigError>() {
        let _ = write!(stderr, "{}", snippets(error));
        return;
    }
    let _ = writeln!(stderr, "error: {error:#}");
}

/// What is wrong in a configuration file, each with the line that it stands on.
fn snippets(error: &ConfigError) -> String {
    let theme = miette::GraphicalTheme::unicode_nocolor();
    let handler = miette::GraphicalReportHandler::new_themed(theme).with_context_lines(0).with_links(false);
    let mut out = String::new();
    for problem in &error.problems {
        let text = error.text.to_string();
        let mut shown = miette::MietteDiagnostic::new(&problem.message)
            .with_label(miette::LabeledSpan::new_primary_with_span(None, first_line(&text, &problem.span)));
        shown.help.clone_from(&problem.help);
        let source = miette::NamedSource::new(&error.path, text);
        let report = miette::Report::new(shown).with_source_code(source);
        // a report that cannot be drawn is told in a line
        if handler.render_report(&mut out, report.as_ref()).is_err() {
            out.push_str(&format!("error: {error}\n"));
        }
    }
    out
}

/// A place, no further than the end of its first line.
fn first_line(text: &str, span: &std::ops::Range<usize>) -> std::ops::Range<usize> {
    let start = span.start.min(text.len());
    let end = span.end.clamp(start, text.len());
    let length = text.get(start..end).and_then(|text| text.find('\n')).unwrap_or(end - start);
    start..start + length
}

/// Whether the reader of our output has gone away: that is no failure.
pub(super) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let kind = match (cause.downcast_ref::<io::Error>(), cause.downcast_ref::<serde_json::Error>()) {
            (Some(error), _) => Some(error.kind()),
            (None, Some(error)) => error.io_error_kind(),
            (None, None) => None,
        };
        kind == Some(io::ErrorKind::BrokenPipe)
    })
}

/// Lets a text without colours be written, of which nothing steers a terminal.
pub(super) fn plain(
    out: &mut dyn Write,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> anyhow::Result<()> {
    let mut plain = Plain::new(out);
    write(&mut plain)?;
    Ok(plain.finish()?)
}

/// Writes a report to a file, by way of a temporary one beside it so that no half-written file is left, or to standard output. A device or pipe
/// (`/dev/stderr`, `>(…)` of a shell) is written to as it is.
pub(super) fn deliver(
    file: Option<&Utf8Path>,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let Some(path) = file else {
        let mut out = io::BufWriter::new(io::stdout().lock());
        return match write(&mut out).and_then(|()| Ok(out.flush()?)) {
            // `leftward | head`: what was found still decides the exit code
            Err(error) if is_closed_pipe(&error) => Ok(()),
            result => result,
        };
    };
    let mut bytes = Vec::new();
    write(&mut bytes)?;
    let written = match std::fs::metadata(path) {
        Ok(meta) if !meta.is_file() && !meta.is_dir() => std::fs::write(path, &bytes),
        // what a link leads to is replaced, not the link
        Ok(_) => path.canonicalize_utf8().and_then(|path| replace(&path, &bytes)),
        Err(_) => replace(path, &bytes),
    };
    written.map_err(|error| anyhow::anyhow!("{path}: cannot be written: {error}"))
}

/// Puts a file of these bytes at `path` in one step.
fn replace(path: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().unwrap_or("report");
    let temporary = path.with_file_name(format!("{name}.{}.tmp", std::process::id()));
    // A new file: one that is there already, or a link, is somebody else's.
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(&temporary)?;
    let written = file.write_all(bytes).and_then(|()| std::fs::rename(&temporary, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

/// Whether there are colours: where they are wanted, and never in files and pipes unless asked for.
pub(super) fn has_color(color: Color, to_file: bool) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let choice = anstream::AutoStream::choice(&io::stdout());
            !to_file && io::stdout().is_terminal() && choice != anstream::ColorChoice::Never
        }
    }
}

/// How the report for people looks where it goes: plain in files and pipes.
pub(super) fn human_options(arguments: &ScanArguments, to_file: bool) -> HumanOptions {
    let terminal = !to_file && io::stdout().is_terminal();
    let color = has_color(arguments.color, to_file);
    HumanOptions {
        color,
        links: color && terminal,
        width: width(terminal),
        show_undecided: arguments.show_undecided,
        group: arguments.group_by.into(),
        summary_only: arguments.summary,
    }
}

/// Columns for a table on standard output; without a terminal nothing is cut.
pub(super) fn columns() -> Option<usize> {
    io::stdout().is_terminal().then(|| width(true))
}

fn width(terminal: bool) -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse::<usize>().ok());
    match columns {
        Some(columns) if terminal => columns.clamp(40, 160),
        _ => DEFAULT_WIDTH,
    }
}
