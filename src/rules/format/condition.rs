use super::{Comparison, List, Literal, Path, Text};

/// A condition on a resource, or on an item of an array in it. Its answer is holds, broken or undecided.
#[derive(Clone, Debug)]
pub enum Condition {
    /// `allOf`.
    AllOf(List<Condition>),
    /// `anyOf`.
    AnyOf(List<Condition>),
    /// `not`, with one condition, and `noneOf`.
    NoneOf(List<Condition>),
    /// `field` with an operator.
    Field(FieldTest),
    /// `count` with an operator.
    Count {
        /// The array, or the related resources.
        over: Over,
        /// Which items count; at most one condition.
        counted: List<Condition>,
        /// What the number is compared with.
        comparison: Comparison,
    },
    /// `any`, `each`, `none`.
    Among(Quantified),
}

/// A property compared with something.
#[derive(Clone, Debug)]
pub struct FieldTest {
    /// The property.
    pub field: Path,
    /// How it is compared.
    pub comparison: Comparison,
    /// What it is worth when nobody wrote it.
    pub absent: Option<Absent>,
}

/// What the platform takes an absent property for.
#[derive(Clone, Debug)]
pub struct Absent {
    /// In API versions before a date, in ascending order of the dates.
    pub versions: List<VersionDefault>,
    /// In all other versions, and where no API version is written (Terraform's mapped resources).
    pub otherwise: Fallback,
}

/// What an absent property is taken for before an API version.
#[derive(Clone, Debug)]
pub struct VersionDefault {
    /// The first API version that this no longer holds for: `2019-04-01`.
    pub before: Text,
    /// What it is taken for.
    pub default: Fallback,
}

/// What an absent property is taken for.
#[derive(Clone, Debug)]
pub enum Fallback {
    /// A value.
    Taken(Literal),
    /// It can't be told, for this reason.
    Untold(Text),
}

/// A condition over several things: items of an array, or related resources.
#[derive(Clone, Debug)]
pub struct Quantified {
    /// For how many of them it must hold.
    pub quantifier: Quantifier,
    /// Over what.
    pub over: Over,
    /// The condition on one of them; at most one. Without it everything counts.
    pub condition: List<Condition>,
    /// The answer where there is none of them; `None` for the plain logic: `any` is broken, `each` and `none` hold.
    pub nothing: Option<Nothing>,
}

/// For how many things a condition must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// At least one.
    Any,
    /// All.
    Each,
    /// None of them.
    Nobody,
}

/// The answer where there is nothing to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {
    /// It holds.
    Granted,
    /// It is broken.
    Refused,
    /// It can't be told.
    LeftOpen,
}

/// The things that a [`Quantified`] goes over.
#[derive(Clone, Debug)]
pub enum Over {
    /// The items of an array.
    Items(Path),
    /// The child resources of a type.
    Children(Text),
    /// The parent resource.
    Parent,
    /// The resources of a type that extend this one (diagnostic settings, locks, role assignments).
    Extensions {
        /// Their type.
        resource_type: Text,
        /// What they extend, where it is not the resource itself but something below it that need not be declared:
        /// types and names in turn, `queueServices/default`.
        of: Option<Text>,
    },
    /// The resources whose id stands at a path.
    References(Path),
    /// The resources of a type that hold this one's id at a path.
    ReferencedBy {
        /// Their type.
        resource_type: Text,
        /// Where they hold it.
        through: Path,
    },
    /// All resources of a type in the deployment.
    Deployed(Text),
}
