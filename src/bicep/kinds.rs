//! The node kinds and fields of the grammar as enums: comparing names as text for every node would cost more than parsing.

use std::sync::LazyLock;

use tree_sitter::{Language, Node};

/// The language of the grammar.
pub(super) static LANGUAGE: LazyLock<Language> =
    LazyLock::new(|| tree_sitter_bicep_leftward::LANGUAGE.into());

macro_rules! names {
    ($(#[$doc:meta])* $enum:ident { $($variant:ident = $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum $enum { $($variant,)* }

        impl $enum {
            const ALL: &'static [($enum, &'static str)] = &[$(($enum::$variant, $name),)*];
        }
    };
}

names! {
    /// The named nodes.
    Kind {
        // declarations
        Decorated = "decorated",
        Decorator = "decorator",
        TargetScope = "target_scope",
        Metadata = "metadata",
        Parameter = "parameter",
        Variable = "variable",
        TypeDeclaration = "type_declaration",
        Output = "output",
        Resource = "resource",
        Module = "module",
        Test = "test",
        Assert = "assert",
        Function = "function",
        FunctionParameter = "function_parameter",
        Import = "import",
        ImportItem = "import_item",
        Extension = "extension",
        Using = "using",
        Extends = "extends",
        ExtensionConfig = "extension_config",
        If = "if",
        For = "for",
        // expressions
        Identifier = "identifier",
        Path = "path",
        Integer = "integer",
        True = "true",
        False = "false",
        Null = "null",
        String = "string",
        MultilineString = "multiline_string",
        InterpolatedString = "interpolated_string",
        StringStart = "string_start",
        StringMiddle = "string_middle",
        StringEnd = "string_end",
        MultilineStringStart = "multiline_string_start",
        MultilineStringMiddle = "multiline_string_middle",
        MultilineStringEnd = "multiline_string_end",
        Object = "object",
        Property = "property",
        Key = "key",
        Spread = "spread",
        NestedResource = "nested_resource",
        Array = "array",
        Parenthesized = "parenthesized",
        Lambda = "lambda",
        Call = "call",
        MethodCall = "method_call",
        Member = "member",
        Subscript = "subscript",
        NestedAccess = "nested_resource_access",
        NonNull = "non_null",
        Unary = "unary",
        Binary = "binary",
        Conditional = "conditional",
        // types
        UnionType = "union_type",
        NullableType = "nullable_type",
        UnaryType = "unary_type",
        ParenthesizedType = "parenthesized_type",
        MemberType = "member_type",
        ArrayType = "array_type",
        ItemsType = "items_type",
        IndexType = "index_type",
        ObjectType = "object_type",
        TypeProperty = "type_property",
        TupleType = "tuple_type",
        TupleItem = "tuple_item",
        // everything that is looked at through its parent
        Other = "",
    }
}

names! {
    /// The fields of nodes.
    Field {
        Name = "name",
        Type = "type",
        Value = "value",
        Declaration = "declaration",
        Open = "open",
        Existing = "existing",
        Body = "body",
        Path = "path",
        Parameters = "parameters",
        Items = "items",
        Alias = "alias",
        Extension = "extension",
        Condition = "condition",
        Item = "item",
        Index = "index",
        In = "in",
        Then = "then",
        Else = "else",
        Left = "left",
        Right = "right",
        Operator = "operator",
        Operand = "operand",
        Object = "object",
        Safe = "safe",
        FromEnd = "from_end",
        Head = "head",
    }
}

/// The kind of every node id of the language.
static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    let count = u16::try_from(LANGUAGE.node_kind_count()).unwrap_or(u16::MAX);
    (0..count)
        .map(|id| {
            let name = LANGUAGE.node_kind_for_id(id).unwrap_or_default();
            let found = Kind::ALL.iter().find(|(_, known)| *known == name && LANGUAGE.node_kind_is_named(id));
            found.map_or(Kind::Other, |(kind, _)| *kind)
        })
        .collect()
});

/// The id of every field, in the order of [`Field`].
static FIELDS: LazyLock<Vec<u16>> = LazyLock::new(|| {
    Field::ALL.iter().map(|(_, name)| LANGUAGE.field_id_for_name(name).map_or(0, u16::from)).collect()
});

/// The kind of a node. Keywords and punctuation are [`Kind::Other`].
pub(super) fn kind(node: Node<'_>) -> Kind {
    KINDS.get(usize::from(node.kind_id())).copied().unwrap_or(Kind::Other)
}

/// The child of a node in a field.
pub(super) fn field<'t>(node: Node<'t>, field: Field) -> Option<Node<'t>> {
    FIELDS.get(field as usize).and_then(|id| node.child_by_field_id(*id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_and_field_is_in_the_grammar() {
        for (kind, name) in Kind::ALL.iter().filter(|(kind, _)| *kind != Kind::Other) {
            assert!(KINDS.contains(kind), "no node is named {name}");
        }
        for ((_, name), id) in Field::ALL.iter().zip(FIELDS.iter()) {
            assert_ne!(*id, 0, "no field is named {name}");
        }
    }
}
