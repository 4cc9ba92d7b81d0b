//! Our nodes in the compiler's words.
//!
//! Most nodes are the compiler's under another name ([`STATEMENTS`], [`EXPRESSIONS`], [`TYPES`]). The rest differ in shape:
//! - `a.b.c` and `@sys.secure(` are one token of ours, and a node for each name of the compiler's;
//! - the compiler wraps items, arguments, defaults and clauses in nodes of their own;
//! - its unions are flat, ours are nested to the left;
//! - whether a parenthesis holds the parameters of a lambda shows only behind it.

use tree_sitter::{Node, Tree};

use super::Item;

const STATEMENTS: &[(&str, &str)] = &[
    ("target_scope", "TargetScopeSyntax"),
    ("metadata", "MetadataDeclarationSyntax"),
    ("variable", "VariableDeclarationSyntax"),
    ("type_declaration", "TypeDeclarationSyntax"),
    ("output", "OutputDeclarationSyntax"),
    ("resource", "ResourceDeclarationSyntax"),
    ("module", "ModuleDeclarationSyntax"),
    ("test", "TestDeclarationSyntax"),
    ("assert", "AssertDeclarationSyntax"),
    ("function", "FunctionDeclarationSyntax"),
    ("extension", "ExtensionDeclarationSyntax"),
    ("using", "UsingDeclarationSyntax"),
    ("extends", "ExtendsDeclarationSyntax"),
    ("extension_config", "ExtensionConfigAssignmentSyntax"),
];

/// Expressions and what stands in them: the children are the compiler's too.
const EXPRESSIONS: &[(&str, &str)] = &[
    ("integer", "IntegerLiteralSyntax"),
    ("true", "BooleanLiteralSyntax"),
    ("false", "BooleanLiteralSyntax"),
    ("null", "NullLiteralSyntax"),
    ("string", "StringSyntax"),
    ("multiline_string", "StringSyntax"),
    ("object", "ObjectSyntax"),
    ("property", "ObjectPropertySyntax"),
    ("spread", "SpreadExpressionSyntax"),
    ("array", "ArraySyntax"),
    ("parenthesized", "ParenthesizedExpressionSyntax"),
    ("member", "PropertyAccessSyntax"),
    ("subscript", "ArrayAccessSyntax"),
    ("nested_resource_access", "ResourceAccessSyntax"),
    ("non_null", "NonNullAssertionSyntax"),
    ("unary", "UnaryOperationSyntax"),
    ("binary", "BinaryOperationSyntax"),
    ("conditional", "TernaryOperationSyntax"),
    ("import_list", "ImportedSymbolsListSyntax"),
    ("import_item", "ImportedSymbolsListItemSyntax"),
];

const TYPES: &[(&str, &str)] = &[
    ("integer", "IntegerTypeLiteralSyntax"),
    ("true", "BooleanTypeLiteralSyntax"),
    ("false", "BooleanTypeLiteralSyntax"),
    ("null", "NullTypeLiteralSyntax"),
    ("string", "StringTypeLiteralSyntax"),
    ("multiline_string", "StringTypeLiteralSyntax"),
    ("interpolated_string", "StringTypeLiteralSyntax"),
    ("resource_type", "ResourceTypeSyntax"),
    ("object_type", "ObjectTypeSyntax"),
    ("tuple_type", "TupleTypeSyntax"),
    ("unary_type", "UnaryTypeOperationSyntax"),
    ("parenthesized_type", "ParenthesizedTypeSyntax"),
    ("array_type", "ArrayTypeSyntax"),
    ("items_type", "TypeItemsAccessSyntax"),
    ("index_type", "TypeArrayAccessSyntax"),
];

/// The compiler's nodes of a tree.
pub(super) fn of(tree: &Tree, text: &str, parameters: bool) -> Vec<Item> {
    let mut nodes = Nodes { text, parameters, items: Vec::new() };
    // The compiler does not see the byte order mark.
    nodes.add("ProgramSyntax", text.len() - text.trim_start_matches('\u{feff}').len(), text.len());
    nodes.children(tree.root_node(), &[], Nodes::statement);
    nodes.items
}

