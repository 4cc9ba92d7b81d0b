//! The template form that Bicep and ARM JSON are lowered to.
//!
//! All expressions of a template live in one arena ([`Expressions`]) and are named by [`ExprId`]: building, walking and
//! dropping never recurse over the input's depth. Operators are calls of the ARM function that they compile to
//! (`a + b` → `add(a, b)`), so that one function table answers both languages.
//!
//! | Bicep | ARM function |
//! | --- | --- |
//! | `+ - * / %` | `add sub mul div mod` |
//! | `-x`, `!x` | `minus`, `not` |
//! | `< <= > >=` | `less lessOrEquals greater greaterOrEquals` |
//! | `== != =~ !~` | `equals`, `notEquals`, `equalsInsensitively`, `notEqualsInsensitively` |
//! | `&& \|\|` | [`ExprKind::And`], [`ExprKind::Or`] (lazy) |
//! | `??` | `coalesce` (lazy: [`ExprKind::Coalesce`]) |
//! | `c ? a : b`, `if(c, a, b)` | [`ExprKind::If`] |
//! | `'a${x}'` | [`ExprKind::Interpolation`] |

use std::sync::Arc;

use crate::model::Scope;
use crate::source::{Diagnostic, FileId, Span};
use crate::value::Number;

/// A shared name.
pub type Name = Arc<str>;

/// The place of an expression in its template's arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExprId(u32);

/// The arena of a template's expressions.
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

    /// All of them, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Expr> {
        self.nodes.iter()
    }

    /// How many there are: those added later have higher ids.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

impl std::ops::Index<ExprId> for Expressions {
    type Output = Expr;

    fn index(&self, id: ExprId) -> &Expr {
        &self.nodes[id.0 as usize]
    }
}

/// An expression and where it was written.
#[derive(Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where. In ARM JSON, an expression inside a string has the span inside that string.
    pub span: Span,
}

/// What an expression is.
#[derive(Debug)]
pub enum ExprKind {
    /// A literal.
    Literal(Literal),
    /// An array literal.
    Array(Box<[Element]>),
    /// An object literal. ARM JSON's property `copy` loops are in [`Property`] form too: see [`PropertyKey::Copy`].
    Object(Box<[Property]>),
    /// A string with holes: evaluated as ARM's `format` does.
    Interpolation(Box<[StringPiece]>),
    /// A call of a function of the library or of the template: `namespace` is set when written (`sys.concat`, ARM's `contoso.f`).
    Call {
        /// `sys`, `az`, an imported namespace or an ARM function namespace.
        namespace: Option<Name>,
        /// The function as written; compared without case for ARM JSON.
        function: Name,
        /// The function's name in the source, for diagnostics and spans.
        name_span: Span,
        /// The arguments.
        arguments: Box<[ExprId]>,
    },
    /// A method of a symbol: `kv.getSecret('x')`, `st.listKeys()`.
    MethodCall {
        /// What it is called on.
        base: ExprId,
        /// The method.
        method: Name,
        /// `.?method()`: null instead of an error where there is nothing to call it on.
        safe: bool,
        /// The arguments.
        arguments: Box<[ExprId]>,
    },
    /// Property access `a.b`, `a['b']`, `a[0]`, and the safe forms.
    Access {
        /// The object or array.
        base: ExprId,
        /// What is taken out of it.
        key: AccessKey,
        /// `.?b`, `[?0]`: null instead of an error, and the null swallows the rest of the chain.
        safe: bool,
    },
    /// `a::b`: a nested resource.
    Nested {
        /// The outer resource.
        base: ExprId,
        /// The nested resource's symbol.
        symbol: Name,
    },
    /// `a!`.
    NonNull(ExprId),
    /// A parenthesised expression: it ends a safe-access chain.
    Parentheses(ExprId),
    /// A bare Bicep name: a parameter, variable, resource, module, import, namespace or a local of a loop or lambda; resolved by
    /// the evaluator (innermost local first).
    Symbol(Name),
    /// `parameters('x')` with a literal name.
    Parameter(Name),
    /// `variables('x')` with a literal name.
    Variable(Name),
    /// `c ? a : b`, `if(c, a, b)`: only the branch taken is evaluated.
    If {
        /// The condition.
        condition: ExprId,
        /// If true.
        then: ExprId,
        /// If false.
        otherwise: ExprId,
    },
    /// `a && b`, `and(a, b, …)`.
    And(Box<[ExprId]>),
    /// `a || b`, `or(a, b, …)`.
    Or(Box<[ExprId]>),
    /// `a ?? b`, `coalesce(a, b, …)`.
    Coalesce(Box<[ExprId]>),
    /// `[for (x, i) in xs: if (c) e]` as a value.
    For(Box<ForLoop>),
    /// `(x, i) => e`, and ARM's `lambda('x', e)`.
    Lambda {
        /// The parameters.
        parameters: Box<[Name]>,
        /// The body.
        body: ExprId,
    },
    /// Something that could not be parsed: unknown, with this reason; its diagnostic has been given.
    Error(Arc<str>),
}

