//! Calls: of the function library, of user-defined functions, and of what needs the template itself.

use std::rc::Rc;
use std::sync::Arc;

use crate::arm::functions;
use crate::arm::template::{AccessKey, ExprId, ExprKind};
use crate::source::Span;
use crate::value::{Kind, Piece, ReasonKind, Reference, Target, Unknown, Value, ValueType};

use super::access::Key;
use super::chain::Subject;
use super::frame::{Env, Frame, LocalKey, bind};
use super::session::{Session, unknown};
use super::symbols::Symbol;

impl Session<'_> {
    /// The value of a call.
    pub(super) fn call(
        &self,
        env: &Env,
        namespace: Option<&str>,
        function: &str,
        arguments: &[ExprId],
        span: Span,
    ) -> Value {
        let library = match namespace {
            None => true,
            Some(namespace) => namespace.eq_ignore_ascii_case("sys") || namespace.eq_ignore_ascii_case("az"),
        };
        let user_namespace = namespace.filter(|_| !library);
        if let Some((home, index)) = self.user_function(&env.frame, user_namespace, function) {
            return self.call_user(env, &home, index, arguments, span);
        }
        if !library {
            let missing = match env.frame.symbols.names.get(user_namespace.unwrap_or_default()) {
                Some(Symbol::Namespace(import)) => self.import_missing(&env.frame, import),
                Some(Symbol::Extension) => {
                    unknown(ReasonKind::Unsupported, "functions of extensions are not evaluated")
                }
                _ => {
                    let name = user_namespace.unwrap_or_default();
                    return self.mistake(format!("there is no function '{name}.{function}'"), span);
                }
            };
            return missing.at(span);
        }
        if let Some(Symbol::Imported(import, _)) = env.frame.symbols.names.get(function)
            && self.imported(&env.frame, import).is_none()
        {
            return self.import_missing(&env.frame, import).at(span);
        }
        if let Some(subject) = self.call_subject(env, namespace, function, arguments, span) {
            return self.subject_value(subject, span);
        }
        if let Some(value) = self.call_special(env, function, arguments, span) {
            return value;
        }
        if let Some(value) = self.load_content(env, function, arguments, span) {
            return value;
        }
        self.call_library(env, function, arguments, span)
    }

    fn call_user(
        &self,
        env: &Env,
        home: &Rc<Frame>,
        index: usize,
        arguments: &[ExprId],
        span: Span,
    ) -> Value {
        let Some(function) = home.template().functions.get(index) else { return Value::null() };
        if arguments.len() != function.parameters.len() {
            let (want, got) = (function.parameters.len(), arguments.len());
            return self.mistake(format!("'{}' takes {want} arguments, not {got}", function.name), span);
        }
        let mut locals = None;
        for (name, argument) in function.parameters.iter().zip(arguments) {
            locals = bind(&locals, LocalKey::Argument(Arc::clone(name)), self.eval(env, *argument));
        }
        // A function of ARM reads its own parameters as `parameters('x')`.
        self.eval(&Env { frame: Rc::clone(home), locals, slot: None }, function.body)
    }

    /// Calls that stand for a thing of the template rather than for a value.
    pub(super) fn call_subject(
        &self,
        env: &Env,
        namespace: Option<&str>,
        function: &str,
        arguments: &[ExprId],
        span: Span,
    ) -> Option<Subject> {
        if namespace.is_some_and(|namespace| namespace != "sys" && namespace != "az") {
            return None;
        }
        match (&*function.to_ascii_lowercase(), arguments) {
            ("any", [inner]) => Some(self.subject(env, *inner)),
            ("reference", [target, rest @ ..]) => {
                let full = rest.get(1).is_some_and(|full| {
                    self.eval(env, *full).as_str().is_some_and(|full| full.eq_ignore_ascii_case("full"))
                });
                Some(self.runtime_state(env, *target, full, span))
            }
            ("resourceinfo", [target]) => match self.referred(env, *target) {
                Ok(subject) => Some(subject),
                Err(value) => Some(Subject::Value(super::chain::because(&value))),
            },
            ("references", [target, rest @ ..]) => {
                let full = !rest.is_empty();
                let items = match self.referred(env, *target) {
                    Ok(Subject::Resources { frame, slot }) => {
                        let count =
                            self.resource_instances(&frame, slot).map_or(0, |all| all.instances.len());
                        (0..count)
                            .map(|instance| Subject::Resource { frame: Rc::clone(&frame), slot, instance })
                            .collect::<Vec<_>>()
                    }
                    Ok(Subject::Modules { frame, module }) => {
                        let count =
                            self.module_instances(&frame, module).map_or(0, |all| all.instances.len());
                        (0..count)
                            .map(|instance| Subject::Module { frame: Rc::clone(&frame), module, instance })
                            .collect()
                    }
                    Ok(_) => return None,
                    Err(value) => return Some(Subject::Value(super::chain::because(&value))),
                };
                let values = items.into_iter().map(|item| {
                    let item = self.state_of(item, full, span);
                    self.subject_value(item, span)
                });
                Some(Subject::Value(Value::array(values.collect()).at(span)))
            }
            _ => None,
        }
    }

    /// `reference(…)`: the properties of a resource or the outputs of a deployment, as far as this template declares them.
    fn runtime_state(&self, env: &Env, target: ExprId, full: bool, span: Span) -> Subject {
        match self.referred(env, target) {
            Ok(subject) => self.state_of(subject, full, span),
            Err(value) => match &value.kind {
                Kind::Reference(reference) if reference.property.is_none() => Subject::Runtime {
                    reference: reference.with_property(if full { "" } else { "properties" }),
                    declared: None,
                },
                Kind::Unknown(_) | Kind::OneOf(_) => {
                    let mut cause = super::chain::because(&value);
                    if let Kind::Unknown(unknown) = &mut cause.kind {
                        Arc::make_mut(unknown).value_type = ValueType::Any;
                    }
                    Subject::Value(cause.at(span))
                }
                Kind::String(name) => {
                    let text = format!("the state of '{name}' is known only after deployment");
                    Subject::Value(unknown(ReasonKind::Runtime, text).at(span))
                }
                _ => Subject::Value(self.mistake("reference() takes a name or an id", span)),
            },
        }
    }

    fn state_of(&self, subject: Subject, full: bool, span: Span) -> Subject {
        match subject {
            module @ (Subject::Module { .. } | Subject::Modules { .. }) => module,
            Subject::Resource { frame, slot, instance }
                if frame.declaration(slot).is_some_and(super::resources::is_extension_type) =>
            {
                Subject::Resource { frame, slot, instance }
            }
            Subject::Choice(choices) => {
                Subject::Choice(choices.into_iter().map(|choice| self.state_of(choice, full, span)).collect())
            }
            resource if full => resource,
            resource => self.step(resource, &Key::Name(Arc::from("properties")), false, span),
        }
    }

    /// The resource or module that the argument of `reference()` names; `Err` with its value if this template has none.
    fn referred(&self, env: &Env, target: ExprId) -> Result<Subject, Value> {
        let value = self.eval(env, target);
        match &value.kind {
            Kind::String(name) => self
                .by_symbol(&env.frame, name)
                .or_else(|| self.module_by_name(&env.frame, &value))
                .ok_or(value),
            Kind::Reference(reference) if reference.property.is_none() => {
                self.by_reference(&env.frame, reference).ok_or(value)
            }
            Kind::Unknown(unknown) => {
                let looped =
                    unknown.facts.pieces.as_deref().and_then(|pieces| self.by_index(&env.frame, pieces));
                looped.or_else(|| self.module_by_name(&env.frame, &value)).ok_or(value)
            }
            _ => Err(value),
        }
    }

    /// `'symbol'` or `'symbol[3]'`.
    fn by_symbol(&self, frame: &Rc<Frame>, name: &str) -> Option<Subject> {
        let (base, index) = match name.strip_suffix(']').and_then(|name| name.rsplit_once('[')) {
            Some((base, index)) => (base, index.parse::<i64>().ok()),
            None => (name, None),
        };
        let subject = match frame.symbols.names.get(base)? {
            Symbol::Resource(slot) => self.resource_subject(frame, slot),
            Symbol::Module(module) => self.module_subject(frame, module),
            _ => return None,
        };
        let span = frame.template().span;
        Some(match index {
            Some(index) => self.step(subject, &Key::Index(index), false, span),
            None => subject,
        })
    }

    /// `'symbol[…]'` with an index that is not known.
    fn by_index(&self, frame: &Rc<Frame>, pieces: &[Piece]) -> Option<Subject> {
        let [Piece::Text(start), Piece::Hole(index), Piece::Text(end)] = pieces else { return None };
        let symbol = start.strip_suffix('[').filter(|_| **end == *"]")?;
        let subject = self.by_symbol(frame, symbol)?;
        Some(self.step(subject, &Key::Unknown(index.clone()), false, frame.template().span))
    }

    /// The deployment of this name.
    fn module_by_name(&self, frame: &Rc<Frame>, name: &Value) -> Option<Subject> {
        for module in 0..frame.symbols.modules.len() {
            let Some(expansion) = self.module_instances(frame, module) else { continue };
            for (index, instance) in expansion.instances.iter().enumerate() {
                if self.module_name(frame, module, instance).equals(name, true) == Some(true) {
                    return Some(Subject::Module { frame: Rc::clone(frame), module, instance: index });
                }
            }
        }
        None
    }

    fn by_reference(&self, frame: &Rc<Frame>, reference: &Reference) -> Option<Subject> {
        match &reference.target {
            Target::Declared { address, .. } => {
                self.resource_where(frame, |slot, instance| self.address(frame, slot, instance) == *address)
            }
            Target::Id { resource_type, names, .. } => {
                if resource_type.eq_ignore_ascii_case("Microsoft.Resources/deployments") {
                    return self.module_by_name(frame, names.last()?);
                }
                let wanted = joined(names);
                self.resource_where(frame, |slot, instance| {
                    self.type_of(frame, slot, instance).0.eq_ignore_ascii_case(resource_type)
                        && self.full_name(frame, slot, instance).equals(&wanted, true) == Some(true)
                })
            }
            Target::Scope { .. } => None,
        }
    }

    fn resource_where(
        &self,
        frame: &Rc<Frame>,
        matches: impl Fn(usize, &super::instances::Instance) -> bool,
    ) -> Option<Subject> {
        for (slot, entry) in frame.symbols.slots.iter().enumerate() {
            if entry.deploys.is_some() {
                continue;
            }
            let Some(expansion) = self.resource_instances(frame, slot) else { continue };
            if let Some(instance) = expansion.instances.iter().position(|instance| matches(slot, instance)) {
                return Some(Subject::Resource { frame: Rc::clone(frame), slot, instance });
            }
        }
        None
    }

    /// Functions that need the template, the loop or the expression of their argument.
    fn call_special(&self, env: &Env, function: &str, arguments: &[ExprId], span: Span) -> Option<Value> {
        let value = match (&*function.to_ascii_lowercase(), arguments) {
            (kind @ ("parameters" | "variables"), [name]) => {
                let name = self.eval(env, *name);
                match name.as_str() {
                    Some(name) if kind == "parameters" => self.parameter_here(env, name, span),
                    Some(name) => self.variable_named(&env.frame, name, span),
                    None => super::chain::because(&name),
                }
            }
            ("lambdavariables", [name]) => {
                let name = self.eval(env, *name);
                name.as_str()
                    .and_then(|name| env.local(name))
                    .unwrap_or_else(|| self.mistake("there is no such lambda variable", span))
            }
            ("copyindex", [] | [_] | [_, _]) => self.copy_index(env, arguments, span),
            ("nameof", [target]) => match self.last_name(env, *target) {
                Some(name) => Value::string(name).at(span),
                None => self.mistake("nameof takes a name", span),
            },
            ("shallowmerge", [list]) => match &env.frame.template().expressions[*list].kind {
                ExprKind::Array(items) if items.iter().all(|item| !item.spread) => {
                    self.shallow_merge(env, items).at(span)
                }
                _ => return None,
            },
            ("flatten", [list]) => match &env.frame.template().expressions[*list].kind {
                ExprKind::Array(items) if items.iter().all(|item| !item.spread) => {
                    self.flatten(env, items).at(span)
                }
                _ => return None,
            },
            _ => return None,
        };
        Some(value)
    }

    fn copy_index(&self, env: &Env, arguments: &[ExprId], span: Span) -> Value {
        let values: Vec<Value> = arguments.iter().map(|argument| self.eval(env, *argument)).collect();
        let (name, offset) = match &values[..] {
            [first, rest @ ..] if first.as_str().is_some() => (first.as_str(), rest.first()),
            [first, ..] => (None, Some(first)),
            [] => (None, None),
        };
        let Some(index) = env.copy_index(name) else {
            let which = name.map_or_else(String::new, |name| format!(" '{name}'"));
            return self.mistake(format!("copyIndex is used outside of a copy{which}"), span);
        };
        match (index.as_int(), offset.map(Value::as_int)) {
            (_, None) => index.at(span),
            (Some(index), Some(Some(offset))) => Value::int(index.saturating_add(offset)).at(span),
            _ => {
                let unknown = Unknown::because_of(values.iter().chain([&index]));
                unknown.map_or(index, |unknown| {
                    Value::new(Kind::Unknown(Arc::new(unknown.with_type(ValueType::Number))))
                })
            }
        }
    }

    fn last_name(&self, env: &Env, id: ExprId) -> Option<Arc<str>> {
        match &env.frame.template().expressions[id].kind {
            ExprKind::Symbol(name) | ExprKind::Parameter(name) | ExprKind::Variable(name) => {
                Some(Arc::clone(name))
            }
            ExprKind::Access { key: AccessKey::Name(name, _), .. } => Some(Arc::clone(name)),
            ExprKind::Access { key: AccessKey::Index(index), .. } => {
                self.eval(env, *index).as_str().map(Arc::from)
            }
            ExprKind::Nested { symbol, .. } => Some(Arc::clone(symbol)),
            ExprKind::NonNull(inner) | ExprKind::Parentheses(inner) => self.last_name(env, *inner),
            _ => None,
        }
    }

    /// `kv.getSecret('x')`, `st.listKeys()`, `ns.function()`.
    pub(super) fn method(
        &self,
        env: &Env,
        subject: Subject,
        method: &str,
        arguments: &[ExprId],
        span: Span,
    ) -> Value {
        if let Subject::Namespace(library) = &subject {
            return match self.user_function(library, None, method) {
                Some((home, index)) => self.call_user(env, &home, index, arguments, span),
                None => self.mistake(format!("the imported file exports no function '{method}'"), span),
            };
        }
        let lower = method.to_ascii_lowercase();
        let (kind, secret) = if lower == "getsecret" {
            (ReasonKind::External, true)
        } else {
            (ReasonKind::Runtime, lower.starts_with("list"))
        };
        let what = match &subject {
            Subject::Resource { frame, slot, instance } => {
                let expansion = self.resource_instances(frame, *slot);
                let address = expansion
                    .as_ref()
                    .and_then(|all| all.instances.get(*instance))
                    .map(|instance| self.address(frame, *slot, instance));
                address.map_or_else(String::new, |address| format!(" of '{address}'"))
            }
            _ => String::new(),
        };
        let text = match kind {
            ReasonKind::External => format!("a secret{what} is read when it is deployed"),
            _ => format!("{method}(){what} is known only after deployment"),
        };
        unknown(kind, text).at(span).tainted(secret)
    }

    fn call_library(&self, env: &Env, function: &str, arguments: &[ExprId], span: Span) -> Value {
        let expressions = &env.frame.template().expressions;
        let lambda = |id: &ExprId| match &expressions[*id].kind {
            ExprKind::Lambda { parameters, body } => Some((parameters, *body)),
            _ => None,
        };
        let answer = if functions::is_lambda_function(function) {
            let values: Vec<Option<Value>> = arguments
                .iter()
                .map(|id| lambda(id).is_none().then(|| self.spelt_out(&env.frame, self.eval(env, *id))))
                .collect();
            functions::call_lambda(function, &values, &mut |position, given| match arguments
                .get(position)
                .and_then(lambda)
            {
                Some((parameters, body)) => {
                    let names = parameters.iter().map(|name| LocalKey::Name(Arc::clone(name)));
                    self.turn();
                    let value = self.eval(&env.turn(names.zip(given.iter().cloned())), body);
                    // What a reduction gathers grows from turn to turn.
                    self.kept(value, span)
                }
                None => Value::null(),
            })
        } else {
            let values: Vec<Value> =
                arguments.iter().map(|id| self.spelt_out(&env.frame, self.eval(env, *id))).collect();
            self.spend_on(values.iter());
            let answer = functions::call(function, &values, self.context(&env.frame));
            answer.map(|value| value.computed_from(&values))
        };
        match answer {
            Ok(value) if value.origin.span.is_none() => value.at(span),
            Ok(value) => value,
            Err(failure) => self.mistake(failure.to_string(), span),
        }
    }
}

fn joined(names: &[Value]) -> Value {
    let mut pieces = Vec::with_capacity(names.len() * 2);
    for (index, name) in names.iter().enumerate() {
        if index > 0 {
            pieces.push(Piece::Text(Arc::from("/")));
        }
        pieces.push(Piece::Hole(name.clone()));
    }
    crate::arm::functions::text::join(pieces)
}
