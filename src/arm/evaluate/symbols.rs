use std::hash::BuildHasherDefault;

use indexmap::IndexMap;
use rustc_hash::FxHasher;

use crate::arm::template::{ModuleDeclaration, Name, ParameterFile, ResourceDeclaration, Template};
use crate::value::{Exact, Folded, Key};

/// Names of one kind, compared as the language compares them.
#[derive(Debug)]
pub(super) struct Table<T> {
    entries: IndexMap<Key, T, BuildHasherDefault<FxHasher>>,
    fold: bool,
}

impl<T: Copy> Table<T> {
    fn new(fold: bool, entries: impl IntoIterator<Item = (Name, T)>) -> Self {
        let mut table = Table { entries: IndexMap::default(), fold };
        for (name, value) in entries {
            // The first declaration of a name stands; a second one is the language's own error.
            table.entries.entry(Key(name)).or_insert(value);
        }
        table
    }

    /// What `name` stands for.
    pub(super) fn get(&self, name: &str) -> Option<T> {
        let exact = self.entries.get(&Exact(name));
        let found = if self.fold { exact.or_else(|| self.entries.get(&Folded(name))) } else { exact };
        found.copied()
    }
}

/// What a bare Bicep name stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Symbol {
    Parameter(usize),
    Variable(usize),
    /// An index into [`Symbols::slots`].
    Resource(usize),
    /// An index into [`Symbols::modules`].
    Module(usize),
    /// A name of `import { name }`: the import's and the name's index.
    Imported(usize, usize),
    /// `import * as ns`.
    Namespace(usize),
    /// A value that the parameter file assigns.
    Assignment(usize),
    Extension,
}

/// A resource declaration, nested ones included.
#[derive(Debug)]
pub(super) struct Slot {
    /// Indices into `resources`, then into `children`, from the outside in.
    path: Box<[usize]>,
    /// The slot that it is nested in.
    pub(super) parent: Option<usize>,
    /// The slots nested in it, in order.
    pub(super) children: Vec<usize>,
    /// The module that this declaration is, for a `Microsoft.Resources/deployments`. A deployment stack is a resource besides.
    pub(super) deploys: Option<usize>,
}

impl Slot {
    /// The declaration, in the template that the slot was made from.
    pub(super) fn of<'t>(&self, template: &'t Template) -> Option<&'t ResourceDeclaration> {
        let (first, rest) = self.path.split_first()?;
        let mut declaration = template.resources.get(*first)?;
        for index in rest {
            declaration = declaration.children.get(*index)?;
        }
        Some(declaration)
    }
}

/// Where a module is declared.
#[derive(Clone, Copy, Debug)]
pub(super) enum ModuleSlot {
    /// In `modules`.
    Module(usize),
    /// As the deployment of a resource slot.
    Deployment(usize),
}

/// The names of a template, worked out once however often it is instantiated.
#[derive(Debug)]
pub(super) struct Symbols {
    pub(super) parameters: Table<usize>,
    pub(super) variables: Table<usize>,
    pub(super) functions: Table<usize>,
    pub(super) types: Table<usize>,
    pub(super) outputs: Table<usize>,
    /// Bicep names and the symbolic names of ARM.
    pub(super) names: Table<Symbol>,
    pub(super) slots: Vec<Slot>,
    pub(super) modules: Vec<ModuleSlot>,
}

