//! The compiled form of a mapping table: what `build/mappings.rs` makes of `mappings/azurerm/*.yaml`.
//!
//! Everything is static: nothing is parsed or allocated when leftward starts. The written form is described in
//! `mappings/README.md`.

/// How one `azurerm_*` type becomes ARM.
#[derive(Debug)]
pub(crate) struct Table {
    /// `azurerm_storage_account`.
    pub(crate) name: &'static str,
    /// The ARM type; empty for what ARM does not know.
    pub(crate) arm: &'static str,
    /// What it is in ARM.
    pub(crate) relation: Relation,
    /// Where its name comes from.
    pub(crate) name_rule: Name,
    /// The attributes that say the parent (or, for [`Relation::Part`], what it is a part of), the first that is given counts.
    pub(crate) parents: &'static [&'static str],
    /// The attributes that hold the id of what it extends, or of the scope it is deployed to; the first that is given counts.
    pub(crate) scopes: &'static [&'static str],
    /// Where in the target a part goes, when that is an item of an array there: path and name of the item.
    pub(crate) item: Option<ItemOf>,
    /// Further ARM resources that it is made of.
    pub(crate) children: &'static [Child],
    /// Where attributes go, in the order of the table.
    pub(crate) rules: &'static [Rule],
    /// Whether the attributes are mapped at all: nothing may be concluded from what is absent in a type of which only the name is known.
    pub(crate) mapped: bool,
}

/// What a Terraform resource is in ARM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// A resource, with or without parent.
    Resource,
    /// A part of another resource: network rules of an account, an access policy of a vault. It is folded into that.
    Part,
    /// Nothing that ARM knows: something inside a service (a blob, a queue's logging) or an action.
    Outside,
}

/// Where a resource's name comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// This attribute.
    Attribute(&'static str),
    /// This attribute, or where it is absent this name.
    AttributeOr(&'static str, &'static str),
    /// Always this.
    Constant(&'static str),
}

/// An item of an array in the target of a part, found by its name.
#[derive(Debug)]
pub(crate) struct ItemOf {
    /// The array: `properties.ipConfigurations`.
    pub(crate) path: &'static [Step],
    /// The attribute of the part that says the item's `name`.
    pub(crate) name: &'static str,
}

/// A further ARM resource that one Terraform resource is made of.
#[derive(Debug)]
pub(crate) struct Child {
    /// How the table calls it; the address is the resource's, `/`, and this.
    pub(crate) key: &'static str,
    /// Its ARM type.
    pub(crate) arm: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// What the provider sends a second time as this child's properties: a path in the resource's own body, or nothing.
    pub(crate) copy: &'static [Step],
    /// What of that it leaves out.
    pub(crate) without: &'static [&'static str],
    /// Where it is as many resources as an array in its body has items: the array, and the member of an item that is its name.
    pub(crate) each: Option<(&'static str, &'static str)>,
}

/// One attribute and one place that it goes to.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The attribute: blocks, then its name.
    pub(crate) source: &'static [Step],
    /// The place in the body.
    pub(crate) target: &'static [Step],
    /// Whose body: an index into [`Table::children`], or the resource's own.
    pub(crate) child: Option<usize>,
    /// What is done with the value, one after the other.
    pub(crate) transforms: &'static [Transform],
    /// Whether it only says what else comes with a block or attribute: it then gives way to what is configured.
    pub(crate) implied: bool,
    /// What stands there when the attribute is absent.
    pub(crate) absent: Absent,
}

/// A step of a path: a name, and whether it is an array of which every item is meant (`ipRules[]`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// The name.
    pub(crate) name: &'static str,
    /// `[]` after it.
    pub(crate) each: bool,
}

/// What stands at a place when the attribute is absent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Absent {
    /// Nothing: ARM's own default applies.
    Nothing,
    /// The provider's default in the provider's spelling, to be transformed; by major version 3, 4, 5.
    Default([Option<Const>; 3]),
    /// What the provider sends, in ARM's spelling; by major version 3, 4, 5.
    Sent([Option<Const>; 3]),
}

/// A constant of a table.
#[allow(dead_code)] // whether there are lists and objects is the tables' matter
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Const {
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A string.
    Text(&'static str),
    /// A list.
    List(&'static [Const]),
    /// An object.
    Object(&'static [(&'static str, Const)]),
}

/// What is done with a value on its way. Unknowns stay unknown, and a choice is transformed branch by branch.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Transform {
    /// Read as a boolean: Terraform takes `"true"` for `true`.
    Bool,
    /// Read as a number: Terraform takes `"7"` for `7`.
    Number,
    /// Read as a string: Terraform takes `1.2` for `"1.2"`.
    Text,
    /// Negated.
    Not,
    /// One constant a word. Of a boolean without word for it nothing is written, any other word stays as it is.
    Map(&'static [(&'static str, Const)]),
    /// This constant, whatever the value: what else a block or attribute brings with it.
    Constant(Const),
    /// Whether it is given.
    Present,
    /// Whether this is among the items.
    Contains(&'static str),
    /// Items joined by this.
    Join(&'static str),
    /// True for the first item of a list, false for the others.
    First,
    /// Cut at this into a list.
    Split(&'static str),
    /// What stands before the first of this.
    Before(&'static str),
    /// What stands after the first of this.
    After(&'static str),
    /// What stands after the last of this.
    AfterLast(&'static str),
    /// Nothing is written if another attribute, found as by [`Transform::Format`], is known to be this.
    Unless {
        /// The other attribute.
        attribute: &'static str,
        /// Its value as text.
        value: &'static str,
    },
    /// The provider reads it from this when it deploys, so nobody knows it before.
    ReadFrom(&'static str),
    /// In the order in which the provider goes through a set.
    Set,
    /// Set before the text.
    Prefix(&'static str),
    /// Times this.
    Times(i64),
    /// Divided by this, whole.
    Over(i64),
    /// Text with attributes in it, from the same block or, failing that, from the top.
    Format(&'static [Part]),
    /// Every item with a name and a value: `{a = 1}` is `[{name: a, value: 1}]`.
    Pairs {
        /// What the key is called.
        key: &'static str,
        /// What the value is called.
        value: &'static str,
    },
    /// Every block as a member under its name: `[{name = "a", type = "t"}]` is `{a: {type: t}}`.
    ByName,
    /// The item of a list that has one; of any other list nothing is written.
    OnlyItem,
    /// An object of a constant and the value: `{field: category, equals: …}`.
    Wrap {
        /// The constant's name.
        key: &'static str,
        /// The constant.
        constant: &'static str,
        /// The value's name.
        value: &'static str,
    },
    /// A region in ARM's spelling: `West Europe` is `westeurope`.
    Location,
    /// Every item as a member: `["a"]` is `{a: {}}`.
    Keys,
    /// JSON text as what it says.
    JsonDecode,
    /// The value as JSON text.
    JsonEncode,
    /// `https://v.vault.azure.net` of a key's id.
    KeyVaultUri,
    /// `k` of `https://v.vault.azure.net/keys/k/0123`.
    KeyName,
    /// `0123` of it, where it says one.
    KeyVersion,
    /// The definition's id of a built-in role's name.
    RoleDefinitionId,
}

/// A piece of a [`Transform::Format`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    /// This text.
    Text(&'static str),
    /// The value of this attribute.
    Attribute(&'static str),
}