/// A literal value.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string, unescaped.
    String(Arc<str>),
}

/// An item of an array literal.
#[derive(Clone, Copy, Debug)]
pub struct Element {
    /// The expression.
    pub value: ExprId,
    /// `...value`.
    pub spread: bool,
}

/// A property of an object literal.
#[derive(Debug)]
pub struct Property {
    /// The key.
    pub key: PropertyKey,
    /// Where the key is written.
    pub key_span: Span,
    /// The whole property: `key: value`.
    pub span: Span,
    /// The value.
    pub value: ExprId,
}

/// The key of a property.
#[derive(Debug)]
pub enum PropertyKey {
    /// A literal name.
    Name(Name),
    /// An interpolated string, or an ARM expression.
    Computed(ExprId),
    /// `...value`: the members of another object.
    Spread,
    /// An entry of ARM JSON's `"copy": [{name, count, input}]` among an object's properties: the property `name` gets an array.
    /// The value is a [`ExprKind::For`] whose `copy_name` is set.
    Copy(Name),
}

/// What an access takes out.
#[derive(Debug)]
pub enum AccessKey {
    /// `.name`.
    Name(Name, Span),
    /// `[index]` or `['name']`.
    Index(ExprId),
    /// `[^index]`: from the end, from 1.
    FromEnd(ExprId),
}

/// A piece of an interpolated string.
#[derive(Debug)]
pub enum StringPiece {
    /// Text, unescaped.
    Text(Arc<str>),
    /// `${e}`.
    Hole(ExprId),
}

/// A loop.
#[derive(Debug)]
pub struct ForLoop {
    /// What is run over.
    pub over: LoopSource,
    /// Bicep: the item's name.
    pub item: Option<Name>,
    /// Bicep: the index's name.
    pub index: Option<Name>,
    /// ARM: the copy's name, for `copyIndex('name')`; `copyIndex()` means the innermost resource or variable copy.
    pub copy_name: Option<Name>,
    /// `if (c)` before the body of a value loop.
    pub condition: Option<ExprId>,
    /// The body.
    pub body: ExprId,
}

/// What a loop runs over.
#[derive(Clone, Copy, Debug)]
pub enum LoopSource {
    /// Bicep: the items of an array.
    Items(ExprId),
    /// ARM: `count` times.
    Count(ExprId),
}

impl LoopSource {
    /// The array or the count.
    pub fn expression(self) -> ExprId {
        match self {
            LoopSource::Items(id) | LoopSource::Count(id) => id,
        }
    }
}

/// A type expression, as far as evaluation needs it.
#[derive(Clone, Debug)]
pub enum TypeExpr {
    /// `string`, `int`, `bool`, `object`, `array`, `any` (lower-case; ARM's `securestring` is `string` with `secure` on its declaration).
    Primitive(Name),
    /// A literal type: one allowed value.
    Literal(Literal),
    /// `T?`.
    Nullable(Box<TypeExpr>),
    /// `A | B`.
    Union(Vec<TypeExpr>),
    /// `T[]`.
    Array(Box<TypeExpr>),
    /// `[A, B]`.
    Tuple(Vec<TypeExpr>),
    /// `{ a: T, *: U }`.
    Object {
        /// The properties.
        properties: Vec<TypeProperty>,
        /// `*: T`.
        additional: Option<Box<TypeExpr>>,
    },
    /// A named type: of this template, imported, or `ns.Type`; ARM's `$ref`.
    Named(Name),
    /// `T.property`, `T[*]`, `T[0]` and the like: the path into a named type, as written.
    Member(Box<TypeExpr>, Name),
    /// `resourceInput<'T@v'>…` and anything whose shape is not evaluated.
    Opaque,
}

/// A property of an object type.
#[derive(Clone, Debug)]
pub struct TypeProperty {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub value: TypeExpr,
    /// `@secure()`.
    pub secure: bool,
    /// `@allowed` or a union of literals is in the type; bounds are here.
    pub bounds: Bounds,
}

/// `@minValue`/`@maxValue` or `@minLength`/`@maxLength`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// Smallest value or length.
    pub min: Option<i64>,
    /// Largest value or length.
    pub max: Option<i64>,
}

