//! What is known only where a template is deployed, as far as something is known of it.

use std::sync::Arc;

use super::Context;
use super::ids::scope;
use super::table::{Answer, Call, Function};
use crate::value::{Facts, Kind, Object, Reason, ReasonKind, Unknown, Value, ValueType};

/// The type of a resource group.
pub(super) const RESOURCE_GROUP: &str = "Microsoft.Resources/resourceGroups";
/// The type of a subscription.
pub(super) const SUBSCRIPTION: &str = "Microsoft.Resources/subscriptions";
/// The type of a management group.
pub(super) const MANAGEMENT_GROUP: &str = "Microsoft.Management/managementGroups";
/// The type of a tenant.
pub(super) const TENANT: &str = "Microsoft.Resources/tenants";

/// The identity of the id of the subscription that is deployed to.
pub(super) const SUBSCRIPTION_ID: &str = "subscription().subscriptionId";
/// The identity of the name of the resource group that is deployed to.
pub(super) const RESOURCE_GROUP_NAME: &str = "resourceGroup().name";

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("resourceGroup", (0, 2), ValueType::Object, resource_group),
    Function::new("subscription", (0, 1), ValueType::Object, subscription),
    Function::new("managementGroup", (0, 1), ValueType::Object, management_group),
    Function::new("tenant", (0, 0), ValueType::Object, |_| Ok(tenant())),
    Function::new("deployment", (0, 0), ValueType::Object, |call| Ok(deployment(call.context))),
    Function::new("deployer", (0, 0), ValueType::Object, |_| Ok(deployer())),
    Function::new("environment", (0, 0), ValueType::Object, |_| Ok(environment())),
];

/// A string that is known where it is deployed; its identity says which.
fn fact(identity: &str) -> Value {
    let reason =
        Reason::new(ReasonKind::Environment, format!("{identity} is known only where it is deployed"));
    let facts = Facts { not_null: true, min: Some(1), max: None, pieces: None };
    let unknown = Unknown::new(reason).with_type(ValueType::String).with_facts(facts).with_identity(identity);
    Value::new(Kind::Unknown(Arc::new(unknown)))
}

