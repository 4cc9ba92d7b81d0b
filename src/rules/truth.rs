use crate::source::Span;
use crate::value::{Reason, Value};

/// The answer to a condition, in Kleene's logic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    /// It is so.
    Holds,
    /// It is not so.
    Broken,
    /// It can't be told.
    Undecided,
}

impl Truth {
    pub(super) fn known(answer: bool) -> Self {
        if answer { Truth::Holds } else { Truth::Broken }
    }

    pub(super) fn of(answer: Option<bool>) -> Self {
        answer.map_or(Truth::Undecided, Self::known)
    }

    fn not(self) -> Self {
        match self {
            Truth::Holds => Truth::Broken,
            Truth::Broken => Truth::Holds,
            Truth::Undecided => Truth::Undecided,
        }
    }
}

/// What decided an answer: a property, with its place and its value.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    /// The resource it belongs to.
    pub(super) resource: usize,
    /// Where in the resource; empty for the resource itself.
    pub(super) path: String,
    /// The deepest place that is written; for what is absent only that of the array item that it is absent from.
    pub(super) site: Option<Span>,
    /// Its value; `None` where it is absent.
    pub(super) value: Option<Value>,
    /// The name, or else the number, of the innermost array item that it belongs to.
    pub(super) item: Option<String>,
    /// Why it can't be told, if it can't.
    pub(super) reasons: Vec<Reason>,
    /// It is absent, but only a part of the resource is here.
    pub(super) elsewhere: bool,
}

impl Evidence {
    /// A resource as a whole.
    pub(super) fn of_resource(resource: usize) -> Self {
        Evidence {
            resource,
            path: String::new(),
            site: None,
            value: None,
            item: None,
            reasons: Vec::new(),
            elsewhere: false,
        }
    }

    pub(super) fn because(mut self, reason: Reason) -> Self {
        self.reasons.push(reason);
        self
    }
}

/// An answer, with what decided it. Each group is one cause: what must be looked at together.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) truth: Truth,
    pub(super) causes: Vec<Vec<Evidence>>,
}

impl Answer {
    pub(super) fn new(truth: Truth, evidence: Option<Evidence>) -> Self {
        Answer { truth, causes: evidence.into_iter().map(|evidence| vec![evidence]).collect() }
    }

    pub(super) fn not(self) -> Self {
        Answer { truth: self.truth.not(), ..self }
    }

    /// Kleene's "and". Each broken part is a cause of its own; that all of them hold is one cause.
    pub(super) fn all(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self::combine(answers, Truth::Broken, Truth::Holds)
    }

    /// Kleene's "or". Each part that holds is a cause of its own; that all are broken is one cause.
    pub(super) fn any(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self::combine(answers, Truth::Holds, Truth::Broken)
    }

    /// `decisive` in one answer decides; without it, an undecided one leaves it open.
    fn combine(answers: impl IntoIterator<Item = Answer>, decisive: Truth, otherwise: Truth) -> Self {
        let (mut decided, mut open, mut rest) = (Vec::new(), Vec::new(), Vec::new());
        let mut truth = otherwise;
        for answer in answers {
            if answer.truth == decisive {
                truth = decisive;
                decided.extend(answer.causes);
            } else if answer.truth == Truth::Undecided {
                if truth != decisive {
                    truth = Truth::Undecided;
                }
                open.extend(answer.causes);
            } else {
                rest.extend(answer.causes.into_iter().flatten());
            }
        }
        let causes = match truth {
            _ if truth == decisive => decided,
            Truth::Undecided => open,
            _ if rest.is_empty() => Vec::new(),
            _ => vec![rest],
        };
        Answer { truth, causes }
    }
}
