//! `secret-literal`: secrets of resources that are written in the code. And which properties are secrets.

use crate::value::{Kind, Reason, ReasonKind, Value};

use super::super::format::Path;
use super::super::resolve::{Found, Trail, Walker};
use super::Case;
use super::credentials::{is_placeholder, is_reference};

/// Properties that hold a secret by their API's definition (marked sensitive or write-only there), of the types that
/// deployments are mostly made of. Types in lower case, sorted.
const PROPERTIES: &[(&str, &[&str])] = &[
    ("microsoft.apimanagement/service/authorizationservers", &["properties.clientSecret"]),
    ("microsoft.apimanagement/service/certificates", &["properties.password"]),
    ("microsoft.apimanagement/service/identityproviders", &["properties.clientSecret"]),
    ("microsoft.apimanagement/service/openidconnectproviders", &["properties.clientSecret"]),
    ("microsoft.apimanagement/service/subscriptions", &["properties.primaryKey", "properties.secondaryKey"]),
    ("microsoft.apimanagement/service/users", &["properties.password"]),
    ("microsoft.app/containerapps", &["properties.configuration.secrets[*].value"]),
    ("microsoft.app/jobs", &["properties.configuration.secrets[*].value"]),
    (
        "microsoft.app/managedenvironments",
        &[
            "properties.appLogsConfiguration.logAnalyticsConfiguration.sharedKey",
            "properties.customDomainConfiguration.certificatePassword",
        ],
    ),
    ("microsoft.app/managedenvironments/certificates", &["properties.password"]),
    ("microsoft.app/managedenvironments/daprcomponents", &["properties.secrets[*].value"]),
    ("microsoft.app/managedenvironments/storages", &["properties.azureFile.accountKey"]),
    ("microsoft.automation/automationaccounts/credentials", &["properties.password"]),
    (
        "microsoft.batch/batchaccounts/pools",
        &[
            "properties.mountConfiguration[*].azureBlobFileSystemConfiguration.accountKey",
            "properties.mountConfiguration[*].azureFileShareConfiguration.accountKey",
            "properties.startTask.containerSettings.registry.password",
            "properties.userAccounts[*].password",
        ],
    ),
    ("microsoft.botservice/botservices/connections", &["properties.clientSecret"]),
    (
        "microsoft.cognitiveservices/accounts/connections",
        &[
            "properties.credentials.clientSecret",
            "properties.credentials.key",
            "properties.credentials.password",
        ],
    ),
    ("microsoft.compute/virtualmachines", &["properties.osProfile.adminPassword"]),
    (
        "microsoft.compute/virtualmachinescalesets",
        &["properties.virtualMachineProfile.osProfile.adminPassword"],
    ),
    (
        "microsoft.containerinstance/containergroups",
        &[
            "properties.containers[*].properties.environmentVariables[*].secureValue",
            "properties.diagnostics.logAnalytics.workspaceKey",
            "properties.imageRegistryCredentials[*].password",
            "properties.initContainers[*].properties.environmentVariables[*].secureValue",
            "properties.volumes[*].azureFile.storageAccountKey",
        ],
    ),
    (
        "microsoft.containerservice/managedclusters",
        &[
            "properties.aadProfile.serverAppSecret",
            "properties.servicePrincipalProfile.secret",
            "properties.windowsProfile.adminPassword",
        ],
    ),
    ("microsoft.dbformariadb/servers", &["properties.administratorLoginPassword"]),
    ("microsoft.dbformysql/flexibleservers", &["properties.administratorLoginPassword"]),
    ("microsoft.dbformysql/servers", &["properties.administratorLoginPassword"]),
    ("microsoft.dbforpostgresql/flexibleservers", &["properties.administratorLoginPassword"]),
    ("microsoft.dbforpostgresql/servergroupsv2", &["properties.administratorLoginPassword"]),
    ("microsoft.dbforpostgresql/servers", &["properties.administratorLoginPassword"]),
    (
        "microsoft.devices/iothubs",
        &[
            "properties.routing.endpoints.eventHubs[*].connectionString",
            "properties.routing.endpoints.serviceBusQueues[*].connectionString",
            "properties.routing.endpoints.serviceBusTopics[*].connectionString",
            "properties.routing.endpoints.storageContainers[*].connectionString",
        ],
    ),
    ("microsoft.documentdb/cassandraclusters", &["properties.initialCassandraAdminPassword"]),
    (
        "microsoft.documentdb/mongoclusters",
        &["properties.administrator.password", "properties.administratorLoginPassword"],
    ),
    (
        "microsoft.hdinsight/clusters",
        &[
            "properties.computeProfile.roles[*].osProfile.linuxOperatingSystemProfile.password",
            "properties.storageProfile.storageaccounts[*].key",
        ],
    ),
    ("microsoft.keyvault/vaults/secrets", &["properties.value"]),
    (
        "microsoft.machinelearningservices/workspaces/computes",
        &["properties.properties.userAccountCredentials.adminUserPassword"],
    ),
    (
        "microsoft.machinelearningservices/workspaces/connections",
        &[
            "properties.credentials.clientSecret",
            "properties.credentials.key",
            "properties.credentials.password",
        ],
    ),
    ("microsoft.netapp/netappaccounts", &["properties.activeDirectories[*].password"]),
    ("microsoft.network/applicationgateways", &["properties.sslCertificates[*].properties.password"]),
    ("microsoft.network/connections", &["properties.sharedKey"]),
    ("microsoft.network/virtualnetworkgateways", &["properties.vpnClientConfiguration.radiusServerSecret"]),
    ("microsoft.network/vpngateways/vpnconnections", &["properties.sharedKey"]),
    ("microsoft.network/vpnserverconfigurations", &["properties.radiusServerSecret"]),
    ("microsoft.servicefabric/managedclusters", &["properties.adminPassword"]),
    ("microsoft.sql/managedinstances", &["properties.administratorLoginPassword"]),
    ("microsoft.sql/servers", &["properties.administratorLoginPassword"]),
    ("microsoft.sql/servers/auditingsettings", &["properties.storageAccountAccessKey"]),
    ("microsoft.sql/servers/databases/auditingsettings", &["properties.storageAccountAccessKey"]),
    ("microsoft.sql/servers/databases/extendedauditingsettings", &["properties.storageAccountAccessKey"]),
    ("microsoft.sql/servers/extendedauditingsettings", &["properties.storageAccountAccessKey"]),
    ("microsoft.sql/servers/jobagents/credentials", &["properties.password"]),
    ("microsoft.sql/servers/securityalertpolicies", &["properties.storageAccountAccessKey"]),
    (
        "microsoft.sqlvirtualmachine/sqlvirtualmachines",
        &[
            "properties.autoBackupSettings.password",
            "properties.autoBackupSettings.storageAccessKey",
            "properties.keyVaultCredentialSettings.servicePrincipalSecret",
            "properties.serverConfigurationsManagementSettings.sqlConnectivityUpdateSettings.sqlAuthUpdatePassword",
        ],
    ),
    ("microsoft.synapse/workspaces", &["properties.sqlAdministratorLoginPassword"]),
    ("microsoft.web/certificates", &["properties.password"]),
    ("microsoft.web/staticsites", &["properties.repositoryToken"]),
    ("microsoft.web/staticsites/basicauth", &["properties.password"]),
];

