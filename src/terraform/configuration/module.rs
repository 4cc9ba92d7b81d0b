//! A module as written: its declarations, with override files merged in.

use std::sync::Arc;

use camino::Utf8PathBuf;
use indexmap::{Equivalent, IndexMap};

use crate::source::{Diagnostic, DiagnosticCode, FileId, Level, Span};
use crate::terraform::ast::{Attribute, Block, Body, ExprId, ExprKind, File, Literal, Name};

/// The declarations of a module's directory. Shared by all instances of the module.
#[derive(Debug, Default)]
pub struct Module {
    /// The directory.
    pub directory: Utf8PathBuf,
    files: Vec<File>,
    pub(super) variables: IndexMap<Name, Declaration>,
    pub(super) outputs: IndexMap<Name, Declaration>,
    pub(super) calls: IndexMap<Name, Declaration>,
    /// Managed, data and ephemeral resources by kind, type and name.
    pub(super) resources: IndexMap<(ResourceKind, Name, Name), Declaration>,
    /// Further declarations of a resource that is declared already: Terraform refuses them, but what they say is worth checking.
    pub(super) duplicates: Vec<(Name, Name, Declaration)>,
    pub(super) locals: IndexMap<Name, LocalRef>,
    /// The local names of the providers in `required_providers`.
    pub(super) required_providers: Vec<Name>,
    /// What could not be read or makes no sense; evaluation goes on without it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Which kind of `type.name` object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum ResourceKind {
    /// `resource`.
    Managed,
    /// `data`.
    Data,
    /// `ephemeral`.
    Ephemeral,
}

/// Asks for a resource without sharing its names.
#[derive(Hash)]
struct ResourceName<'n>(ResourceKind, &'n str, &'n str);

impl Equivalent<(ResourceKind, Name, Name)> for ResourceName<'_> {
    fn equivalent(&self, key: &(ResourceKind, Name, Name)) -> bool {
        self.0 == key.0 && *self.1 == *key.1 && *self.2 == *key.2
    }
}

/// A declaration: the block that declares it, then the blocks of override files that change it.
#[derive(Clone, Debug)]
pub(super) struct Declaration {
    base: BlockRef,
    overrides: Vec<BlockRef>,
}

/// A top-level block.
#[derive(Clone, Copy, Debug)]
struct BlockRef {
    file: usize,
    block: usize,
}

/// An attribute of a `locals` block.
#[derive(Clone, Copy, Debug)]
pub(super) struct LocalRef {
    block: BlockRef,
    attribute: usize,
}

/// A body's arguments and blocks with their files: a declaration's after merging, or a nested block's.
#[derive(Clone, Debug)]
pub(super) struct BodyView<'m> {
    /// Arguments, each name once.
    pub(super) attributes: Vec<(&'m File, &'m Attribute)>,
    /// Nested blocks.
    pub(super) blocks: Vec<(&'m File, &'m Block)>,
}

impl<'m> BodyView<'m> {
    /// The inside of one block.
    pub(super) fn of(file: &'m File, body: &'m Body) -> Self {
        BodyView {
            attributes: body.attributes.iter().map(|attribute| (file, attribute)).collect(),
            blocks: body.blocks.iter().map(|block| (file, block)).collect(),
        }
    }

    /// Terraform's merge of an override file's body: arguments one by one, nested blocks all of a type.
    fn merge(&mut self, file: &'m File, body: &'m Body) {
        for attribute in &body.attributes {
            match self.attributes.iter_mut().find(|(_, old)| old.name == attribute.name) {
                Some(old) => *old = (file, attribute),
                None => self.attributes.push((file, attribute)),
            }
        }
        let replaced: Vec<&str> = body.blocks.iter().map(kind_of).collect();
        // the arguments of `lifecycle` merge; its later blocks are read over the earlier ones
        self.blocks.retain(|(_, block)| kind_of(block) == "lifecycle" || !replaced.contains(&kind_of(block)));
        self.blocks.extend(body.blocks.iter().map(|block| (file, block)));
    }

    /// An argument.
    pub(super) fn attribute(&self, name: &str) -> Option<(&'m File, &'m Attribute)> {
        self.attributes.iter().copied().find(|(_, attribute)| &*attribute.name == name)
    }

