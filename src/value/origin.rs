use std::sync::Arc;

use crate::source::Span;

/// Where a value was written, and the way from there to where it is used.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The expression that the value was written as. `None` for what nobody wrote (a provider's default).
    pub span: Option<Span>,
    /// The last step of the way here; each step holds the one before.
    pub via: Option<Arc<Step>>,
}

/// One step on a value's way: through a parameter, a variable, a module's argument.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it passed through.
    pub kind: StepKind,
    /// That thing's name.
    pub name: Arc<str>,
    /// Where that is written: the declaration, the parameter file's entry, the module call's argument.
    pub span: Span,
    /// The step before.
    pub before: Option<Arc<Step>>,
}

/// What a value passed through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// A parameter's (Terraform: variable's) default.
    Default,
    /// An entry of a parameter file or of a `.tfvars` file.
    ParameterFile,
    /// A `TF_VAR_` variable of the environment.
    Environment,
    /// A Bicep or ARM variable, or a Terraform local.
    Variable,
    /// An argument of a module call or nested deployment.
    Argument,
    /// An output of a module.
    Output,
    /// A property of another resource.
    Property,
    /// The default that the Terraform provider sends for an absent attribute.
    ProviderDefault,
    /// A function or condition that made the value of another one, which came by a parameter or variable of this name.
    Computed,
}

impl StepKind {
    /// How the step is told: "the default of parameter 'tls'".
    pub fn describe(self, name: &str) -> String {
        match self {
            StepKind::Default => format!("the default of parameter '{name}'"),
            StepKind::ParameterFile => format!("the parameter file's value of '{name}'"),
            StepKind::Environment => format!("the environment's TF_VAR_{name}"),
            StepKind::Variable => format!("variable '{name}'"),
            StepKind::Argument => format!("argument '{name}' of the module call"),
            StepKind::Output => format!("output '{name}'"),
            StepKind::Property => format!("property '{name}'"),
            StepKind::ProviderDefault => format!("the provider's default of '{name}'"),
            StepKind::Computed => format!("the value depends on '{name}'"),
        }
    }
}

impl Origin {
    /// Written at `span`.
    pub fn at(span: Span) -> Self {
        Origin { span: Some(span), via: None }
    }

    /// One step further.
    #[must_use]
    pub fn step(self, kind: StepKind, name: Arc<str>, span: Span) -> Self {
        let before = self.via;
        Origin { span: self.span.or(Some(span)), via: Some(Arc::new(Step { kind, name, span, before })) }
    }

    /// The one step of a value that was computed of one of this origin: the parameter that the input came by, else the variable.
    pub fn computed(&self) -> Option<Arc<Step>> {
        let last = self.via.as_ref()?;
        let given = |step: &&Step| {
            matches!(
                step.kind,
                StepKind::Default | StepKind::ParameterFile | StepKind::Argument | StepKind::Environment
            )
        };
        let from = self.steps().find(given).unwrap_or(last);
        if from.kind == StepKind::Computed {
            return Some(Arc::clone(last));
        }
        Some(Arc::new(Step {
            kind: StepKind::Computed,
            name: Arc::clone(&from.name),
            span: from.span,
            before: None,
        }))
    }

    /// The steps from the last back to the first; at most `limit` of them are worth telling.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        std::iter::successors(self.via.as_deref(), |step| step.before.as_deref())
    }

    /// Whether the value comes from the environment of the run: then it is in no file.
    pub fn is_from_environment(&self) -> bool {
        self.steps().any(|step| step.kind == StepKind::Environment)
    }

    /// Whether the last word on the value was the Terraform provider's default.
    pub fn is_provider_default(&self) -> bool {
        self.via.as_deref().is_some_and(|step| step.kind == StepKind::ProviderDefault)
    }
}

impl Drop for Step {
    /// Long ways are dropped in a loop: a recursive drop of 100,000 steps would overflow the stack.
    fn drop(&mut self) {
        let mut next = self.before.take();
        while let Some(step) = next {
            match Arc::try_unwrap(step) {
                Ok(mut step) => next = step.before.take(),
                Err(_) => break,
            }
        }
    }
}