/// A template: one `.bicep` file, one ARM JSON template, or a nested deployment's `template`.
#[derive(Debug)]
pub struct Template {
    /// The file.
    pub file: FileId,
    /// The whole template.
    pub span: Span,
    /// `targetScope`, or the schema's.
    pub scope: Scope,
    /// ARM JSON without Bicep's or languageVersion 2.0's symbolic names: addresses are `type/name`.
    pub symbolic_names: bool,
    /// Names compare without case (ARM JSON) or with it (Bicep).
    pub ignores_case: bool,
    /// All expressions.
    pub expressions: Expressions,
    /// Parameters in order.
    pub parameters: Vec<Parameter>,
    /// Variables in order.
    pub variables: Vec<Variable>,
    /// User-defined functions in order.
    pub functions: Vec<UserFunction>,
    /// User-defined types in order.
    pub types: Vec<TypeDeclaration>,
    /// Resources (and nested deployments' contents as modules) in order; nested resources are inside their parents.
    pub resources: Vec<ResourceDeclaration>,
    /// Modules in order.
    pub modules: Vec<ModuleDeclaration>,
    /// Outputs in order.
    pub outputs: Vec<OutputDeclaration>,
    /// `import` of types, variables and functions.
    pub imports: Vec<Import>,
    /// `extension` declarations: alias names, so that they are no unknown symbols.
    pub extensions: Vec<Name>,
    /// Syntax errors and the like; the rest of the template stands.
    pub diagnostics: Vec<Diagnostic>,
    /// Comments and `#disable-…` directives with their text, for suppressions.
    pub comments: Vec<Span>,
    /// The generator (`bicep`) that wrote the file, from `metadata._generator.name`.
    pub generator: Option<Name>,
}

/// A parameter.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Its type; `None` if it could not be read.
    pub declared_type: Option<TypeExpr>,
    /// Its type as written, for messages.
    pub type_text: Option<Name>,
    /// The default.
    pub default: Option<ExprId>,
    /// `@secure()`, `securestring`, `secureObject`.
    pub secure: bool,
    /// ARM's `"nullable": true` (Bicep's `T?` is in the type).
    pub nullable: bool,
    /// `@allowed([...])`, `allowedValues`: an array literal.
    pub allowed: Option<ExprId>,
    /// Bounds.
    pub bounds: Bounds,
    /// The declaration's name.
    pub name_span: Span,
    /// The whole declaration.
    pub span: Span,
}

/// A variable.
#[derive(Debug)]
pub struct Variable {
    /// Its name.
    pub name: Name,
    /// Its value.
    pub value: ExprId,
    /// `@export()`.
    pub exported: bool,
    /// The whole declaration.
    pub span: Span,
}

/// A user-defined function. Sees only its own parameters (and imported and other functions).
#[derive(Debug)]
pub struct UserFunction {
    /// The namespace in ARM JSON; `None` in Bicep.
    pub namespace: Option<Name>,
    /// Its name.
    pub name: Name,
    /// Names of its parameters.
    pub parameters: Vec<Name>,
    /// Its body.
    pub body: ExprId,
    /// The whole declaration.
    pub span: Span,
}

/// `type NAME = …`, an entry of ARM's `definitions`.
#[derive(Debug)]
pub struct TypeDeclaration {
    /// Its name.
    pub name: Name,
    /// The type.
    pub value: TypeExpr,
    /// `@secure()`.
    pub secure: bool,
    /// Bounds.
    pub bounds: Bounds,
}

/// A resource.
#[derive(Debug)]
pub struct ResourceDeclaration {
    /// The symbolic name: Bicep's or languageVersion 2.0's. `None` in a classic ARM template.
    pub symbol: Option<Name>,
    /// `Microsoft.Storage/storageAccounts`. For a nested resource the full type, parent's included. In ARM JSON the type may be an
    /// expression: then `type_expression` is set and this is its text.
    pub resource_type: Name,
    /// ARM JSON: the type if it's an expression.
    pub type_expression: Option<ExprId>,
    /// The API version: literal.
    pub api_version: Option<Name>,
    /// ARM JSON: the API version if it's an expression.
    pub api_version_expression: Option<ExprId>,
    /// `existing`.
    pub existing: bool,
    /// `@nullIfNotFound()` of an existing resource: where there is none, it is null.
    pub nullable: bool,
    /// `if (c)`, ARM's `condition`.
    pub condition: Option<ExprId>,
    /// A loop around the whole resource; its `body` is [`Self::body`].
    pub repeat: Option<Repeat>,
    /// The body: an object expression with everything but type, apiVersion, condition, copy and nested resources
    /// (`name`, `parent`, `scope`, `dependsOn`, `location`, `properties` …). The evaluator takes name, parent and scope out of it.
    pub body: ExprId,
    /// Nested resources: Bicep's inside the body, ARM's `resources` array.
    pub children: Vec<ResourceDeclaration>,
    /// What a deployment (`Microsoft.Resources/deployments`) or a deployment stack deploys.
    pub deployment: Option<Box<ModuleDeclaration>>,
    /// `resource sa 'type@version'`; in JSON the `type` property.
    pub header: Span,
    /// The whole declaration.
    pub span: Span,
}

