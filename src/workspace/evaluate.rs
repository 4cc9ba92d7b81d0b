use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::cache::{Cache, Parsed};
use super::calls::calls_of;
use super::external::external_modules;
use super::loader::DiskLoader;
use super::read::{Content, ReadFile, read_all};
use super::roots::CallGraph;
use super::walk::{UsageError, walk};
use super::{Coverage, Options, Scan, parameters, variables};
use crate::arm::evaluate as template_evaluation;
use crate::arm::template::{ModuleSource, ParameterFile, Template};
use crate::model::{Deployment, Language};
use crate::source::{Diagnostic, DiagnosticCode, FileId, Level, Sources, Span, normalize};
use crate::terraform::configuration::{self, Modules};
use crate::terraform::plan;

/// Stack of a thread, in bytes: evaluation recurses as deep as its own limits allow.
const STACK_SIZE: usize = 64 * 1024 * 1024;

/// Something that is deployed on its own.
enum Root {
    /// A template with one parameter file or none.
    Template { template: Arc<Template>, parameters: Option<Arc<ParameterFile>> },
    /// A Terraform directory, with the variable files beside what Terraform loads by itself.
    Directory {
        directory: Utf8PathBuf,
        variable_files: Vec<Utf8PathBuf>,
        environment: BTreeMap<String, String>,
    },
    /// A plan file.
    Plan(FileId),
}

/// Walks, reads, parses and evaluates.
///
/// # Errors
/// [`UsageError`] when a path that the user gave does not exist. Everything else becomes a diagnostic.
pub fn scan(options: &Options) -> Result<Scan, UsageError> {
    let threads = options.threads.unwrap_or(0);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .stack_size(STACK_SIZE)
        .build()
        .map_err(|error| UsageError::Threads(threads, error))?;
    for file in options.parameter_files.iter().chain(&options.variable_files) {
        std::fs::metadata(file).map_err(|error| UsageError::Path { path: file.clone(), error })?;
    }
    let walk = walk(options)?;
    Ok(pool.install(|| run(options, walk)))
}

fn run(options: &Options, walk: super::walk::Walk) -> Scan {
    let sources = Arc::new(Sources::new());
    let cache = Cache::new(Arc::clone(&sources));
    let mut found = walk.files;
    found.extend(options.parameter_files.iter().map(|path| super::walk::Found::named(path)));
    let mut coverage = Coverage { passed_over: walk.passed_over, ..Coverage::default() };
    let mut diagnostics = walk.diagnostics;
    let beyond = variable_files_beyond(options, &found);
    let files = read_all(&cache, found, &mut coverage, &mut diagnostics);

    let named = files.iter().filter(|file| file.named).map(|file| file.path.clone()).collect();
    let modules = Modules::new(&sources).naming(named);
    let mut roots =
        Plan { cache: &cache, modules: &modules, options, files: &files, diagnostics: &mut diagnostics }
            .roots(&mut coverage);
    let loader = DiskLoader::new(&cache, options, content_roots(options));
    let evaluated: Vec<Result<Deployment, Diagnostic>> =
        roots.par_drain(..).map(|root| evaluate_caught(&root, &cache, &modules, &loader)).collect();
    let mut deployments = Vec::with_capacity(evaluated.len());
    for result in evaluated {
        match result {
            Ok(deployment) => deployments.push(deployment),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    deployments.sort_by(|a, b| {
        (&a.path, a.language, &a.parameter_file).cmp(&(&b.path, b.language, &b.parameter_file))
    });
    forget_told(&deployments, &mut diagnostics);
    syntax_diagnostics(&cache, &deployments, &mut diagnostics);
    count_files(&deployments, &files, &diagnostics, &mut coverage);
    // evaluation has told why
    if let Some(reported) = &options.reported {
        // a file that was not read has nothing to report
        let known = |path: &Utf8PathBuf| sources.id_of(&normalize(path));
        coverage.reported = Some(reported.iter().filter_map(known).collect());
    }
    coverage.unreadable += beyond.iter().filter(|path| sources.load(path).is_err()).count();
    let external = external_modules(&cache, &modules, &loader);
    drop(modules);
    drop(loader);
    drop(cache);
    Scan { sources, deployments, diagnostics, coverage, external }
}

/// The variable files that the user asked for and that the walk has not found.
fn variable_files_beyond<'o>(options: &'o Options, found: &[super::walk::Found]) -> Vec<&'o Utf8Path> {
    let paths = options.variable_files.iter().map(Utf8PathBuf::as_path);
    paths
        .filter(|path| {
            let path = normalize(path);
            !found.iter().any(|found| found.path == path)
        })
        .collect()
}