fn open_object(identity: &str, members: Vec<(&'static str, Value)>) -> Value {
    let reason =
        Reason::new(ReasonKind::Environment, format!("{identity} is known only where it is deployed"));
    let mut object: Object = members.into_iter().collect();
    object.open = Some(Arc::new(Unknown::new(reason).with_identity(identity)));
    Value::object(object)
}

/// The id of the subscription that is deployed to.
pub(super) fn subscription_id(context: &Context) -> Value {
    context.subscription.clone().unwrap_or_else(|| fact(SUBSCRIPTION_ID))
}

/// The name of the resource group that is deployed to.
pub(super) fn resource_group_name(context: &Context) -> Value {
    context.resource_group.clone().unwrap_or_else(|| fact(RESOURCE_GROUP_NAME))
}

/// The name of the management group that is deployed to.
pub(super) fn management_group_name(context: &Context) -> Value {
    context.management_group.clone().unwrap_or_else(|| fact("managementGroup().name"))
}

/// An identity prefix such as `resourceGroup('x')`; with unknown arguments there is none to tell it by.
fn called(call: &Call<'_>) -> String {
    super::identity::identity(call.function.name, call.arguments)
        .map_or_else(|| format!("{}(…)", call.function.name), |identity| identity.to_string())
}

/// `resourceGroup()`, or in Bicep `resourceGroup([subscription,] name)` as a scope.
fn resource_group(call: &Call<'_>) -> Answer {
    let own = called(call);
    let names: Vec<Value> = match call.arguments {
        [] => match (&call.context.subscription, &call.context.resource_group) {
            (Some(subscription), Some(name)) => vec![subscription.clone(), name.clone()],
            (None, Some(name)) => vec![name.clone()],
            _ => Vec::new(),
        },
        given => given.to_vec(),
    };
    let name = names.last().cloned().unwrap_or_else(|| resource_group_name(call.context));
    Ok(open_object(
        &own,
        vec![
            ("id", scope(RESOURCE_GROUP, &names)),
            ("name", name),
            ("type", Value::string(RESOURCE_GROUP)),
            ("location", fact(&format!("{own}.location"))),
        ],
    ))
}

fn subscription(call: &Call<'_>) -> Answer {
    let own = called(call);
    let id = match call.arguments {
        [] => call.context.subscription.clone(),
        [given, ..] => Some(given.clone()),
    };
    let names: Vec<Value> = id.iter().cloned().collect();
    Ok(open_object(
        &own,
        vec![
            ("id", scope(SUBSCRIPTION, &names)),
            ("subscriptionId", id.unwrap_or_else(|| fact(SUBSCRIPTION_ID))),
            ("tenantId", fact("tenant().tenantId")),
            ("displayName", fact(&format!("{own}.displayName"))),
        ],
    ))
}

fn management_group(call: &Call<'_>) -> Answer {
    let own = called(call);
    let name = match call.arguments {
        [] => call.context.management_group.clone(),
        [given, ..] => Some(given.clone()),
    };
    let names: Vec<Value> = name.iter().cloned().collect();
    Ok(open_object(
        &own,
        vec![
            ("id", scope(MANAGEMENT_GROUP, &names)),
            ("name", name.unwrap_or_else(|| management_group_name(call.context))),
            ("type", Value::string(MANAGEMENT_GROUP)),
        ],
    ))
}

fn tenant() -> Value {
    open_object("tenant()", vec![("tenantId", fact("tenant().tenantId"))])
}

fn deployment(context: &Context) -> Value {
    let name = context.deployment.clone().unwrap_or_else(|| fact("deployment().name"));
    open_object("deployment()", vec![("name", name), ("location", fact("deployment().location"))])
}

fn deployer() -> Value {
    open_object(
        "deployer()",
        vec![
            ("objectId", fact("deployer().objectId")),
            ("tenantId", fact("tenant().tenantId")),
            ("userPrincipalName", fact("deployer().userPrincipalName")),
        ],
    )
}

/// The public cloud's endpoints: what all but the few deployments to sovereign clouds get.
fn environment() -> Value {
    let text = |members: &[(&'static str, &'static str)]| -> Object {
        members.iter().map(|(name, value)| (*name, Value::string(*value))).collect()
    };
    let mut object = text(&[
        ("name", "AzureCloud"),
        ("gallery", "https://gallery.azure.com/"),
        ("graph", "https://graph.windows.net/"),
        ("portal", "https://portal.azure.com"),
        ("graphAudience", "https://graph.windows.net/"),
        ("activeDirectoryDataLake", "https://datalake.azure.net/"),
        ("batch", "https://batch.core.windows.net/"),
        ("media", "https://rest.media.azure.net"),
        ("sqlManagement", "https://management.core.windows.net:8443/"),
        (
            "vmImageAliasDoc",
            "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/quickstart-templates/aliases.json",
        ),
        ("resourceManager", "https://management.azure.com/"),
    ]);
    let audiences = ["https://management.core.windows.net/", "https://management.azure.com/"];
    let mut authentication = text(&[
        ("loginEndpoint", "https://login.microsoftonline.com/"),
        ("tenant", "common"),
        ("identityProvider", "AAD"),
    ]);
    authentication.insert("audiences", Value::array(audiences.into_iter().map(Value::string).collect()));
    object.insert("authentication", Value::object(authentication));
    let suffixes = text(&[
        ("acrLoginServer", ".azurecr.io"),
        ("azureDatalakeAnalyticsCatalogAndJob", "azuredatalakeanalytics.net"),
        ("azureDatalakeStoreFileSystem", "azuredatalakestore.net"),
        ("azureFrontDoorEndpointSuffix", "azurefd.net"),
        ("keyvaultDns", ".vault.azure.net"),
        ("sqlServerHostname", ".database.windows.net"),
        ("storage", "core.windows.net"),
    ]);
    object.insert("suffixes", Value::object(suffixes));
    Value::object(object)
}