    /// An argument that is a literal string.
    pub(super) fn literal(&self, name: &str) -> Option<&'m str> {
        let (file, attribute) = self.attribute(name)?;
        literal_string(file, attribute.value)
    }

    /// Whether an argument is the literal `true`.
    pub(super) fn is_true(&self, name: &str) -> bool {
        self.literal_bool(name) == Some(true)
    }

    /// An argument that is a literal boolean.
    pub(super) fn literal_bool(&self, name: &str) -> Option<bool> {
        let (file, attribute) = self.attribute(name)?;
        match &file.expressions[attribute.value].kind {
            ExprKind::Literal(Literal::Bool(value)) => Some(*value),
            _ => None,
        }
    }

    /// The nested blocks of a type.
    pub(super) fn blocks_of<'s>(&'s self, name: &'s str) -> impl Iterator<Item = (&'m File, &'m Block)> + 's {
        self.blocks.iter().copied().filter(move |(_, block)| &*block.block_type == name)
    }
}

/// The type that a nested block makes: a `dynamic` counts as its label.
pub(super) fn kind_of(block: &Block) -> &str {
    match (&*block.block_type, block.labels.first()) {
        ("dynamic", Some(label)) => &label.text,
        (block_type, _) => block_type,
    }
}

/// The text of an expression that is a literal string.
pub(super) fn literal_string(file: &File, id: ExprId) -> Option<&str> {
    match &file.expressions[id].kind {
        ExprKind::Literal(Literal::String(text)) => Some(text),
        ExprKind::Parentheses(inner) => literal_string(file, *inner),
        _ => None,
    }
}

impl Module {
    /// The module of these files: configuration files, then override files.
    pub(super) fn new(directory: Utf8PathBuf, files: Vec<File>, overrides: Vec<File>) -> Self {
        let configuration = files.len();
        let mut module = Module { directory, ..Module::default() };
        let files: Vec<File> = files.into_iter().chain(overrides).collect();
        for (index, file) in files.iter().enumerate() {
            module.diagnostics.extend(file.diagnostics.iter().cloned());
            for (block, declaration) in file.body.blocks.iter().enumerate() {
                let place = BlockRef { file: index, block };
                module.declare(declaration, place, index >= configuration);
            }
        }
        module.files = files;
        module
    }

    fn declare(&mut self, block: &Block, place: BlockRef, is_override: bool) {
        let label = |index: usize| block.labels.get(index).map(|label| Arc::clone(&label.text));
        match (&*block.block_type, label(0), label(1)) {
            ("locals", ..) => {
                for (attribute, local) in block.body.attributes.iter().enumerate() {
                    let declared = self.locals.contains_key(&local.name);
                    if declared && !is_override {
                        self.duplicate(&format!("local value '{}'", local.name), local.name_span);
                        continue;
                    }
                    self.locals.insert(Arc::clone(&local.name), LocalRef { block: place, attribute });
                }
            }
            ("terraform", ..) => {
                let required =
                    block.body.blocks.iter().filter(|block| &*block.block_type == "required_providers");
                let names = required.flat_map(|block| &block.body.attributes);
                self.required_providers.extend(names.map(|attribute| Arc::clone(&attribute.name)));
            }
            ("variable", Some(name), _) => self.add("variable", name, block, place, is_override),
            ("output", Some(name), _) => self.add("output", name, block, place, is_override),
            ("module", Some(name), _) => self.add("module", name, block, place, is_override),
            ("resource", Some(kind), Some(name)) => {
                self.add_resource(ResourceKind::Managed, kind, name, block, place, is_override);
            }
            ("data", Some(kind), Some(name)) => {
                self.add_resource(ResourceKind::Data, kind, name, block, place, is_override);
            }
            ("ephemeral", Some(kind), Some(name)) => {
                self.add_resource(ResourceKind::Ephemeral, kind, name, block, place, is_override);
            }
            ("variable" | "output" | "module" | "resource" | "data" | "ephemeral", ..) => {
                let message = format!("a {} block without its labels declares nothing", block.block_type);
                self.diagnostics.push(Diagnostic::syntax(message, block.header));
            }
            _ => {}
        }
    }

    fn add(&mut self, what: &str, name: Name, block: &Block, place: BlockRef, is_override: bool) {
        let table = match what {
            "variable" => &mut self.variables,
            "output" => &mut self.outputs,
            _ => &mut self.calls,
        };
        match table.get_mut(&name) {
            Some(declared) if is_override => declared.overrides.push(place),
            Some(_) => self.duplicate(&format!("{what} '{name}'"), block.header),
            None => {
                table.insert(name, Declaration { base: place, overrides: Vec::new() });
            }
        }
    }

