//! Finds where the resources of a plan are written, in the configuration that lies beside the plan file.

use std::sync::Arc;

use camino::Utf8Path;
use rustc_hash::FxHashMap;

use super::manifest::Manifest;
use super::module::{BodyView, Module, ResourceKind, is_local, kind_of};
use super::store::Modules;
use crate::source::{FileId, Span, normalize};
use crate::terraform::ast::{Block, File};
use crate::terraform::resource::TerraformResource;
use crate::value::{Array, Item, Kind, Member, Object, Value};

/// The configuration in a directory, by address.
pub(crate) struct Locator<'m> {
    modules: &'m Modules<'m>,
    manifest: Manifest,
    /// Modules by the dotted names of their calls, and whether they belong to the user; `None` for what is not on disk.
    found: FxHashMap<String, Option<(Arc<Module>, bool)>>,
    files: Vec<FileId>,
}

impl<'m> Locator<'m> {
    /// The configuration in a directory; `None` if there is none.
    pub(crate) fn open(directory: &Utf8Path, modules: &'m Modules<'m>) -> Option<Self> {
        let directory = if directory.as_str().is_empty() { Utf8Path::new(".") } else { directory };
        if !directory.is_dir() {
            return None;
        }
        let root = modules.load(directory);
        if root.is_empty() {
            return None;
        }
        // what is wrong with the configuration is not the plan's: nothing is lost without it but places
        let manifest = Manifest::load(directory, modules.sources(), &mut Vec::new());
        let files = root.files().collect();
        let found = FxHashMap::from_iter([(String::new(), Some((root, true)))]);
        Some(Locator { modules, manifest, found, files })
    }

    /// The files that were looked into.
    pub(crate) fn files(&self) -> &[FileId] {
        &self.files
    }

    /// Whole and header of the module call that the names lead to, the called one last, and whether its module belongs to the user.
    pub(crate) fn call(&mut self, names: &[&str]) -> Option<(Span, Span, bool)> {
        let (name, outer) = names.split_last()?;
        let (_, owned) = self.module(names)?;
        let (module, _) = self.module(outer)?;
        let block = module.declaring(module.calls.get(*name)?);
        Some((block.span, block.header, owned))
    }

    /// Points a planned resource at the block that declares it, and its attributes at theirs. What is not in the block (the
    /// provider's defaults) keeps its place in the plan.
    pub(crate) fn point(&mut self, resource: &mut TerraformResource, calls: &[&str]) {
        let Some((module, owned)) = self.module(calls) else { return };
        let index = module.resource_index(ResourceKind::Managed, &resource.resource_type, &resource.label);
        let Some((_, declaration)) = index.and_then(|index| module.resources.get_index(index)) else {
            return;
        };
        let block = module.declaring(declaration);
        (resource.span, resource.header, resource.owned) = (block.span, block.header, owned);
        if let Kind::Object(attributes) = &resource.attributes.kind {
            let pointed = pointed(attributes, &module.body(declaration));
            resource.attributes.kind = Kind::Object(Arc::new(pointed));
        }
    }

    fn module(&mut self, calls: &[&str]) -> Option<(Arc<Module>, bool)> {
        let path = calls.join(".");
        if let Some(found) = self.found.get(&path) {
            return found.clone();
        }
        let found = self.find(calls, &path);
        if let Some((module, _)) = &found {
            self.files.extend(module.files());
        }
        self.found.insert(path, found.clone());
        found
    }

    fn find(&mut self, calls: &[&str], path: &str) -> Option<(Arc<Module>, bool)> {
        let (name, outer) = calls.split_last()?;
        let (calling, owned) = self.module(outer)?;
        let view = calling.body(calling.calls.get(*name)?);
        let source = view.literal("source")?;
        let (directory, owned) = if is_local(source) {
            (normalize(&calling.directory.join(source)), owned)
        } else {
            (self.manifest.directory(path)?.to_owned(), false)
        };
        let module = directory.is_dir().then(|| self.modules.load(&directory))?;
        (!module.is_empty()).then_some((module, owned))
    }
}

/// The attributes with the places of the arguments and blocks of a body.
fn pointed(attributes: &Object, view: &BodyView<'_>) -> Object {
    let mut object = attributes.clone();
    for (key, member) in object.members_mut() {
        if let Some((file, attribute)) = view.attribute(key.as_str()) {
            let written = file.expressions[attribute.value].span;
            *member = Member {
                site: Some(attribute.span),
                key_span: Some(attribute.name_span),
                value: member.value.clone().at(written),
            };
            continue;
        }
        let blocks: Vec<(&File, &Block)> =
            view.blocks.iter().copied().filter(|(_, block)| kind_of(block) == key.as_str()).collect();
        if let (Some((_, first)), Kind::Array(array)) = (blocks.first(), &member.value.kind) {
            let array = Kind::Array(Arc::new(pointed_blocks(array, &blocks)));
            let value = Value { kind: array, ..member.value.clone() }.at(first.span);
            *member = Member { site: Some(first.span), key_span: Some(first.header), value };
        }
    }
    object
}

/// Planned blocks with the places of the blocks as written: one by one, or all at the one `dynamic` block that makes them.
fn pointed_blocks(planned: &Array, written: &[(&File, &Block)]) -> Array {
    let is_dynamic = |block: &Block| &*block.block_type == "dynamic";
    let place = |index: usize| match written {
        [only] if is_dynamic(only.1) => Some(*only),
        all if all.len() == planned.items.len() && !all.iter().any(|(_, block)| is_dynamic(block)) => {
            all.get(index).copied()
        }
        _ => None,
    };
    let items = planned.items.iter().enumerate().map(|(index, item)| {
        let Some((file, block)) = place(index) else { return item.clone() };
        let body = if is_dynamic(block) {
            let content = block.body.blocks.iter().find(|inner| &*inner.block_type == "content");
            content.map_or(&block.body, |content| &content.body)
        } else {
            &block.body
        };
        let value = match &item.value.kind {
            Kind::Object(object) => {
                let object = pointed(object, &BodyView::of(file, body));
                Value { kind: Kind::Object(Arc::new(object)), ..item.value.clone() }
            }
            _ => item.value.clone(),
        };
        Item { site: Some(block.span), value: value.at(block.span) }
    });
    Array { items: items.collect(), open: planned.open.clone(), collection: planned.collection }
}
