//! Which version of a provider a configuration pins.

/// The newest release of each major version of azurerm that the mapping knows defaults for: what `terraform init` would take
/// where a constraint leaves a choice.
const AZURERM_RELEASES: [(u32, u32, u32); 5] = [(5, 2, 0), (4, 81, 0), (3, 117, 1), (2, 99, 0), (1, 44, 0)];

type Version = (u32, u32, u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    /// `~>`: only the last written part may grow.
    Pessimistic,
}

#[derive(Clone, Copy, Debug)]
struct Condition {
    operator: Operator,
    version: Version,
    /// How many parts of the version are written.
    parts: usize,
}

/// The major and minor version that `terraform init` would select for `constraint` (`~> 4.0, != 4.1.0`), without a lock file: the newest
/// known release that fits, else the newest version that the constraint itself names. `None` if it is no constraint.
pub(crate) fn pinned(provider: &str, constraint: &str) -> Option<(u32, u32)> {
    let conditions: Vec<Condition> = constraint
        .split(',')
        .map(parse_condition)
        .collect::<Option<Vec<_>>>()
        .filter(|all| !all.is_empty())?;
    let known: &[Version] = if provider == "azurerm" { &AZURERM_RELEASES } else { &[] };
    let mut candidates: Vec<Version> =
        known.iter().copied().chain(conditions.iter().map(|condition| condition.version)).collect();
    candidates.sort_unstable_by(|a, b| b.cmp(a));
    let fits = |version: &Version| conditions.iter().all(|condition| condition.allows(*version));
    let chosen = candidates.iter().copied().find(fits).or_else(|| {
        conditions.iter().filter(|c| c.operator != Operator::NotEqual).map(|c| c.version).max()
    })?;
    Some((chosen.0, chosen.1))
}

/// The major and minor version of an exact version, as the lock file holds it.
pub(crate) fn exact(version: &str) -> Option<(u32, u32)> {
    parse_version(version).map(|((major, minor, _), _)| (major, minor))
}

fn parse_condition(text: &str) -> Option<Condition> {
    let text = text.trim();
    let (operator, rest) = [
        ("~>", Operator::Pessimistic),
        (">=", Operator::GreaterOrEqual),
        ("<=", Operator::LessOrEqual),
        ("!=", Operator::NotEqual),
        (">", Operator::Greater),
        ("<", Operator::Less),
        ("=", Operator::Equal),
    ]
    .into_iter()
    .find_map(|(sign, operator)| text.strip_prefix(sign).map(|rest| (operator, rest)))
    .unwrap_or((Operator::Equal, text));
    let (version, parts) = parse_version(rest.trim())?;
    Some(Condition { operator, version, parts })
}

/// A version and how many of its parts are written. Pre-release and build suffixes do not matter for defaults.
fn parse_version(text: &str) -> Option<(Version, usize)> {
    let core = text.trim_start_matches('v').split(['-', '+']).next()?;
    let parts: Vec<u32> = core.split('.').map(|part| part.parse().ok()).collect::<Option<Vec<_>>>()?;
    let part = |index: usize| parts.get(index).copied().unwrap_or(0);
    (1..=3).contains(&parts.len()).then(|| ((part(0), part(1), part(2)), parts.len()))
}

impl Condition {
    fn allows(&self, version: Version) -> bool {
        match self.operator {
            Operator::Equal => version == self.version,
            Operator::NotEqual => version != self.version,
            Operator::Greater => version > self.version,
            Operator::GreaterOrEqual => version >= self.version,
            Operator::Less => version < self.version,
            Operator::LessOrEqual => version <= self.version,
            Operator::Pessimistic => {
                version >= self.version
                    && match self.parts {
                        1 | 2 => version.0 == self.version.0,
                        _ => (version.0, version.1) == (self.version.0, self.version.1),
                    }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selects_what_init_would_select() {
        for (constraint, expected) in [
            ("~> 4.0", Some((4, 81))),
            ("~> 3.50.0", Some((3, 50))),
            (">= 3.0, < 4.0", Some((3, 117))),
            (">= 3.0", Some((5, 2))),
            ("= 3.117.1", Some((3, 117))),
            ("4.12.0", Some((4, 12))),
            ("~>2.65", Some((2, 99))),
            ("!= 5.2.0", Some((4, 81))),
            ("~> 4", Some((4, 81))),
            ("> 9.0", Some((9, 0))),
            ("latest", None),
            ("", None),
        ] {
            assert_eq!(pinned("azurerm", constraint), expected, "{constraint}");
        }
        assert_eq!(pinned("azapi", ">= 1.13, < 3.0"), Some((1, 13)));
        assert_eq!(exact("4.14.0-beta1"), Some((4, 14)));
        assert_eq!(exact("x"), None);
    }
}
