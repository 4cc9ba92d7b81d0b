//! Module calls: which directory a call means, its instances, and what references to them are worth.

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use camino::Utf8Path;

use super::evaluation::Evaluation;
use super::instance::{Caller, Identity, ModuleInstance};
use super::module::{BodyView, Declaration, Module, is_local, literal_string};
use super::repetition::{Expansion, Instance, Shape, expand};
use crate::model::{AbsentModule, Call, LoopKey};
use crate::source::{Diagnostic, DiagnosticCode, Level, Span, normalize};
use crate::value::{Array, Collection, Member, Object, Reason, ReasonKind, Unknown, Value};

/// How deep modules may call modules.
const MAX_MODULE_DEPTH: usize = 32;

/// How many module instances a root may have.
const MAX_MODULE_INSTANCES: usize = 20_000;

/// What Terraform itself takes out of a module block.
const CALL_ARGUMENTS: [&str; 6] = ["source", "version", "providers", "count", "for_each", "depends_on"];

/// A module call with its instances.
pub(super) struct Called {
    /// The numbers of the instances, and which they are.
    pub(super) instances: Vec<(usize, Instance)>,
    shape: Shape,
    open: Option<Arc<Unknown>>,
    /// Why there are none: the module is not on disk.
    missing: Option<Reason>,
    whole: OnceCell<Value>,
}

/// A module's directory on disk.
struct Found {
    module: Arc<Module>,
    owned: bool,
}

