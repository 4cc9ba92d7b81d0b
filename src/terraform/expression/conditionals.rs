//! Conditional expressions.

use std::sync::Arc;

use super::evaluator::Evaluator;
use super::operators::unknown_from;
use super::types::{TypeConstraint, convert, type_of, unify};
use crate::source::Span;
use crate::terraform::ast::ExprId;
use crate::value::{Facts, Kind, Piece, Value, ValueType};

impl Evaluator<'_> {
    /// Both arms decide the type; only the chosen one's mistakes count.
    pub(super) fn conditional(
        &mut self,
        condition: ExprId,
        then: ExprId,
        otherwise: ExprId,
        span: Span,
    ) -> Value {
        let condition_span = self.expressions[condition].span;
        let condition = self.evaluate(condition);
        if condition.is_null() {
            return self.error(
                condition_span,
                "Null condition: the condition value is null. Conditions must either be true or false",
            );
        }
        let condition = match convert(&condition, &TypeConstraint::Bool) {
            Ok(condition) => condition,
            Err(mismatch) => {
                return self.error(
                    condition_span,
                    &format!(
                        "Incorrect condition type: the condition expression must be of type bool: {mismatch}"
                    ),
                );
            }
        };
        let value = match condition.kind {
            Kind::Bool(true) => self.chosen(then, otherwise, span),
            Kind::Bool(false) => self.chosen(otherwise, then, span),
            _ => self.undecided(&condition, then, otherwise, span),
        };
        value.tainted(condition.secret)
    }

    /// The chosen arm, as the type that it has in common with the other.
    fn chosen(&mut self, arm: ExprId, other: ExprId, span: Span) -> Value {
        let value = self.evaluate(arm);
        let errors = self.errors;
        self.quiet += 1;
        let other = self.evaluate(other);
        self.quiet -= 1;
        self.errors = errors;
        let secret = other.secret;
        match common_type(&value, &other) {
            Ok(None) => value.tainted(secret),
            Ok(Some(common)) => match convert(&value, &common) {
                Ok(value) => value.tainted(secret),
                Err(mismatch) => {
                    self.error(span, &format!("Inconsistent conditional result types: {mismatch}"))
                }
            },
            Err(message) => self.error(span, &message),
        }
    }

    /// One of the two arms; what a wrong arm would have been is left out.
    fn undecided(&mut self, condition: &Value, then: ExprId, otherwise: ExprId, span: Span) -> Value {
        let mut arms = Vec::with_capacity(2);
        for arm in [then, otherwise] {
            let errors = self.errors;
            self.quiet += 1;
            let value = self.evaluate(arm);
            self.quiet -= 1;
            if self.errors == errors {
                arms.push(value);
            }
            self.errors = errors;
        }
        let (a, b) = match arms.as_slice() {
            [a, b] => (a, b),
            [one] => return one.clone().tainted(condition.secret),
            _ => return self.evaluate(then),
        };
        match common_type(a, b) {
            Ok(common) => {
                let common = common.unwrap_or(TypeConstraint::Any);
                let (a, b) = (convert(a, &common), convert(b, &common));
                let (Ok(a), Ok(b)) = (a, b) else {
                    return self.error(span, "Inconsistent conditional result types");
                };
                choice(condition, a, b).at(span)
            }
            Err(message) => self.error(span, &message),
        }
    }
}

/// The type that two arms of a conditional are converted to; none where nothing is to be converted.
fn common_type(a: &Value, b: &Value) -> Result<Option<TypeConstraint>, String> {
    let same_primitive = matches!(
        (&a.kind, &b.kind),
        (Kind::Bool(_), Kind::Bool(_))
            | (Kind::Number(_), Kind::Number(_))
            | (Kind::String(_), Kind::String(_))
    );
    if same_primitive || a.is_null() || b.is_null() {
        return Ok(None);
    }
    let (type_a, type_b) = (type_of(a), type_of(b));
    if matches!(type_a, TypeConstraint::Any) || matches!(type_b, TypeConstraint::Any) || type_a.same(&type_b)
    {
        return Ok(None);
    }
    unify(&[type_a.clone(), type_b.clone()]).map(Some).ok_or_else(|| {
        format!(
            "Inconsistent conditional result types: the true and false result expressions must have consistent types. The values are {} and {}",
            type_a.describe(),
            type_b.describe()
        )
    })
}

/// One of two values. Equal texts stay an unknown, known to the last character, as Terraform has it.
fn choice(condition: &Value, a: Value, b: Value) -> Value {
    if let (Kind::String(text), Kind::String(other)) = (&a.kind, &b.kind)
        && text == other
    {
        let mut value = unknown_from([condition], ValueType::String);
        if let Kind::Unknown(unknown) = &mut value.kind {
            let pieces: Arc<[Piece]> = Arc::new([Piece::Text(Arc::clone(text))]);
            Arc::make_mut(unknown).facts = Facts { not_null: true, pieces: Some(pieces), ..Facts::default() };
        }
        return value;
    }
    Value::one_of([a, b])
        .unwrap_or_else(|| unknown_from([condition], ValueType::Any))
        .tainted(condition.secret)
}