/// Directories below which the content that code loads may lie: the given ones, and the current one.
fn content_roots(options: &Options) -> Vec<Utf8PathBuf> {
    let mut roots = BTreeSet::new();
    for path in &options.paths {
        let Ok(canonical) = path.canonicalize_utf8() else { continue };
        if canonical.is_dir() {
            roots.insert(canonical);
            continue;
        }
        roots.extend(canonical.parent().map(Utf8Path::to_owned));
    }
    let current = Utf8Path::new(".").canonicalize_utf8().ok();
    roots.extend(current.filter(|current| current.parent().is_some()));
    roots.into_iter().collect()
}

/// A bug in leftward costs the root it happens in, not the run.
fn evaluate_caught(
    root: &Root,
    cache: &Cache,
    modules: &Modules<'_>,
    loader: &DiskLoader<'_>,
) -> Result<Deployment, Diagnostic> {
    catch_unwind(AssertUnwindSafe(|| evaluate(root, cache, modules, loader))).map_err(|_| {
        let path = match root {
            Root::Template { template, .. } => cache.sources.path(template.file),
            Root::Directory { directory, .. } => directory.clone(),
            Root::Plan(file) => cache.sources.path(*file),
        };
        let message = "could not be evaluated because of a bug in leftward; please report it with this file";
        Diagnostic::about_path(Level::Error, DiagnosticCode::Internal, message, path.as_str())
    })
}

fn evaluate(root: &Root, cache: &Cache, modules: &Modules<'_>, loader: &DiskLoader<'_>) -> Deployment {
    match root {
        Root::Template { template, parameters } => {
            let mut deployment = template_evaluation::evaluate(template, parameters.as_ref(), loader);
            let path = cache.sources.path(template.file);
            deployment.language = match path.extension() {
                Some(extension) if extension.eq_ignore_ascii_case("bicep") => Language::Bicep,
                _ => Language::Arm,
            };
            deployment.path = path.as_str().into();
            deployment.parameter_file =
                parameters.as_ref().map(|parameters| cache.sources.path(parameters.file).as_str().into());
            deployment
        }
        Root::Directory { directory, variable_files, environment } => {
            let root = configuration::Root {
                directory: directory.clone(),
                variable_files: variable_files.clone(),
                environment: environment.clone(),
                readable: loader.content_roots.clone(),
            };
            let mut deployment = configuration::evaluate_with(&root, modules);
            if deployment.parameter_file.is_none() {
                deployment.parameter_file = variable_files.last().map(|path| path.as_str().into());
            }
            deployment
        }
        Root::Plan(file) => plan::evaluate_with(*file, modules),
    }
}