fn renamed(table: &[(&str, &'static str)], node: Node<'_>) -> Option<&'static str> {
    table.iter().find(|(ours, _)| *ours == node.kind()).map(|(_, theirs)| *theirs)
}

fn child<'t>(node: Node<'t>, field: &str) -> Option<Node<'t>> {
    node.child_by_field_name(field)
}

/// The child with this text that is no node: a keyword or operator.
fn word<'t>(node: Node<'t>, word: &str) -> Option<Node<'t>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).find(|child| child.kind() == word)
}

struct Nodes<'t> {
    text: &'t str,
    parameters: bool,
    items: Vec<Item>,
}

impl Nodes<'_> {
    fn add(&mut self, kind: &str, start: usize, end: usize) {
        self.items.push((kind.to_owned(), start, end));
    }

    fn add_node(&mut self, kind: &str, node: Node<'_>) {
        self.add(kind, node.start_byte(), node.end_byte());
    }

    /// All named children but comments and those in the given fields.
    fn children(&mut self, node: Node<'_>, without: &[&str], visit: fn(&mut Self, Node<'_>)) {
        let mut cursor = node.walk();
        if !cursor.goto_first_child() {
            return;
        }
        loop {
            let (child, field) = (cursor.node(), cursor.field_name());
            if child.is_named() && !child.is_extra() && !field.is_some_and(|field| without.contains(&field)) {
                visit(self, child);
            }
            if !cursor.goto_next_sibling() {
                return;
            }
        }
    }

    fn field(&mut self, node: Node<'_>, field: &str, visit: fn(&mut Self, Node<'_>)) {
        if let Some(child) = child(node, field) {
            visit(self, child);
        }
    }

    /// A name, which may have its `:`, `.`, `.?` or `=>` with it.
    fn name(&mut self, node: Node<'_>) {
        if node.kind().contains("string") {
            return self.expression(node);
        }
        for (start, end) in names(self.text, node.start_byte(), node.end_byte()) {
            self.add("IdentifierSyntax", start, end);
        }
    }

    fn local(&mut self, node: Node<'_>) {
        for (start, end) in names(self.text, node.start_byte(), node.end_byte()) {
            self.add("LocalVariableSyntax", start, end);
            self.add("IdentifierSyntax", start, end);
        }
    }

    // ---- statements

    fn statement(&mut self, node: Node<'_>) {
        let declaration = child(node, "declaration").unwrap_or(node);
        if node.id() != declaration.id() {
            self.children(node, &["declaration"], Self::decorator);
        }
        self.declaration(declaration, node.start_byte());
    }

    fn decorator(&mut self, node: Node<'_>) {
        self.add_node("DecoratorSyntax", node);
        match child(node, "open") {
            Some(open) => self.call(node, open, None),
            None => self.field(node, "name", Self::expression),
        }
    }

    fn declaration(&mut self, node: Node<'_>, start: usize) {
        let end = node.end_byte();
        match node.kind() {
            "parameter" => self.parameter(node, start),
            "import" => self.import(node, start),
            _ => {
                let kind = renamed(STATEMENTS, node).unwrap_or(node.kind());
                self.add(kind, start, end);
                self.field(node, "name", Self::name);
                match node.kind() {
                    "function" => self.function(node),
                    "type_declaration" => self.field(node, "value", Self::kind),
                    "variable" | "output" => {
                        self.field(node, "type", Self::kind);
                        self.field(node, "value", Self::expression);
                    }
                    "extension" | "extension_config" => self.clauses(node, "ExtensionWithClauseSyntax"),
                    "using" => {
                        if let Some(none) = word(node, "none") {
                            self.add_node("NoneLiteralSyntax", none);
                        } else {
                            self.field(node, "path", Self::expression);
                        }
                        self.clauses(node, "UsingWithClauseSyntax");
                    }
                    _ => self.children(node, &["name"], Self::expression),
                }
            }
        }
    }

    fn parameter(&mut self, node: Node<'_>, start: usize) {
        let kind = if self.parameters { "ParameterAssignmentSyntax" } else { "ParameterDeclarationSyntax" };
        self.add(kind, start, node.end_byte());
        self.field(node, "name", Self::name);
        self.field(node, "type", Self::kind);
        if let (false, Some(equals)) = (self.parameters, word(node, "=")) {
            self.add("ParameterDefaultValueSyntax", equals.start_byte(), node.end_byte());
        }
        self.field(node, "value", Self::expression);
    }

    fn function(&mut self, node: Node<'_>) {
        let (Some(parameters), Some(body)) = (child(node, "parameters"), child(node, "body")) else { return };
        self.add("TypedLambdaSyntax", parameters.start_byte(), body.end_byte());
        self.add_node("TypedVariableBlockSyntax", parameters);
        self.children(parameters, &[], |nodes, parameter| {
            nodes.add_node("TypedLocalVariableSyntax", parameter);
            nodes.field(parameter, "name", Self::name);
            nodes.field(parameter, "type", Self::kind);
        });
        self.field(node, "result", Self::kind);
        self.expression(body);
    }

    /// `with {…}` and `as name`.
    fn clauses(&mut self, node: Node<'_>, with_kind: &str) {
        if let (Some(with), Some(config)) = (word(node, "with"), child(node, "config")) {
            self.add(with_kind, with.start_byte(), config.end_byte());
            self.expression(config);
        }
        if let (Some(keyword), Some(alias)) = (word(node, "as"), child(node, "alias")) {
            self.add("AliasAsClauseSyntax", keyword.start_byte(), alias.end_byte());
            self.name(alias);
        }
    }

    fn import(&mut self, node: Node<'_>, start: usize) {
        if child(node, "extension").is_some() {
            self.add("ExtensionDeclarationSyntax", start, node.end_byte());
            self.field(node, "extension", Self::expression);
            return self.clauses(node, "ExtensionWithClauseSyntax");
        }
        self.add("CompileTimeImportDeclarationSyntax", start, node.end_byte());
        self.field(node, "items", Self::expression);
        if let (Some(star), Some(alias)) = (word(node, "*"), child(node, "alias")) {
            self.add("WildcardImportSyntax", star.start_byte(), alias.end_byte());
            self.clauses(node, "");
        }
        if let Some(from) = word(node, "from") {
            self.add("CompileTimeImportFromClauseSyntax", from.start_byte(), node.end_byte());
        }
        self.field(node, "path", Self::expression);
    }

    // ---- expressions

    fn expression(&mut self, node: Node<'_>) {
        match node.kind() {
            "identifier" | "path" | "decorator_name" => {
                self.chain(node, ["VariableAccessSyntax", "PropertyAccessSyntax"]);
            }
            "interpolated_string" => self.interpolated(node),
            "call" | "method_call" => {
                if let Some(open) = child(node, "open") {
                    self.call(node, open, child(node, "object"));
                }
            }
            "if" => self.condition(node),
            "for" => self.repetition(node),
            "lambda" => self.lambda(node),
            "nested_resource" => self.statement(node),
            "array" => {
                self.add_node("ArraySyntax", node);
                self.children(node, &[], |nodes, item| {
                    if item.kind() != "spread" {
                        nodes.add_node("ArrayItemSyntax", item);
                    }
                    nodes.expression(item);
                });
            }
            _ => {
                self.add_node(renamed(EXPRESSIONS, node).unwrap_or(node.kind()), node);
                for field in ["name", "alias"] {
                    self.alias_or_name(node, field);
                }
                self.children(node, &["name", "alias"], Self::expression);
            }
        }
    }

    fn alias_or_name(&mut self, node: Node<'_>, field: &str) {
        match field {
            "alias" => self.clauses(node, ""),
            _ => self.field(node, field, Self::name),
        }
    }

    /// The string pieces are tokens; the node is the whole.
    fn interpolated(&mut self, node: Node<'_>) {
        self.add_node("StringSyntax", node);
        self.children(node, &[], |nodes, part| {
            if !part.kind().contains("string_") && part.kind() != "multiline_string" {
                nodes.expression(part);
            }
        });
        // `'a${'''b'''}'`: the string in the hole is a node; a raw string without holes is the node itself.
        let mut cursor = node.walk();
        let holes = node.named_children(&mut cursor).filter(|part| !part.is_extra()).count() > 1;
        if holes {
            let mut cursor = node.walk();
            for part in node.named_children(&mut cursor).filter(|part| part.kind() == "multiline_string") {
                self.expression(part);
            }
        }
    }

    /// `a`, `a.b`, `a.b.?c`: a node for each name, of the first kind for the first.
    fn chain(&mut self, node: Node<'_>, kinds: [&str; 2]) {
        for (index, (start, end)) in
            names(self.text, node.start_byte(), node.end_byte()).into_iter().enumerate()
        {
            self.add(kinds[index.min(1)], if index == 0 { start } else { node.start_byte() }, end);
            self.add("IdentifierSyntax", start, end);
        }
    }

    /// `f(…)`, `a.f(…)` and `@f(…)`. `node` has the arguments, `open` what stands before them.
    fn call(&mut self, node: Node<'_>, open: Node<'_>, object: Option<Node<'_>>) {
        let names = names(self.text, open.start_byte(), open.end_byte());
        let Some((name, before)) = names.split_last() else { return };
        let start = object.map_or(names[0].0, |object| object.start_byte());
        let instance = object.is_some() || !before.is_empty();
        let kind = if instance { "InstanceFunctionCallSyntax" } else { "FunctionCallSyntax" };
        self.add(kind, start, node.end_byte());
        self.add("IdentifierSyntax", name.0, name.1);
        for (index, (from, to)) in before.iter().enumerate() {
            self.add(if index == 0 { "VariableAccessSyntax" } else { "PropertyAccessSyntax" }, start, *to);
            self.add("IdentifierSyntax", *from, *to);
        }
        if let Some(object) = object {
            self.expression(object);
        }
        self.children(node, &["open", "object"], |nodes, argument| {
            nodes.add_node("FunctionArgumentSyntax", argument);
            nodes.expression(argument);
        });
    }

    /// `if (…) {…}`: the parenthesis is a node.
    fn condition(&mut self, node: Node<'_>) {
        self.add_node("IfConditionSyntax", node);
        if let (Some(condition), Some(body)) = (child(node, "condition"), child(node, "body")) {
            let open = self.find('(', node.start_byte(), condition.start_byte());
            let close = self.find(')', condition.end_byte(), body.start_byte());
            self.add("ParenthesizedExpressionSyntax", open, close + 1);
            self.expression(condition);
            self.expression(body);
        }
    }

    /// Where a bracket is between two nodes that have nothing but it and blanks between them.
    fn find(&self, bracket: char, from: usize, to: usize) -> usize {
        from + self.text.get(from..to).and_then(|between| between.find(bracket)).unwrap_or(0)
    }

    fn repetition(&mut self, node: Node<'_>) {
        self.add_node("ForSyntax", node);
        self.field(node, "item", Self::local);
        if let (Some(item), Some(index), Some(list)) =
            (child(node, "item"), child(node, "index"), child(node, "in"))
        {
            let open = self.find('(', node.start_byte(), item.start_byte());
            let close = self.find(')', index.end_byte(), list.start_byte());
            self.add("VariableBlockSyntax", open, close + 1);
            self.local(index);
        }
        self.children(node, &["item", "index"], Self::expression);
    }

    fn lambda(&mut self, node: Node<'_>) {
        self.add_node("LambdaSyntax", node);
        self.field(node, "head", Self::local);
        if let Some(parameters) = child(node, "parameters") {
            self.add_node("VariableBlockSyntax", parameters);
            self.children(parameters, &[], Self::local);
        }
        self.field(node, "body", Self::expression);
    }

    // ---- types

    fn kind(&mut self, node: Node<'_>) {
        match node.kind() {
            "identifier" | "path" => {
                self.chain(node, ["TypeVariableAccessSyntax", "TypePropertyAccessSyntax"])
            }
            "union_type" => {
                self.add_node("UnionTypeSyntax", node);
                self.union_members(node);
            }
            "nullable_type" => {
                let nullable = child(node, "operator").is_some_and(|operator| operator.kind() == "?");
                self.add_node(if nullable { "NullableTypeSyntax" } else { "NonNullableTypeSyntax" }, node);
                self.children(node, &[], Self::kind);
            }
            "array_type" => {
                self.add_node("ArrayTypeSyntax", node);
                self.children(node, &[], |nodes, item| nodes.wrapped("ArrayTypeMemberSyntax", item));
            }
            "member_type" => {
                let name = child(node, "name");
                let any = name.is_some_and(|name| name.kind() == "any_access");
                self.add_node(
                    if any { "TypeAdditionalPropertiesAccessSyntax" } else { "TypePropertyAccessSyntax" },
                    node,
                );
                self.field(node, "object", Self::kind);
                self.field(node, "name", Self::name);
            }
            "index_type" => {
                self.add_node("TypeArrayAccessSyntax", node);
                self.field(node, "object", Self::kind);
                self.field(node, "index", Self::expression);
            }
            "generic_type" => self.generic(node),
            "object_type" | "tuple_type" => {
                self.add_node(renamed(TYPES, node).unwrap_or(node.kind()), node);
                self.children(node, &[], Self::type_item);
            }
            _ => {
                self.add_node(renamed(TYPES, node).unwrap_or(node.kind()), node);
                let visit = if node.kind() == "resource_type" { Self::expression } else { Self::kind };
                self.children(node, &[], visit);
            }
        }
    }

    fn wrapped(&mut self, kind: &str, node: Node<'_>) {
        self.add_node(kind, node);
        self.kind(node);
    }

    fn union_members(&mut self, node: Node<'_>) {
        self.children(node, &[], |nodes, member| match member.kind() {
            "union_type" => nodes.union_members(member),
            _ => nodes.wrapped("UnionTypeMemberSyntax", member),
        });
    }

    fn generic(&mut self, node: Node<'_>) {
        let Some(open) = child(node, "open") else { return };
        let instance =
            child(node, "object").is_some() || names(self.text, open.start_byte(), open.end_byte()).len() > 1;
        self.add_node(
            if instance {
                "InstanceParameterizedTypeInstantiationSyntax"
            } else {
                "ParameterizedTypeInstantiationSyntax"
            },
            node,
        );
        for (index, (start, end)) in
            names(self.text, open.start_byte(), open.end_byte()).into_iter().enumerate()
        {
            if instance && index == 0 && child(node, "object").is_none() {
                self.add("TypeVariableAccessSyntax", start, end);
            }
            self.add("IdentifierSyntax", start, end);
        }
        self.field(node, "object", Self::kind);
        self.children(node, &["open", "object"], |nodes, argument| {
            nodes.wrapped("ParameterizedTypeArgumentSyntax", argument);
        });
    }

    /// A property of an object type or an item of a tuple, with its decorators.
    fn type_item(&mut self, node: Node<'_>) {
        let kind = match (node.kind(), child(node, "name")) {
            ("tuple_item", _) => "TupleTypeItemSyntax",
            (_, Some(name)) if name.kind() == "*" => "ObjectTypeAdditionalPropertiesSyntax",
            _ => "ObjectTypePropertySyntax",
        };
        self.add_node(kind, node);
        self.field(node, "name", Self::name);
        self.field(node, "type", Self::kind);
        self.children(node, &["name", "type"], Self::decorator);
    }
}

/// The places of the names in a token that has several: `@sys.description(` has two.
fn names(text: &str, start: usize, end: usize) -> Vec<(usize, usize)> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut names = Vec::new();
    let mut at = start;
    while let Some(rest) = text.get(at..end) {
        let Some(skipped) = rest.find(is_name) else { break };
        let from = at + skipped;
        at = text[from..end].find(|c| !is_name(c)).map_or(end, |length| from + length);
        names.push((from, at));
    }
    names
}