/// The types with secrets, and the paths of these.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    PROPERTIES.iter().copied()
}

pub(super) fn check(case: &mut Case<'_, '_, '_>) {
    let resource = case.graph().resource(case.resource);
    let folded = resource.resource_type.as_str().to_ascii_lowercase();
    let properties = PROPERTIES.binary_search_by_key(&folded.as_str(), |(name, _)| *name);
    let properties = properties.ok().and_then(|at| PROPERTIES.get(at)).map_or(&[][..], |(_, paths)| paths);
    let of_body = properties.iter().map(|path| (&resource.body, *path));
    let of_attributes = resource
        .attributes
        .iter()
        .flat_map(|attributes| resource.secrets.iter().map(move |path| (attributes, &**path)));
    if properties.is_empty() && resource.secrets.is_empty() {
        return;
    }
    let walker = Walker { resource, record: true };
    let (mut written, mut open) = (Vec::new(), Vec::new());
    for (value, path) in of_body.chain(of_attributes) {
        let Ok(path) = Path::parse(path) else { continue };
        let mut found = vec![walker.walk(value, &path.segments, Trail::default())];
        while let Some(next) = found.pop() {
            match next {
                Found::Items(items) => found.extend(items.into_iter().rev()),
                Found::Value(value, trail) => match is_written(&value) {
                    Some(true) => {
                        written.push(trail.evidence(case.resource, Some(value.into_owned().tainted(true))))
                    }
                    Some(false) => {}
                    None => {
                        let reason = Reason::new(
                            ReasonKind::Parameter,
                            "it is one of several values, some of them written here",
                        );
                        open.push(trail.evidence(case.resource, None).because(reason));
                    }
                },
                Found::Choice(_) | Found::Absent(_) | Found::Untold(..) => {}
            }
        }
    }
    if written.is_empty() && open.is_empty() {
        case.holds();
    }
    for evidence in written {
        case.broken(vec![evidence], "");
    }
    for evidence in open {
        case.undecided(vec![evidence]);
    }
}

/// Whether a secret's text is in the code; what comes from a secure parameter or from the running system is not.
fn is_written(value: &Value) -> Option<bool> {
    if value.secret || value.origin.is_from_environment() {
        return Some(false);
    }
    match &value.kind {
        Kind::String(text) => Some(!is_placeholder(text) && !is_reference(text)),
        Kind::OneOf(values) => {
            let mut answers = values.iter().map(is_written);
            let first = answers.next()??;
            answers.all(|answer| answer == Some(first)).then_some(first)
        }
        _ => Some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_its_paths_are_paths() {
        assert!(PROPERTIES.is_sorted_by(|(a, _), (b, _)| a < b));
        for (name, paths) in all() {
            assert_eq!(name, name.to_ascii_lowercase());
            for path in paths {
                assert!(Path::parse(path).is_ok(), "{path}");
            }
        }
    }
}
