use crate::model::Deployment;
use crate::source::{Diagnostic, Sources};

/// All diagnostics of a run, each once, ordered by place: a module's error is told once, however many roots call it.
pub fn collect_diagnostics(
    sources: &Sources,
    deployments: &[Deployment],
    own: &[Diagnostic],
) -> Vec<Diagnostic> {
    let mut all: Vec<(String, u32, Diagnostic)> = own
        .iter()
        .chain(deployments.iter().flat_map(|deployment| &deployment.diagnostics))
        .map(|diagnostic| {
            let (path, start) = match (diagnostic.span, &diagnostic.path) {
                (Some(span), _) => (sources.path(span.file).into_string(), span.start),
                (None, path) => (path.as_deref().unwrap_or_default().to_owned(), 0),
            };
            (path, start, diagnostic.clone())
        })
        .collect();
    all.sort_by(|a, b| (&a.0, a.1, a.2.code, &a.2.message).cmp(&(&b.0, b.1, b.2.code, &b.2.message)));
    all.dedup_by(|later, earlier| {
        (&later.0, later.1, later.2.code, &later.2.message)
            == (&earlier.0, earlier.1, earlier.2.code, &earlier.2.message)
    });
    all.into_iter().map(|(_, _, diagnostic)| diagnostic).collect()
}
