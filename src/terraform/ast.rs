//! The syntax of Terraform configuration with spans: what HCL and its JSON form are both lowered to.
//!
//! Like a template's, all expressions of a file live in one arena and are named by [`ExprId`].

use std::sync::Arc;

use crate::source::{Diagnostic, FileId, Span};
use crate::value::Number;

/// A shared name.
pub type Name = Arc<str>;

/// The place of an expression in its file's arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExprId(u32);

/// The arena of a file's expressions.
#[derive(Debug, Default)]
pub struct Expressions {
    nodes: Vec<Expr>,
}

impl Expressions {
    /// Adds an expression.
    pub fn add(&mut self, kind: ExprKind, span: Span) -> ExprId {
        let id = ExprId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Expr { kind, span });
        id
    }
}

impl std::ops::Index<ExprId> for Expressions {
    type Output = Expr;

    fn index(&self, id: ExprId) -> &Expr {
        &self.nodes[id.0 as usize]
    }
}

/// A parsed `.tf`, `.tf.json`, `.tofu` or `.tfvars` file.
#[derive(Debug)]
pub struct File {
    /// The file.
    pub file: FileId,
    /// All its expressions.
    pub expressions: Arc<Expressions>,
    /// Its attributes and blocks.
    pub body: Body,
    /// Syntax errors; the rest of the file stands.
    pub diagnostics: Vec<Diagnostic>,
    /// Comments, for suppressions.
    pub comments: Vec<Span>,
}

/// The inside of a block, or a file.
#[derive(Debug, Default)]
pub struct Body {
    /// `name = expression`, in order.
    pub attributes: Vec<Attribute>,
    /// Blocks in order.
    pub blocks: Vec<Block>,
}

/// `name = expression`.
#[derive(Debug)]
pub struct Attribute {
    /// The name.
    pub name: Name,
    /// Where the name is.
    pub name_span: Span,
    /// The value.
    pub value: ExprId,
    /// The whole attribute.
    pub span: Span,
}

/// `type "label" { … }`.
#[derive(Debug)]
pub struct Block {
    /// The block's type: `resource`, `dynamic`, `network_rules`.
    pub block_type: Name,
    /// Its labels, quoted or bare.
    pub labels: Vec<Label>,
    /// Its inside.
    pub body: Body,
    /// The type and the labels.
    pub header: Span,
    /// The whole block.
    pub span: Span,
}

/// A block's label.
#[derive(Debug)]
pub struct Label {
    /// Its text, unescaped.
    pub text: Name,
    /// Where, quotes included.
    pub span: Span,
}

/// An expression and where it was written.
#[derive(Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// What an expression is.
#[derive(Debug)]
pub enum ExprKind {
    /// A literal; also a quoted string or heredoc without holes.
    Literal(Literal),
    /// A string or heredoc with holes and directives, escapes and indentation already taken care of.
    Template(Box<[TemplatePart]>),
    /// `[a, b]`.
    Tuple(Box<[ExprId]>),
    /// `{ a = b }`.
    Object(Box<[ObjectItem]>),
    /// The first name of a traversal: `var`, `local`, `azurerm_subnet`, a name bound by `for`.
    Root(Name),
    /// `base.name`.
    GetAttribute {
        /// The object.
        base: ExprId,
        /// The name.
        name: Name,
    },
    /// `base[key]`; also the legacy `base.0` with a number literal.
    Index {
        /// The collection.
        base: ExprId,
        /// The key.
        key: ExprId,
    },
    /// `base[*]…` or `base.*…`: `each` is evaluated for every item, which it names by [`ExprKind::SplatItem`].
    Splat {
        /// The collection, or a single value, or null.
        base: ExprId,
        /// What is taken of each item.
        each: ExprId,
    },
    /// The item of the innermost [`ExprKind::Splat`].
    SplatItem,
    /// `f(a, b...)`.
    Call {
        /// The function, with its namespaces: `provider::azurerm::normalise_resource_id`, `core::upper`.
        function: Name,
        /// The arguments.
        arguments: Box<[ExprId]>,
        /// The last argument is expanded: `f(xs...)`.
        expand_last: bool,
    },
    /// `!a`, `-a`.
    Unary(UnaryOperator, ExprId),
    /// `a + b`.
    Binary(BinaryOperator, ExprId, ExprId),
    /// `c ? a : b`.
    Conditional {
        /// The condition.
        condition: ExprId,
        /// If true.
        then: ExprId,
        /// If false.
        otherwise: ExprId,
    },
    /// `[for k, v in xs : e if c]`, `{for k, v in xs : k => v... if c}`.
    For(Box<ForExpr>),
    /// `(a)`.
    Parentheses(ExprId),
    /// Something that could not be parsed; its diagnostic has been given.
    Error(Arc<str>),
}

/// A literal value.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number, with its text where it has more digits than the number type keeps.
    Number(Number),
    /// A string.
    String(Arc<str>),
}

/// A part of a template.
#[derive(Debug)]
pub enum TemplatePart {
    /// Text.
    Text(Arc<str>),
    /// `${e}`.
    Interpolation(ExprId),
    /// `%{ if c }…%{ else }…%{ endif }`: the branches are templates.
    If {
        /// The condition.
        condition: ExprId,
        /// If true.
        then: Box<[TemplatePart]>,
        /// If false.
        otherwise: Box<[TemplatePart]>,
    },
    /// `%{ for k, v in xs }…%{ endfor }`.
    For {
        /// The key's name.
        key: Option<Name>,
        /// The value's name.
        value: Name,
        /// What is run over.
        collection: ExprId,
        /// What is written for each.
        body: Box<[TemplatePart]>,
    },
}

/// An item of an object constructor.
#[derive(Debug)]
pub struct ObjectItem {
    /// The key: a literal string for a bare name.
    pub key: ExprId,
    /// The value.
    pub value: ExprId,
    /// The whole item.
    pub span: Span,
}

/// A `for` expression.
#[derive(Debug)]
pub struct ForExpr {
    /// The key's (or index's) name.
    pub key: Option<Name>,
    /// The value's name.
    pub value: Name,
    /// What is run over.
    pub collection: ExprId,
    /// An object `for`: the key of each item.
    pub result_key: Option<ExprId>,
    /// The value of each item.
    pub result: ExprId,
    /// An object `for` with `...`: values are grouped by key.
    pub grouped: bool,
    /// `if c`.
    pub condition: Option<ExprId>,
}

/// A unary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `!`.
    Not,
    /// `-`.
    Negate,
}

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the operators' own names
pub enum BinaryOperator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}
