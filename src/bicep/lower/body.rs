//! The bodies of resources and modules: an object, behind an `if`, in a loop.

use tree_sitter::Node;

use super::super::kinds::{Field, Kind, field, kind};
use super::Lowering;
use crate::arm::template::{ExprId, Repeat};

/// What stands behind the `=` of a resource or module.
pub(super) struct Body<'t> {
    pub(super) repeat: Option<Repeat>,
    pub(super) condition: Option<ExprId>,
    pub(super) object: ExprId,
    /// The nested resources in the object.
    pub(super) nested: Vec<Node<'t>>,
}

impl<'t> Lowering<'t> {
    /// The body of a resource or module declaration.
    pub(super) fn body(&mut self, declaration: Node<'t>) -> Body<'t> {
        let mut node = field(declaration, Field::Body);
        let mut repeat = None;
        if let Some(looped) = node.filter(|node| kind(*node) == Kind::For) {
            let (over, item, index) = self.loop_head(looped);
            repeat = Some(Repeat { over, item, index, copy_name: None });
            node = field(looped, Field::Body);
        }
        let mut condition = None;
        if let Some(conditional) = node.filter(|node| kind(*node) == Kind::If) {
            condition = Some(self.expression_in(conditional, Field::Condition));
            node = field(conditional, Field::Body);
        }
        let (object, nested) = match node {
            Some(object) if kind(object) == Kind::Object => self.object_and_nested(object),
            other => {
                let span = self.span(other.unwrap_or(declaration));
                (self.error("the body of a resource or module must be an object", span), Vec::new())
            }
        };
        Body { repeat, condition, object, nested }
    }
}