impl Symbols {
    pub(super) fn new(template: &Template, parameter_file: Option<&ParameterFile>) -> Self {
        let fold = template.ignores_case;
        let (slots, modules) = slots(template);
        let mut names: Vec<(Name, Symbol)> = Vec::new();
        for (index, parameter) in template.parameters.iter().enumerate() {
            names.push((parameter.name.clone(), Symbol::Parameter(index)));
        }
        for (index, assignment) in parameter_file.iter().flat_map(|file| &file.assignments).enumerate() {
            names.push((assignment.name.clone(), Symbol::Assignment(index)));
        }
        for (index, variable) in template.variables.iter().enumerate() {
            names.push((variable.name.clone(), Symbol::Variable(index)));
        }
        // Symbolic names of ARM resources are a name space of their own, without parameters and variables.
        if fold {
            names.clear();
        }
        for (index, slot) in slots.iter().enumerate().filter(|(_, slot)| slot.parent.is_none()) {
            if let Some(symbol) = slot.of(template).and_then(|declaration| declaration.symbol.clone()) {
                names.push((symbol, slot.deploys.map_or(Symbol::Resource(index), Symbol::Module)));
            }
        }
        for (index, module) in modules.iter().enumerate() {
            if let ModuleSlot::Module(position) = module
                && let Some(symbol) = template.modules.get(*position).and_then(|module| module.symbol.clone())
            {
                names.push((symbol, Symbol::Module(index)));
            }
        }
        for (index, import) in template.imports.iter().enumerate() {
            names.extend(import.namespace.iter().map(|name| (name.clone(), Symbol::Namespace(index))));
            for (position, (_, local)) in import.names.iter().enumerate() {
                names.push((local.clone(), Symbol::Imported(index, position)));
            }
        }
        names.extend(template.extensions.iter().map(|name| (name.clone(), Symbol::Extension)));
        Symbols {
            parameters: table(fold, template.parameters.iter().map(|item| item.name.clone())),
            variables: table(fold, template.variables.iter().map(|item| item.name.clone())),
            functions: table(
                fold,
                template.functions.iter().map(|item| match &item.namespace {
                    Some(namespace) => Name::from(format!("{namespace}.{}", item.name)),
                    None => item.name.clone(),
                }),
            ),
            types: table(fold, template.types.iter().map(|item| item.name.clone())),
            outputs: table(fold, template.outputs.iter().map(|item| item.name.clone())),
            names: Table::new(fold, names),
            slots,
            modules,
        }
    }

    /// The declaration of a module.
    pub(super) fn module<'t>(&self, template: &'t Template, index: usize) -> Option<&'t ModuleDeclaration> {
        match self.modules.get(index)? {
            ModuleSlot::Module(position) => template.modules.get(*position),
            ModuleSlot::Deployment(slot) => self.slots.get(*slot)?.of(template)?.deployment.as_deref(),
        }
    }

    /// The slot nested in `parent` that is called `symbol`.
    pub(super) fn child(&self, template: &Template, parent: usize, symbol: &str) -> Option<usize> {
        self.slots.get(parent)?.children.iter().copied().find(|&child| {
            let declaration = self.slots.get(child).and_then(|slot| slot.of(template));
            declaration.and_then(|declaration| declaration.symbol.as_deref()) == Some(symbol)
        })
    }
}

fn table(fold: bool, names: impl Iterator<Item = Name>) -> Table<usize> {
    Table::new(fold, names.enumerate().map(|(index, name)| (name, index)))
}

/// All resource declarations, parents before their children, and all modules.
fn slots(template: &Template) -> (Vec<Slot>, Vec<ModuleSlot>) {
    let mut slots: Vec<Slot> = Vec::new();
    let mut modules: Vec<ModuleSlot> = (0..template.modules.len()).map(ModuleSlot::Module).collect();
    // A stack, so that children come right after their parent: (path, parent).
    let mut open: Vec<(Vec<usize>, Option<usize>)> =
        (0..template.resources.len()).rev().map(|index| (vec![index], None)).collect();
    while let Some((path, parent)) = open.pop() {
        let index = slots.len();
        slots.push(Slot {
            path: path.clone().into_boxed_slice(),
            parent,
            children: Vec::new(),
            deploys: None,
        });
        let Some(declaration) = slots[index].of(template) else { continue };
        if declaration.deployment.is_some() {
            slots[index].deploys = (!declaration.is_stack()).then_some(modules.len());
            modules.push(ModuleSlot::Deployment(index));
        }
        for child in (0..declaration.children.len()).rev() {
            let mut path = path.clone();
            path.push(child);
            open.push((path, Some(index)));
        }
        if let Some(parent) = parent {
            slots[parent].children.push(index);
        }
    }
    (slots, modules)
}