/// Finds the roots among the files that were read.
struct Plan<'a> {
    cache: &'a Cache,
    modules: &'a Modules<'a>,
    options: &'a Options,
    files: &'a [ReadFile],
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Plan<'_> {
    fn roots(mut self, coverage: &mut Coverage) -> Vec<Root> {
        let mut roots = self.templates();
        roots.extend(self.directories(coverage));
        roots.extend(self.files.iter().filter_map(|file| match file.content {
            Content::Plan => Some(Root::Plan(file.id)),
            _ => None,
        }));
        roots
    }

    fn templates(&mut self) -> Vec<Root> {
        let mut templates: BTreeMap<&Utf8Path, (&ReadFile, Arc<Template>)> = BTreeMap::new();
        for file in self.files {
            if let Content::Template = file.content
                && let Parsed::Template(template) = self.cache.parsed(file.id)
            {
                templates.insert(&file.path, (file, template));
            }
        }
        let graph = self.call_graph(&templates);
        let mut with_parameters = self.parameter_sets(&templates);
        let mut roots = Vec::new();
        for path in graph.roots() {
            let Some((_, template)) = templates.get(path) else { continue };
            match with_parameters.remove(path) {
                Some(sets) => roots.extend(sets.into_iter().map(|parameters| Root::Template {
                    template: Arc::clone(template),
                    parameters: Some(parameters),
                })),
                None => roots.push(Root::Template { template: Arc::clone(template), parameters: None }),
            }
        }
        // A module that has a parameter file of its own is deployed with it as well; so is a template outside of the given paths.
        for (path, sets) in with_parameters {
            let template =
                templates.get(path.as_path()).map(|(_, template)| Arc::clone(template)).or_else(|| {
                    let file = self.cache.sources.load(&path).ok()?;
                    match self.cache.parsed(file) {
                        Parsed::Template(template) => Some(template),
                        _ => None,
                    }
                });
            match template {
                Some(template) => roots.extend(sets.into_iter().map(|parameters| Root::Template {
                    template: Arc::clone(&template),
                    parameters: Some(parameters),
                })),
                None => self.diagnostics.push(Diagnostic::about_path(
                    Level::Error,
                    DiagnosticCode::FileUnresolved,
                    "is named by a parameter file's 'using' and cannot be read as a template",
                    path.as_str(),
                )),
            }
        }
        roots
    }

    fn call_graph(&self, templates: &BTreeMap<&Utf8Path, (&ReadFile, Arc<Template>)>) -> CallGraph {
        let mut graph = CallGraph::default();
        for (path, (file, template)) in templates {
            let folder = path.parent().unwrap_or(Utf8Path::new("."));
            let calls = calls_of(template, folder);
            let mut paths = calls.paths;
            if !calls.linked_names.is_empty() {
                let below = templates.keys().filter(|other| folder == "." || other.starts_with(folder));
                let linked = |other: &&Utf8Path| calls.linked_names.iter().any(|name| other.ends_with(name));
                paths.extend(below.copied().filter(linked).map(Utf8Path::to_owned));
            }
            graph.add((*path).to_owned(), file.named, paths);
        }
        graph
    }

    /// The parameter files that go with each template.
    fn parameter_sets(
        &mut self,
        templates: &BTreeMap<&Utf8Path, (&ReadFile, Arc<Template>)>,
    ) -> BTreeMap<Utf8PathBuf, Vec<Arc<ParameterFile>>> {
        let given: BTreeSet<Utf8PathBuf> =
            self.options.parameter_files.iter().map(|path| normalize(path)).collect();
        let mut sets: BTreeMap<Utf8PathBuf, Vec<Arc<ParameterFile>>> = BTreeMap::new();
        for file in self.files {
            let (Content::Parameters, Parsed::Parameters(parameters)) =
                (&file.content, self.cache.parsed(file.id))
            else {
                continue;
            };
            if !given.is_empty() && !given.contains(&file.path) {
                continue;
            }
            let mut targets: Vec<Utf8PathBuf> = match &parameters.using {
                Some(ModuleSource::Local(path)) => {
                    let folder = file.path.parent().unwrap_or(Utf8Path::new("."));
                    vec![normalize(&folder.join(&**path))]
                }
                Some(_) => continue,
                None if file
                    .path
                    .extension()
                    .is_some_and(|extension| extension.eq_ignore_ascii_case("bicepparam")) =>
                {
                    continue; // `using none`: a base for others
                }
                None if given.contains(&file.path) => {
                    templates.keys().map(|path| (*path).to_owned()).collect()
                }
                None => beside(&file.path, templates).into_iter().collect(),
            };
            if targets.is_empty() {
                self.diagnostics.push(
                    Diagnostic::about_path(
                        Level::Note,
                        DiagnosticCode::Parameters,
                        "is a parameter file without a template beside it; its values were not used",
                        file.path.as_str(),
                    )
                    .with_help("name it after its template (main.parameters.json) or give it with --params"),
                );
            }
            for target in targets.drain(..) {
                sets.entry(target).or_default().push(Arc::clone(&parameters));
            }
        }
        sets
    }

    fn directories(&mut self, coverage: &mut Coverage) -> Vec<Root> {
        let mut folders: BTreeMap<Utf8PathBuf, bool> = BTreeMap::new();
        let mut named_files = Vec::new();
        let mut walked_whole = false;
        for file in self.files.iter().filter(|file| matches!(file.content, Content::Terraform)) {
            *folders.entry(folder_of(&file.path)).or_default() |= file.named;
            if file.named {
                named_files.push(file.id);
            } else {
                walked_whole = true;
            }
        }
        if !named_files.is_empty() && !walked_whole {
            coverage.reported = Some(named_files);
        }
        let mut graph = CallGraph::default();
        let folders: Vec<(Utf8PathBuf, bool)> = folders.into_iter().collect();
        let called: Vec<Vec<Utf8PathBuf>> = folders
            .par_iter()
            .map(|(folder, _)| {
                let module = self.modules.load(folder);
                module.local_sources().map(|(source, _)| normalize(&folder.join(&*source))).collect()
            })
            .collect();
        for ((folder, named), calls) in folders.into_iter().zip(called) {
            graph.add(folder, named, calls);
        }
        let given: Vec<Utf8PathBuf> =
            self.options.variable_files.iter().map(|path| normalize(path)).collect();
        let environment = &self.options.variable_environment;
        let root = |directory: &Utf8Path, variable_files| Root::Directory {
            directory: directory.to_owned(),
            variable_files,
            environment: environment.clone(),
        };
        let mut roots = Vec::new();
        for directory in graph.roots() {
            if !given.is_empty() {
                roots.push(root(directory, given.clone()));
                continue;
            }
            let sets = variables::sets(&self.modules.load(directory), environment, self.files, self.cache);
            self.diagnostics.extend(sets.unused.iter().map(|path| variables::unused_note(path)));
            if sets.one_each.is_empty() {
                roots.push(root(directory, Vec::new()));
                continue;
            }
            roots.extend(sets.one_each.into_iter().map(|file| root(directory, vec![file])));
        }
        roots
    }
}