impl Evaluation<'_> {
    /// The value of `module.name` or `module.name.output`, and how many of these names it takes; `None` if there is no such call.
    pub(super) fn call_of(
        &self,
        module: &ModuleInstance,
        name: &str,
        output: Option<&str>,
        span: Span,
    ) -> Option<(Value, usize)> {
        let index = module.module.calls.get_index_of(name)?;
        let what = || format!("{}module.{name}", module.prefix);
        let called = match self.deeper(|| self.called_at(module, index)) {
            Some(Some(called)) => called,
            Some(None) => return Some((self.cycle(&what(), span), 2)),
            None => return Some((self.too_deep(&what(), span), 2)),
        };
        if let Some(reason) = &called.missing {
            return Some((Value::unknown(reason.clone()), 2));
        }
        let single = match (called.shape, called.instances.as_slice()) {
            (Shape::Single, [(number, _)]) => self.instance(*number),
            _ => None,
        };
        match (single, output) {
            (Some(inner), Some(output)) => match self.output_of(&inner, output, span) {
                Some(value) => Some((value, 3)),
                None => {
                    let text = format!("module '{name}' has no output '{output}'");
                    let code = DiagnosticCode::Evaluation;
                    self.report(Diagnostic::new(Level::Error, code, text.clone(), span));
                    Some((Value::unknown(Reason::new(ReasonKind::Error, text)), 3))
                }
            },
            (Some(inner), None) => Some((Value::object(self.outputs_of(&inner, span)), 2)),
            (None, _) => Some((self.all_of(&called, span), 2)),
        }
    }

    /// All instances together.
    fn all_of(&self, called: &Called, span: Span) -> Value {
        if let Some(whole) = called.whole.get() {
            return whole.clone();
        }
        let values = called.instances.iter().filter(|(_, instance)| !instance.is_symbolic()).filter_map(
            |(number, instance)| {
                let inner = self.instance(*number)?;
                Some((instance.key(), Value::object(self.outputs_of(&inner, span))))
            },
        );
        let whole = if called.shape == Shape::Tuple {
            let items = values.map(|(_, value)| value.into()).collect();
            Value::array(Array { items, open: called.open.clone(), collection: Collection::Literal })
        } else {
            let mut object: Object = values
                .filter_map(|(key, value)| match key {
                    Some(LoopKey::Key(key)) => Some((Arc::clone(key), value)),
                    _ => None,
                })
                .collect();
            object.open.clone_from(&called.open);
            Value::object(object)
        };
        called.whole.get_or_init(|| whole).clone()
    }

    /// The instances of the call at an index of its module; `None` while they are being worked out.
    pub(super) fn called_at(&self, module: &ModuleInstance, index: usize) -> Option<Rc<Called>> {
        module.module_calls.get_or(index, || Rc::new(self.instantiate(module, index)))
    }

    fn instantiate(&self, module: &ModuleInstance, index: usize) -> Called {
        let Some((name, declaration)) = module.module.calls.get_index(index) else {
            return Called::missing(Reason::new(ReasonKind::Error, "no such module call"));
        };
        let view = module.module.body(declaration);
        let base = format!("{}module.{name}", module.prefix);
        let Expansion { instances, shape, open } = expand(&module.frame(self), &view, &base);
        let found = match self.find(module, name, declaration, &view) {
            Ok(found) => found,
            Err(reason) => return Called::missing(reason),
        };
        let mut called = Called { instances: Vec::new(), shape, open, missing: None, whole: OnceCell::new() };
        for instance in instances {
            if self.instance_count() >= MAX_MODULE_INSTANCES {
                let text = format!(
                    "a root has more than {MAX_MODULE_INSTANCES} module instances; the rest is left out"
                );
                let place = module.module.declaring(declaration).header;
                self.report(Diagnostic::new(Level::Warning, DiagnosticCode::Limit, text, place));
                break;
            }
            let identity = Identity {
                prefix: Arc::from(format!("{base}{}.", instance.suffix())),
                call_path: match module.call_path.as_str() {
                    "" => name.to_string(),
                    outer => format!("{outer}.{name}"),
                },
                caller: Some(Caller {
                    instance: module.number,
                    call: index,
                    repetition: instance.repetition.clone(),
                }),
                owned: found.owned,
                conditional: module.conditional || instance.conditional,
                depth: module.depth + 1,
                number: self.instance_count(),
            };
            let number = self.add(ModuleInstance::new(Arc::clone(&found.module), identity));
            called.instances.push((number, instance));
        }
        called
    }

    /// The module that a call means; the reason if it is not on disk, which is told once.
    fn find(
        &self,
        module: &ModuleInstance,
        name: &str,
        declaration: &Declaration,
        view: &BodyView<'_>,
    ) -> Result<Found, Reason> {
        let header = module.module.declaring(declaration).header;
        let Some((file, attribute)) = view.attribute("source") else {
            return Err(self.refuse(format!("module '{name}' has no source"), header));
        };
        let span = file.expressions[attribute.value].span;
        // OpenTofu takes variables in a source
        let evaluated = match literal_string(file, attribute.value) {
            Some(text) => Value::string(text),
            None => module.frame(self).evaluate(file, attribute.value),
        };
        let Some(source) = evaluated.as_str() else {
            return Err(self.unresolved(format!("the source of module '{name}' is not known"), span));
        };
        let call_path = if module.call_path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", module.call_path)
        };
        let (directory, owned) = if is_local(source) {
            (module.module.directory.join(source.replace('\\', "/")), module.owned)
        } else {
            match self.manifest.directory(&call_path) {
                Some(directory) => (directory.to_owned(), false),
                None => {
                    if let Some(index) = module.module.calls.get_index_of(name) {
                        self.absent.borrow_mut().push((module.number, index, Arc::from(source)));
                    }
                    let shown = without_password(source);
                    let text = format!("module '{name}' ({shown}) is not on disk: run `terraform init`");
                    return Err(self.unresolved(text, span));
                }
            }
        };
        let directory = normalize(&directory);
        if module.depth >= MAX_MODULE_DEPTH || self.is_within(module, &directory) {
            let text = format!(
                "module '{name}' calls itself, or modules call each other more than {MAX_MODULE_DEPTH} deep"
            );
            self.report(Diagnostic::new(Level::Error, DiagnosticCode::Limit, text.clone(), span));
            return Err(Reason::new(ReasonKind::Limit, text));
        }
        let found = if directory.is_dir() { Some(self.modules.load(&directory)) } else { None };
        match found.filter(|module| !module.is_empty()) {
            Some(module) => Ok(Found { module, owned }),
            None => {
                let text = format!("module '{name}': there is no Terraform configuration in '{directory}'");
                Err(self.unresolved(text, span))
            }
        }
    }

    /// Whether a directory is that of the module or of one that (indirectly) calls it.
    fn is_within(&self, module: &ModuleInstance, directory: &Utf8Path) -> bool {
        if normalize(&module.module.directory) == directory {
            return true;
        }
        let mut caller = module.caller.as_ref().map(|caller| caller.instance);
        while let Some(outer) = caller.and_then(|number| self.instance(number)) {
            if normalize(&outer.module.directory) == directory {
                return true;
            }
            caller = outer.caller.as_ref().map(|caller| caller.instance);
        }
        false
    }

    fn unresolved(&self, text: String, span: Span) -> Reason {
        self.unresolved.borrow_mut().insert(span);
        let message = format!("{text}; its resources are not checked, and its outputs are unknown");
        self.report(Diagnostic::new(Level::Note, DiagnosticCode::ModuleUnresolved, message, span));
        Reason::new(ReasonKind::Module, text)
    }

    fn refuse(&self, text: String, span: Span) -> Reason {
        self.report(Diagnostic::new(Level::Error, DiagnosticCode::Evaluation, text.clone(), span));
        Reason::new(ReasonKind::Error, text)
    }

    /// The calls whose modules are not on disk, with what they give them. Those with an index or a key of their own (`each.value`)
    /// are one each.
    pub(super) fn absent_modules(&self) -> Vec<AbsentModule> {
        let absent = self.absent.borrow().clone();
        let module = |(number, index, source): (usize, usize, Arc<str>)| {
            let outer = self.instance(number)?;
            let (_, declaration) = outer.module.calls.get_index(index)?;
            let view = outer.module.body(declaration);
            let mut arguments = Object::new();
            for (file, attribute) in &view.attributes {
                if CALL_ARGUMENTS.contains(&&*attribute.name) {
                    continue;
                }
                let value = outer.frame(self).evaluate(file, attribute.value);
                arguments.insert(
                    Arc::clone(&attribute.name),
                    Member { site: Some(attribute.span), key_span: Some(attribute.name_span), value },
                );
            }
            let header = outer.module.declaring(declaration).header;
            Some(AbsentModule { source, header, arguments: Value::object(arguments) })
        };
        absent.into_iter().filter_map(module).collect()
    }

    /// The call that made a module instance, for the model. Worked out when all is listed: it holds the arguments' values.
    pub(super) fn call_for_model(&self, inner: &ModuleInstance) -> Option<Call> {
        let caller = inner.caller.as_ref()?;
        let outer = self.instance(caller.instance)?;
        let (name, declaration) = outer.module.calls.get_index(caller.call)?;
        let block = outer.module.declaring(declaration);
        let view = outer.module.body(declaration);
        let mut arguments = Object::new();
        for (_, attribute) in &view.attributes {
            if CALL_ARGUMENTS.contains(&&*attribute.name) {
                continue;
            }
            match self.variable_of(inner, &attribute.name, attribute.span) {
                Some(value) => arguments.insert(
                    Arc::clone(&attribute.name),
                    Member { site: Some(attribute.span), key_span: Some(attribute.name_span), value },
                ),
                None => {
                    let text = format!("module '{name}' has no variable '{}'", attribute.name);
                    self.refuse(text, attribute.name_span);
                }
            }
        }
        let suffix = inner.prefix.strip_prefix(&*outer.prefix).unwrap_or(&inner.prefix);
        Some(Call {
            name: Arc::from(suffix.strip_suffix('.').unwrap_or(suffix)),
            span: block.span,
            header: block.header,
            arguments: Value::object(arguments).at(block.span),
            owned: inner.owned,
            outer: false,
            debug: None,
            target: None,
            scope: None,
        })
    }
}

impl Called {
    fn missing(reason: Reason) -> Self {
        Called {
            instances: Vec::new(),
            shape: Shape::Single,
            open: None,
            missing: Some(reason),
            whole: OnceCell::new(),
        }
    }
}

/// A module's source without the user and password that its URL may have.
fn without_password(source: &str) -> String {
    let Some((scheme, rest)) = source.split_once("://") else { return source.to_owned() };
    let host = rest.split('/').next().unwrap_or_default();
    match host.rsplit_once('@') {
        Some((user, _)) if user.contains(':') => {
            format!("{scheme}://***{}", rest.get(user.len()..).unwrap_or_default())
        }
        _ => source.to_owned(),
    }
}