    fn add_resource(
        &mut self,
        kind: ResourceKind,
        resource_type: Name,
        name: Name,
        block: &Block,
        place: BlockRef,
        is_override: bool,
    ) {
        let what = format!("{resource_type}.{name}");
        let key = (kind, Arc::clone(&resource_type), Arc::clone(&name));
        match self.resources.get_mut(&key) {
            Some(declared) if is_override => declared.overrides.push(place),
            Some(_) => {
                self.duplicate(&what, block.header);
                if kind == ResourceKind::Managed {
                    let declaration = Declaration { base: place, overrides: Vec::new() };
                    self.duplicates.push((resource_type, name, declaration));
                }
            }
            None => {
                self.resources.insert(key, Declaration { base: place, overrides: Vec::new() });
            }
        }
    }

    fn duplicate(&mut self, what: &str, span: Span) {
        let message = format!("{what} is declared more than once in this module");
        self.diagnostics.push(Diagnostic::new(Level::Warning, DiagnosticCode::Evaluation, message, span));
    }

    /// Whether the directory holds any configuration.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Its files.
    pub fn files(&self) -> impl Iterator<Item = FileId> + '_ {
        self.files.iter().map(|file| file.file)
    }

    /// The syntax of its files.
    pub fn syntax(&self) -> &[File] {
        &self.files
    }

    fn block(&self, place: BlockRef) -> (&File, &Block) {
        let file = &self.files[place.file];
        (file, &file.body.blocks[place.block])
    }

    /// The block that declares.
    pub(super) fn declaring(&self, declaration: &Declaration) -> &Block {
        self.block(declaration.base).1
    }

    /// The type that a managed resource's declaration names.
    pub(super) fn type_of(&self, declaration: &Declaration) -> Option<&str> {
        let block = self.declaring(declaration);
        (&*block.block_type == "resource").then(|| block.labels.first().map(|label| &*label.text)).flatten()
    }

    /// A declaration's body with its overrides.
    pub(super) fn body(&self, declaration: &Declaration) -> BodyView<'_> {
        let (file, block) = self.block(declaration.base);
        let mut view = BodyView::of(file, &block.body);
        for place in &declaration.overrides {
            let (file, block) = self.block(*place);
            view.merge(file, &block.body);
        }
        view
    }

    /// A local value's expression.
    pub(super) fn local(&self, place: LocalRef) -> (&File, &Attribute) {
        let (file, block) = self.block(place.block);
        (file, &block.body.attributes[place.attribute])
    }

    /// The index of a resource, data source or ephemeral resource.
    pub(super) fn resource_index(
        &self,
        kind: ResourceKind,
        resource_type: &str,
        name: &str,
    ) -> Option<usize> {
        self.resources.get_index_of(&ResourceName(kind, resource_type, name))
    }

    /// Variables without a default: somebody has to give them a value.
    pub fn required_variables(&self) -> impl Iterator<Item = &str> {
        let required = |it: &&Declaration| self.body(it).attribute("default").is_none();
        self.variables.iter().filter(move |(_, it)| required(it)).map(|(name, _)| &**name)
    }

    /// The module calls with a local path as their source: the path as written, and where.
    pub fn local_sources(&self) -> impl Iterator<Item = (Name, Span)> + '_ {
        self.files.iter().flat_map(local_module_sources)
    }

    /// The module calls with another source (a registry, a repository, an archive): as written, and where.
    pub fn remote_sources(&self) -> impl Iterator<Item = (Name, Span)> + '_ {
        self.files.iter().flat_map(|file| module_sources(file, |source| !is_local(source)))
    }
}

/// The local paths that a file's module calls name (`./net`, `../shared`), and where they stand: what a workspace needs to tell
/// called modules from roots, without evaluating anything.
pub fn local_module_sources(file: &File) -> Vec<(Name, Span)> {
    module_sources(file, is_local)
}

fn module_sources(file: &File, wanted: impl Fn(&str) -> bool) -> Vec<(Name, Span)> {
    let calls = file.body.blocks.iter().filter(|block| &*block.block_type == "module");
    calls
        .filter_map(|call| {
            let (_, source) = BodyView::of(file, &call.body).attribute("source")?;
            let text = literal_string(file, source.value).filter(|text| wanted(text))?;
            Some((Arc::from(text), file.expressions[source.value].span))
        })
        .collect()
}

/// Whether a module source is a path on disk beside the caller.
pub(super) fn is_local(source: &str) -> bool {
    matches!(source, "." | "..") || ["./", "../", ".\\", "..\\"].iter().any(|start| source.starts_with(start))
}
