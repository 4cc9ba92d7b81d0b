//! Azure's built-in roles.

/// How far a role reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// It reads, or uses one thing.
    Low,
    /// It writes.
    Medium,
    /// It leads to secrets, keys or other identities.
    High,
    /// It gives rights to others, or may do everything.
    Critical,
}

impl Tier {
    /// The word used in output and in rules.
    pub fn as_str(self) -> &'static str {
        match self {
            Tier::Critical => "critical",
            Tier::High => "high",
            Tier::Medium => "medium",
            Tier::Low => "low",
        }
    }
}

/// What a role is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plane {
    /// Resources themselves: Azure Resource Manager.
    Control,
    /// What is in them: blobs, secrets, messages.
    Data,
}

/// A role that Azure defines.
#[derive(Clone, Copy, Debug)]
pub struct BuiltInRole {
    /// The GUID of its definition, in lower case.
    pub id: &'static str,
    /// Its name: `Key Vault Secrets User`.
    pub name: &'static str,
    /// How far it reaches.
    pub tier: Tier,
    /// What it is about, where that has been looked up.
    pub plane: Option<Plane>,
    /// What makes it mighty; may be empty.
    pub why: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/roles.rs"));

impl BuiltInRole {
    /// The role of this GUID, without regard to case.
    pub fn by_id(id: &str) -> Option<&'static BuiltInRole> {
        let id = id.to_ascii_lowercase();
        let index = ROLES.binary_search_by(|role| role.id.cmp(&id)).ok()?;
        ROLES.get(index)
    }

    /// The role of this name, without regard to case.
    pub fn by_name(name: &str) -> Option<&'static BuiltInRole> {
        let name = name.to_ascii_lowercase();
        let index = BY_NAME.binary_search_by(|(known, _)| (*known).cmp(&name)).ok()?;
        BY_NAME.get(index).and_then(|(_, role)| ROLES.get(*role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_found_by_its_id_and_by_its_name() {
        let owner = BuiltInRole::by_id("8E3AF657-a8ff-443c-a75c-2fe8c4bcb635").unwrap();
        assert_eq!((owner.name, owner.tier), ("Owner", Tier::Critical));
        assert_eq!(
            BuiltInRole::by_name("key vault SECRETS user").unwrap().id,
            "4633458b-17de-408a-b874-0445c86b69e6"
        );
        assert!(BuiltInRole::by_name("Weird Role").is_none() && BuiltInRole::by_id("owner").is_none());
        assert!(ROLES.is_sorted_by(|a, b| a.id < b.id) && Tier::Critical > Tier::Low);
    }
}
