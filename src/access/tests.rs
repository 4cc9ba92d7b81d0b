use super::*;
use crate::value::{Facts, Piece, Reason, ReasonKind, Reference, Target, Unknown};

fn half_known(pieces: Vec<Piece>) -> Value {
    let facts = Facts { pieces: Some(pieces.into()), ..Facts::default() };
    let unknown = Unknown::new(Reason::new(ReasonKind::Parameter, "no default")).with_facts(facts);
    Value::new(crate::value::Kind::Unknown(std::sync::Arc::new(unknown)))
}

fn hole() -> Piece {
    Piece::Hole(Value::unknown(Reason::new(ReasonKind::Parameter, "no default")))
}

#[test]
fn the_breadth_of_an_id_is_read_off_its_segments() {
    let cases = [
        ("/", Some(Breadth::Tenant)),
        ("/providers/Microsoft.Management/managementGroups/mg", Some(Breadth::ManagementGroup)),
        ("/subscriptions/0000", Some(Breadth::Subscription)),
        ("/subscriptions/0000/resourceGroups/rg", Some(Breadth::ResourceGroup)),
        (
            "/subscriptions/0000/resourcegroups/rg/providers/Microsoft.KeyVault/vaults/kv",
            Some(Breadth::Resource),
        ),
        ("/subscriptions/0000/providers/Microsoft.Security/pricings/x", Some(Breadth::Resource)),
        ("somewhere", None),
    ];
    for (text, breadth) in cases {
        assert_eq!(Breadth::of_id(&Value::string(text)), breadth, "{text}");
    }
}

#[test]
fn a_half_known_id_is_as_wide_as_its_known_parts_say() {
    let text = |text: &str| Piece::Text(text.into());
    let of = |pieces| Breadth::of_id(&half_known(pieces));
    assert_eq!(of(vec![text("/subscriptions/"), hole()]), Some(Breadth::Subscription));
    assert_eq!(
        of(vec![text("/subscriptions/"), hole(), text("/resourceGroups/rg")]),
        Some(Breadth::ResourceGroup)
    );
    assert_eq!(
        of(vec![text("/providers/Microsoft.Management/managementGroups/"), hole()]),
        Some(Breadth::ManagementGroup)
    );
    assert_eq!(of(vec![hole(), text("/resourceGroups/"), hole()]), Some(Breadth::ResourceGroup));
    assert_eq!(of(vec![hole(), text("/blobServices/default/containers/c")]), Some(Breadth::Resource));
    assert_eq!(of(vec![hole()]), None);
}

#[test]
fn a_reference_to_a_scope_is_that_scope() {
    let scope = |kind: &str| {
        let target = Target::Scope { resource_type: kind.into(), names: vec![] };
        Breadth::of_id(&Value::reference(Reference { target, property: None }))
    };
    assert_eq!(scope("Microsoft.Resources/subscriptions"), Some(Breadth::Subscription));
    assert_eq!(scope("Microsoft.Management/managementGroups"), Some(Breadth::ManagementGroup));
    let declared = Reference::to_declared("kv", "Microsoft.KeyVault/vaults");
    assert_eq!(Breadth::of_id(&Value::reference(declared.clone())), Some(Breadth::Resource));
    assert_eq!(Breadth::of_id(&Value::reference(declared.with_property("tenant"))), None);
}

#[test]
fn an_action_reaches_as_far_as_its_stars() {
    let cases = [
        ("*", Reach::Everything),
        ("Microsoft.Authorization/*", Reach::GivesRoles),
        ("Microsoft.Authorization/roleAssignments/write", Reach::GivesRoles),
        ("Microsoft.Authorization/*/write", Reach::GivesRoles),
        ("*/write", Reach::GivesRoles),
        ("*/read", Reach::Reads),
        ("Microsoft.Compute/*", Reach::Service),
        ("*/delete", Reach::Service),
        ("Microsoft.Compute/virtualMachines/*", Reach::Named),
        ("Microsoft.Authorization/roleAssignments/read", Reach::Reads),
        ("Microsoft.Authorization/policyAssignments/write", Reach::Named),
    ];
    for (action, reach) in cases {
        assert_eq!(Reach::of_action(action), reach, "{action}");
    }
}