pub(super) fn folder_of(path: &Utf8Path) -> Utf8PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_str().is_empty() => folder.to_owned(),
        _ => Utf8PathBuf::from("."),
    }
}

/// The template of the same folder that a JSON parameter file belongs to.
fn beside(
    parameter_file: &Utf8Path,
    templates: &BTreeMap<&Utf8Path, (&ReadFile, Arc<Template>)>,
) -> Option<Utf8PathBuf> {
    let folder = parameter_file.parent()?;
    let beside: Vec<&Utf8Path> = templates
        .range(folder..)
        .map(|(path, _)| *path)
        .take_while(|path| path.starts_with(folder) || folder.as_str().is_empty())
        .filter(|path| path.parent() == Some(folder))
        .collect();
    let only = beside.len() == 1;
    beside
        .into_iter()
        .filter_map(|template| {
            parameters::fit(parameter_file, template, only).map(|distance| (distance, template))
        })
        .min()
        .map(|(_, template)| template.to_owned())
}

/// Adds the syntax errors of files that no deployment told of.
fn syntax_diagnostics(cache: &Cache, deployments: &[Deployment], diagnostics: &mut Vec<Diagnostic>) {
    let told: FxHashSet<Span> = deployments
        .iter()
        .flat_map(|deployment| &deployment.diagnostics)
        .filter_map(|diagnostic| diagnostic.span)
        .collect();
    for (_, parsed) in cache.all() {
        let errors = match &parsed {
            Parsed::Template(template) => &template.diagnostics,
            Parsed::Parameters(parameters) => &parameters.template.diagnostics,
            Parsed::Other => continue,
        };
        diagnostics.extend(
            errors.iter().filter(|error| error.span.is_none_or(|span| !told.contains(&span))).cloned(),
        );
    }
}

/// Drops that a file cannot be read where a deployment tells it with the consequence.
fn forget_told(deployments: &[Deployment], diagnostics: &mut Vec<Diagnostic>) {
    let told: FxHashSet<Utf8PathBuf> = deployments
        .iter()
        .flat_map(|deployment| &deployment.diagnostics)
        .filter(|diagnostic| diagnostic.code == DiagnosticCode::FileUnresolved)
        .filter_map(|diagnostic| Some(normalize(Utf8Path::new(diagnostic.path.as_deref()?))))
        .collect();
    diagnostics.retain(|diagnostic| {
        diagnostic.code != DiagnosticCode::Unreadable
            || diagnostic.path.as_deref().is_none_or(|path| !told.contains(&normalize(Utf8Path::new(path))))
    });
}

fn count_files(
    deployments: &[Deployment],
    files: &[ReadFile],
    diagnostics: &[Diagnostic],
    coverage: &mut Coverage,
) {
    let mut read: BTreeSet<FileId> = files.iter().map(|file| file.id).collect();
    read.extend(deployments.iter().flat_map(|deployment| deployment.files.iter().copied()));
    coverage.files = read.len() + coverage.compiled;
    let broken: BTreeSet<FileId> = deployments
        .iter()
        .flat_map(|deployment| &deployment.diagnostics)
        .chain(diagnostics)
        .filter(|diagnostic| diagnostic.code == DiagnosticCode::Syntax)
        .filter_map(|diagnostic| diagnostic.span.map(|span| span.file))
        .collect();
    coverage.broken = broken.len();
}
