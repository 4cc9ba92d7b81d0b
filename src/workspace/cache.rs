use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use super::classify::{Kind, kind_of_name};
use crate::arm::json::{self, JsonKind};
use crate::arm::template::{ParameterFile, Template};
use crate::bicep;
use crate::source::{FileId, Sources};

/// A parsed file. Every file is parsed once a run, whoever asks first.
#[derive(Clone, Debug)]
pub(super) enum Parsed {
    /// A template.
    Template(Arc<Template>),
    /// Values for a template's parameters.
    Parameters(Arc<ParameterFile>),
    /// Neither.
    Other,
}

/// The parsed Bicep and ARM files of a run.
pub(super) struct Cache {
    pub sources: Arc<Sources>,
    parsed: RwLock<FxHashMap<FileId, Arc<OnceLock<Parsed>>>>,
}

impl Cache {
    pub(super) fn new(sources: Arc<Sources>) -> Self {
        Cache { sources, parsed: RwLock::default() }
    }

    /// The parsed form of a file, parsed by the first that asks.
    pub(super) fn parsed(&self, file: FileId) -> Parsed {
        self.cell(file).get_or_init(|| self.parse(file)).clone()
    }

    fn cell(&self, file: FileId) -> Arc<OnceLock<Parsed>> {
        let read = self.parsed.read().unwrap_or_else(PoisonError::into_inner).get(&file).cloned();
        read.unwrap_or_else(|| {
            Arc::clone(self.parsed.write().unwrap_or_else(PoisonError::into_inner).entry(file).or_default())
        })
    }

    fn parse(&self, file: FileId) -> Parsed {
        let source = self.sources.file(file);
        let text = source.text();
        match kind_of_name(source.path()) {
            Some(Kind::Bicep) => Parsed::Template(Arc::new(bicep::parse_template(file, text))),
            Some(Kind::BicepParameters) => Parsed::Parameters(Arc::new(bicep::parse_parameters(file, text))),
            _ => match json::classify(text) {
                JsonKind::Template => Parsed::Template(Arc::new(json::parse_template(file, text))),
                JsonKind::Parameters => Parsed::Parameters(Arc::new(json::parse_parameters(file, text))),
                JsonKind::TerraformPlan | JsonKind::Other => Parsed::Other,
            },
        }
    }

    /// All parsed files, in no particular order.
    pub(super) fn all(&self) -> Vec<(FileId, Parsed)> {
        let parsed = self.parsed.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<(FileId, Parsed)> = parsed
            .iter()
            .filter_map(|(file, cell)| cell.get().map(|parsed| (*file, parsed.clone())))
            .collect();
        all.sort_by_key(|(file, _)| self.sources.path(*file));
        all
    }
}