impl ResourceDeclaration {
    /// Whether it deploys a template: `Microsoft.Resources/deployments`, and deployment stacks.
    pub fn deploys(&self) -> bool {
        self.resource_type.eq_ignore_ascii_case("Microsoft.Resources/deployments") || self.is_stack()
    }

    /// Whether it is a deployment stack, which deploys a template and is a resource itself.
    pub fn is_stack(&self) -> bool {
        self.resource_type.eq_ignore_ascii_case("Microsoft.Resources/deploymentStacks")
    }
}

/// A loop around a resource or module.
#[derive(Debug)]
pub struct Repeat {
    /// What is run over.
    pub over: LoopSource,
    /// Bicep: the item's name.
    pub item: Option<Name>,
    /// Bicep: the index's name.
    pub index: Option<Name>,
    /// ARM: the copy's name.
    pub copy_name: Option<Name>,
}

/// A module call; a nested or linked deployment in ARM JSON.
#[derive(Debug)]
pub struct ModuleDeclaration {
    /// The symbolic name; for classic ARM the deployment's name is evaluated from the resource's body.
    pub symbol: Option<Name>,
    /// Where the module comes from.
    pub source: ModuleSource,
    /// Where the source is written.
    pub source_span: Span,
    /// `if (c)`.
    pub condition: Option<ExprId>,
    /// A loop around the module.
    pub repeat: Option<Repeat>,
    /// Bicep: the body, an object with `name`, `params`, `scope`, `dependsOn`. ARM: the arguments in Bicep's form
    /// (`{ params: { x: … } }`; `properties.parameters.x.value`), the name and scope too.
    pub body: ExprId,
    /// `module net './net.bicep'`; in JSON the `type` property.
    pub header: Span,
    /// The whole call.
    pub span: Span,
}

/// Where a module comes from.
#[derive(Debug)]
pub enum ModuleSource {
    /// A path relative to the file that names it.
    Local(Name),
    /// `br:…`, `br/alias:…`, `ts:…`, `ts/alias:…` as written.
    Registry(Name),
    /// A nested template with its own scope (`expressionEvaluationOptions.scope: inner`).
    Inline(Arc<Template>),
    /// A nested template that is evaluated in the parent's scope: parameters and variables are the parent's. Its expressions live in
    /// the nested template's own arena.
    InlineOuter(Arc<Template>),
    /// ARM `templateLink`: `relativePath` is [`ModuleSource::Local`]; this is a `uri` expression, whose literal file names are tried below the template's folder.
    Uri(ExprId),
    /// Nothing usable was written.
    Missing(Arc<str>),
}

/// An output.
#[derive(Debug)]
pub struct OutputDeclaration {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub declared_type: Option<TypeExpr>,
    /// `@secure()`, `securestring`.
    pub secure: bool,
    /// Its value.
    pub value: ExprId,
    /// ARM: `condition`.
    pub condition: Option<ExprId>,
    /// The whole declaration.
    pub span: Span,
}

/// An import of exported types, variables and functions of another file.
#[derive(Debug)]
pub struct Import {
    /// From where.
    pub source: ModuleSource,
    /// Where the source is written.
    pub source_span: Span,
    /// `* as ns`: the namespace.
    pub namespace: Option<Name>,
    /// `{ a, b as c }`: (exported name, local name).
    pub names: Vec<(Name, Name)>,
}

/// The values that a parameter file gives.
#[derive(Debug)]
pub struct ParameterFile {
    /// The file.
    pub file: FileId,
    /// `using '…'`: the template's path relative to this file; `None` for JSON and `using none`.
    pub using: Option<ModuleSource>,
    /// `extends '…'`: another `.bicepparam` relative to this file.
    pub extends: Option<Name>,
    /// All expressions, and the file's variables, functions and imports, evaluated as in a template.
    pub template: Template,
    /// The values, in order.
    pub assignments: Vec<ParameterAssignment>,
}

/// A parameter's value in a parameter file.
#[derive(Debug)]
pub struct ParameterAssignment {
    /// The parameter.
    pub name: Name,
    /// Its value.
    pub value: AssignedValue,
    /// The whole entry.
    pub span: Span,
}

/// What a parameter file assigns.
#[derive(Debug)]
pub enum AssignedValue {
    /// An expression.
    Expression(ExprId),
    /// JSON: `"reference": {"keyVault": …}`: a Key Vault secret.
    KeyVaultSecret,
}
