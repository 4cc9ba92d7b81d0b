use std::io::{self, Write};

use camino::Utf8Path;

/// Tells an error of usage on standard error.
pub(super) fn complain(error: &anyhow::Error) {
    let mut stderr = anstream::stderr().lock();
    let _ = writeln!(stderr, "error: {error:#}");
}

/// Whether the reader of our output has gone away: that is no failure.
pub(super) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

/// Writes a report to a file, by way of a temporary one beside it so that no half-written file is left, or to standard output.
pub(super) fn deliver(
    file: Option<&Utf8Path>,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let Some(path) = file else {
        let mut out = io::BufWriter::new(io::stdout().lock());
        write(&mut out)?;
        return Ok(out.flush()?);
    };
    let mut bytes = Vec::new();
    write(&mut bytes)?;
    let temporary =
        path.with_file_name(format!("{}.{}.tmp", path.file_name().unwrap_or("report"), std::process::id()));
    let written = std::fs::write(&temporary, &bytes).and_then(|()| std::fs::rename(&temporary, path));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&temporary);
        anyhow::anyhow!("{path}: cannot be written: {error}")
    })
}
