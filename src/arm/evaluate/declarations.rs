//! Parameters, variables and outputs: worked out when they are first asked for.

use std::rc::Rc;
use std::sync::Arc;

use crate::arm::template::{AssignedValue, Name, Parameter};
use crate::source::Span;
use crate::value::{Kind, ReasonKind, StepKind, Unknown, Value};

use super::frame::{Arguments, Code, Env, Frame};
use super::session::{Session, unknown};

/// What a parameter was given.
enum Given {
    Nothing,
    Value(Value),
}

impl Session<'_> {
    /// `parameters('name')`: of the user-defined function around, else of the template.
    pub(super) fn parameter_here(&self, env: &Env, name: &str, span: Span) -> Value {
        if let Some(argument) = env.argument(name) {
            return argument;
        }
        let frame = self.scope_of(&env.frame);
        match frame.symbols.parameters.get(name) {
            Some(index) => self.parameter(&frame, index),
            None => self.mistake(format!("there is no parameter '{name}'"), span),
        }
    }

    /// `variables('name')`. In JSON that Bicep wrote, an imported variable has a name with its namespace: `ns.name`.
    pub(super) fn variable_named(&self, frame: &Rc<Frame>, name: &str, span: Span) -> Value {
        let frame = self.scope_of(frame);
        match frame.symbols.variables.get(name) {
            Some(index) => self.variable(&frame, index),
            None => self.mistake(format!("there is no variable '{name}'"), span),
        }
    }

    /// The frame whose parameters and variables are in reach: for a deployment in its parent's scope that is the parent.
    fn scope_of(&self, frame: &Rc<Frame>) -> Rc<Frame> {
        let mut scope = Rc::clone(frame);
        while let Some(outer) = scope.outer.as_ref().and_then(|(outer, _)| outer.upgrade()) {
            scope = outer;
        }
        scope
    }

    pub(super) fn variable(&self, frame: &Rc<Frame>, index: usize) -> Value {
        let (Some(variable), Some(memo)) =
            (frame.template().variables.get(index), frame.variables.get(index))
        else {
            return Value::null();
        };
        let value = memo.get(|| {
            let value = self.deeper(variable.span, || self.eval(&Env::of(frame), variable.value));
            let value = self.kept(value, variable.span);
            value.via(StepKind::Variable, Arc::clone(&variable.name), variable.span)
        });
        value.unwrap_or_else(|| self.cycle(&format!("variable '{}'", variable.name), variable.span))
    }

    pub(super) fn output(&self, frame: &Rc<Frame>, index: usize) -> Value {
        let (Some(output), Some(memo)) = (frame.template().outputs.get(index), frame.outputs.get(index))
        else {
            return Value::null();
        };
        let value = memo.get(|| {
            let value = self.deeper(output.span, || self.eval(&Env::of(frame), output.value));
            let value = self.kept(value, output.span);
            value.via(StepKind::Output, Arc::clone(&output.name), output.span).tainted(output.secure)
        });
        value.unwrap_or_else(|| self.cycle(&format!("output '{}'", output.name), output.span))
    }

    /// The value of a parameter: what was given, else its default, else null if that is allowed, else not known.
    pub(super) fn parameter(&self, frame: &Rc<Frame>, index: usize) -> Value {
        let (Some(parameter), Some(memo)) =
            (frame.template().parameters.get(index), frame.parameters.get(index))
        else {
            return Value::null();
        };
        let value = memo.get(|| {
            let value = match self.given(frame, parameter) {
                Given::Value(value) => {
                    self.check_given(frame, parameter, &value);
                    self.with_default(frame, parameter, value)
                }
                Given::Nothing => self.ungiven(frame, parameter),
            };
            self.kept(self.tainted_by_type(frame, parameter, value), parameter.span)
        });
        value.unwrap_or_else(|| self.cycle(&format!("parameter '{}'", parameter.name), parameter.span))
    }

    fn given(&self, frame: &Rc<Frame>, parameter: &Parameter) -> Given {
        match &frame.arguments {
            Arguments::None => Given::Nothing,
            Arguments::File(file) => match self.assigned(file, &parameter.name) {
                Some(value) => Given::Value(value),
                None => Given::Nothing,
            },
            Arguments::Call(arguments) => match &arguments.kind {
                Kind::Object(object) => match (object.value(&parameter.name), &object.open) {
                    (Some(value), _) => Given::Value(value.clone()),
                    (None, Some(open)) => {
                        let value = Value::new(Kind::Unknown(Arc::clone(open)));
                        Given::Value(value.tainted(arguments.secret))
                    }
                    (None, None) => Given::Nothing,
                },
                Kind::Null => Given::Nothing,
                _ => match Unknown::because_of([arguments]) {
                    Some(unknown) => Given::Value(Value::new(Kind::Unknown(Arc::new(unknown)))),
                    None => Given::Nothing,
                },
            },
        }
    }

    /// A given null means the default; one of several alternatives may be that null.
    fn with_default(&self, frame: &Rc<Frame>, parameter: &Parameter, value: Value) -> Value {
        let nullish = value.alternatives().iter().any(Value::is_null);
        if !nullish || parameter.default.is_none() {
            return value;
        }
        let secret = value.secret;
        let given = value.alternatives().iter().filter(|given| !given.is_null()).cloned();
        let all: Vec<Value> = given.chain([self.ungiven(frame, parameter)]).collect();
        Value::one_of(all).unwrap_or_else(Value::null).tainted(secret)
    }

    fn ungiven(&self, frame: &Rc<Frame>, parameter: &Parameter) -> Value {
        match parameter.default {
            Some(default) => {
                let value = self.deeper(parameter.span, || self.eval(&Env::of(frame), default));
                value.via(StepKind::Default, Arc::clone(&parameter.name), parameter.span)
            }
            None if self.is_nullable(frame, parameter) => Value::null().at(parameter.span).via(
                StepKind::Default,
                Arc::clone(&parameter.name),
                parameter.span,
            ),
            None => self.unknown_parameter(frame, parameter),
        }
    }

    /// The default of a parameter, for reports on the declaration itself.
    pub(super) fn default_of(&self, frame: &Rc<Frame>, parameter: &Parameter) -> Option<Value> {
        let default = parameter.default?;
        let secure = parameter.secure;
        Some(self.perhaps(|| self.eval(&Env::of(frame), default)).tainted(secure))
    }

    /// A value that a parameter file assigns, by index.
    pub(super) fn assignment(&self, frame: &Rc<Frame>, index: usize) -> Value {
        let Code::Parameters(file) = &frame.code else { return Value::null() };
        let (Some(assignment), Some(memo)) = (file.assignments.get(index), frame.assignments.get(index))
        else {
            return Value::null();
        };
        let name = || Arc::clone(&assignment.name);
        let value = memo.get(|| match &assignment.value {
            AssignedValue::Expression(id) => {
                self.eval(&Env::of(frame), *id).via(StepKind::ParameterFile, name(), assignment.span)
            }
            AssignedValue::KeyVaultSecret => {
                let text = format!("parameter '{}' is a Key Vault secret", assignment.name);
                unknown(ReasonKind::External, text)
                    .at(assignment.span)
                    .via(StepKind::ParameterFile, name(), assignment.span)
                    .tainted(true)
            }
        });
        value.unwrap_or_else(|| self.cycle(&format!("parameter '{}'", assignment.name), assignment.span))
    }

    /// The value that a parameter file, or one that it extends, assigns to a parameter.
    pub(super) fn assigned(&self, frame: &Rc<Frame>, name: &Name) -> Option<Value> {
        let Code::Parameters(file) = &frame.code else { return None };
        let same = |own: &Name| own == name || (file.template.ignores_case && own.eq_ignore_ascii_case(name));
        match file.assignments.iter().position(|assignment| same(&assignment.name)) {
            Some(index) => Some(self.assignment(frame, index)),
            None => self.base_of(frame).and_then(|base| self.assigned(&base, name)),
        }
    }

    /// The file that a parameter file extends.
    pub(super) fn base_of(&self, frame: &Rc<Frame>) -> Option<Rc<Frame>> {
        let base = frame.base.get_or_init(|| {
            let Code::Parameters(file) = &frame.code else { return None };
            let path = file.extends.as_ref()?;
            match self.loader.parameters(file.file, path) {
                Ok(base) if frame.depth < super::session::MAX_MODULE_DEPTH => {
                    let mut base = self.frame(Code::Parameters(base));
                    base.depth = frame.depth + 1;
                    Some(Rc::new(base))
                }
                Ok(_) => {
                    self.limit("parameter files extend each other too often", file.template.span);
                    None
                }
                Err(unresolved) => {
                    self.file_missing(unresolved.reason, file.template.span);
                    None
                }
            }
        });
        base.clone()
    }
}
