//! Services of the platform that have an address on the Internet of their own, and what closes it.

use crate::model::Graph;
use crate::value::{Reason, Value};

use super::Addresses;
use super::look::{Look, look, look_in};

/// A property that closes the public address when it has one of these values.
pub(super) struct Switch {
    path: &'static str,
    closed: &'static [&'static str],
    /// What the platform takes an absent one for.
    absent: &'static str,
}

/// What admits only some callers.
pub(super) enum Filter {
    /// None: everyone may connect.
    Nobody,
    /// A default action: where it denies, only the listed addresses may connect.
    Denies { action: &'static str, list: &'static str, address: &'static str },
    /// A list: where it has items, only these addresses may connect.
    Listed { list: &'static str, address: &'static str },
    /// Firewall rules as child resources: nobody else may connect.
    Rules(&'static str),
}

/// A type of service.
pub(super) struct Service {
    pub(super) resource_type: &'static str,
    pub(super) what: &'static str,
    pub(super) ports: &'static str,
    switches: &'static [Switch],
    filter: Filter,
}

/// Who may connect to a service.
pub(super) enum Access {
    /// Nobody from the Internet.
    Closed,
    /// These, and the properties that say so.
    From(Addresses, Vec<&'static str>),
    /// It can't be told.
    Untold(Vec<Reason>),
}

const ACCESS: Switch = Switch {
    path: "properties.publicNetworkAccess",
    closed: &["Disabled", "SecuredByPerimeter"],
    absent: "Enabled",
};
const ACLS: Filter = Filter::Denies {
    action: "properties.networkAcls.defaultAction",
    list: "properties.networkAcls.ipRules",
    address: "value",
};

macro_rules! services {
    ($($resource_type:literal, $what:literal, $ports:literal, [$($switch:expr),*], $filter:expr;)*) => {
        /// The types that are known.
        pub(super) const SERVICES: &[Service] = &[$(Service {
            resource_type: $resource_type,
            what: $what,
            ports: $ports,
            switches: &[$($switch),*],
            filter: $filter,
        }),*];
    };
}

services! {
    "Microsoft.Storage/storageAccounts", "storage account", "443", [ACCESS], ACLS;
    "Microsoft.KeyVault/vaults", "key vault", "443", [ACCESS], ACLS;
    "Microsoft.KeyVault/managedHSMs", "managed HSM", "443", [ACCESS], ACLS;
    "Microsoft.CognitiveServices/accounts", "Azure AI service", "443", [ACCESS], ACLS;
    "Microsoft.ContainerRegistry/registries", "container registry", "443", [ACCESS],
        Filter::Denies { action: "properties.networkRuleSet.defaultAction", list: "properties.networkRuleSet.ipRules", address: "value" };
    "Microsoft.DocumentDB/databaseAccounts", "Cosmos DB account", "443", [ACCESS],
        Filter::Listed { list: "properties.ipRules", address: "ipAddressOrRange" };
    "Microsoft.AppConfiguration/configurationStores", "App Configuration store", "443", [ACCESS], Filter::Nobody;
    "Microsoft.EventHub/namespaces", "Event Hubs namespace", "443, 5671, 9093", [ACCESS], Filter::Nobody;
    "Microsoft.ServiceBus/namespaces", "Service Bus namespace", "443, 5671", [ACCESS], Filter::Nobody;
    "Microsoft.EventGrid/topics", "Event Grid topic", "443", [ACCESS],
        Filter::Listed { list: "properties.inboundIpRules", address: "ipMask" };
    "Microsoft.EventGrid/domains", "Event Grid domain", "443", [ACCESS],
        Filter::Listed { list: "properties.inboundIpRules", address: "ipMask" };
    "Microsoft.Search/searchServices", "search service", "443", [ACCESS],
        Filter::Listed { list: "properties.networkRuleSet.ipRules", address: "value" };
    "Microsoft.Cache/redis", "Azure Cache for Redis", "6380", [ACCESS], Filter::Nobody;
    "Microsoft.SignalRService/signalR", "SignalR service", "443", [ACCESS], Filter::Nobody;
    "Microsoft.SignalRService/webPubSub", "Web PubSub service", "443", [ACCESS], Filter::Nobody;
    "Microsoft.Synapse/workspaces", "Synapse workspace", "443, 1433", [ACCESS], Filter::Rules("Microsoft.Synapse/workspaces/firewallRules");
    "Microsoft.Databricks/workspaces", "Databricks workspace", "443", [ACCESS], Filter::Nobody;
    "Microsoft.MachineLearningServices/workspaces", "machine learning workspace", "443", [ACCESS], Filter::Nobody;
    "Microsoft.Kusto/clusters", "Data Explorer cluster", "443", [ACCESS],
        Filter::Listed { list: "properties.allowedIpRangeList", address: "" };
    "Microsoft.DataFactory/factories", "data factory", "443", [ACCESS], Filter::Nobody;
    "Microsoft.Automation/automationAccounts", "automation account", "443", [ACCESS], Filter::Nobody;
    "Microsoft.Devices/IotHubs", "IoT hub", "443, 5671, 8883", [ACCESS], Filter::Nobody;
    "Microsoft.Web/sites", "app", "80, 443", [ACCESS],
        Filter::Listed { list: "properties.siteConfig.ipSecurityRestrictions", address: "ipAddress" };
    "Microsoft.Web/staticSites", "static web app", "443", [ACCESS], Filter::Nobody;
    "Microsoft.App/containerApps", "container app", "443",
        [Switch { path: "properties.configuration.ingress.external", closed: &["false"], absent: "false" }],
        Filter::Listed { list: "properties.configuration.ingress.ipSecurityRestrictions", address: "ipAddressRange" };
    "Microsoft.ContainerService/managedClusters", "Kubernetes API server", "443",
        [Switch { path: "properties.apiServerAccessProfile.enablePrivateCluster", closed: &["true"], absent: "false" }, ACCESS],
        Filter::Listed { list: "properties.apiServerAccessProfile.authorizedIPRanges", address: "" };
    "Microsoft.ContainerInstance/containerGroups", "container group", "all",
        [Switch { path: "properties.ipAddress.type", closed: &["Private", "none"], absent: "none" }], Filter::Nobody;
    "Microsoft.ApiManagement/service", "API Management gateway", "443",
        [Switch { path: "properties.virtualNetworkType", closed: &["Internal"], absent: "None" }, ACCESS], Filter::Nobody;
    "Microsoft.Sql/servers", "SQL server", "1433", [ACCESS], Filter::Rules("Microsoft.Sql/servers/firewallRules");
    "Microsoft.Sql/managedInstances", "SQL managed instance", "3342",
        [Switch { path: "properties.publicDataEndpointEnabled", closed: &["false"], absent: "false" }], Filter::Nobody;
    "Microsoft.DBforPostgreSQL/flexibleServers", "PostgreSQL server", "5432",
        [Switch { path: "properties.network.publicNetworkAccess", closed: &["Disabled"], absent: "Enabled" }],
        Filter::Rules("Microsoft.DBforPostgreSQL/flexibleServers/firewallRules");
    "Microsoft.DBforPostgreSQL/servers", "PostgreSQL server", "5432", [ACCESS], Filter::Rules("Microsoft.DBforPostgreSQL/servers/firewallRules");
    "Microsoft.DBforMySQL/flexibleServers", "MySQL server", "3306",
        [Switch { path: "properties.network.publicNetworkAccess", closed: &["Disabled"], absent: "Enabled" }],
        Filter::Rules("Microsoft.DBforMySQL/flexibleServers/firewallRules");
    "Microsoft.DBforMySQL/servers", "MySQL server", "3306", [ACCESS], Filter::Rules("Microsoft.DBforMySQL/servers/firewallRules");
    "Microsoft.DBforMariaDB/servers", "MariaDB server", "3306", [ACCESS], Filter::Rules("Microsoft.DBforMariaDB/servers/firewallRules");
    "Microsoft.Cdn/profiles/afdEndpoints", "Front Door endpoint", "80, 443",
        [Switch { path: "properties.enabledState", closed: &["Disabled"], absent: "Enabled" }], Filter::Nobody;
    "Microsoft.Cdn/profiles/endpoints", "CDN endpoint", "80, 443", [], Filter::Nobody;
    "Microsoft.Network/frontDoors", "Front Door", "80, 443",
        [Switch { path: "properties.enabledState", closed: &["Disabled"], absent: "Enabled" }], Filter::Nobody;
}

impl Service {
    /// Who may connect to a service of this type.
    pub(super) fn access(&self, graph: &Graph<'_>, index: usize) -> Access {
        let resource = graph.resource(index);
        let at = |path: &str| look_in(resource, &path.split('.').collect::<Vec<_>>());
        let mut said = Vec::new();
        for switch in self.switches {
            match word(&at(switch.path), switch.absent) {
                Ok(word) if switch.closed.iter().any(|closed| word.eq_ignore_ascii_case(closed)) => {
                    return Access::Closed;
                }
                Ok(_) => said.push(switch.path),
                Err(reasons) => return Access::Untold(reasons),
            }
        }
        match &self.filter {
            Filter::Nobody => Access::From(Addresses::all(), said),
            Filter::Denies { action, list, address } => match word(&at(action), "Allow") {
                Ok(word) if word.eq_ignore_ascii_case("Deny") => {
                    said.push(list);
                    listed(&at(list), address, said, false)
                }
                Ok(_) => {
                    said.push(action);
                    Access::From(Addresses::all(), said)
                }
                Err(reasons) => Access::Untold(reasons),
            },
            Filter::Listed { list, address } => listed(&at(list), address, said, true),
            Filter::Rules(child) => firewall(graph, index, child, said),
        }
    }
}

fn word(found: &Look<'_>, absent: &'static str) -> Result<String, Vec<Reason>> {
    match found {
        Look::Absent => Ok(absent.to_owned()),
        Look::There(value) => match (value.as_str(), value.as_bool()) {
            (Some(text), _) => Ok(text.to_owned()),
            (_, Some(flag)) => Ok(flag.to_string()),
            _ => Err(found.reasons()),
        },
        Look::Untold(reasons) => Err(reasons.clone()),
    }
}

/// The addresses of a list; everyone's, where an empty list lets everyone in.
fn listed(list: &Look<'_>, key: &str, said: Vec<&'static str>, empty_is_open: bool) -> Access {
    let items = list.items();
    let mut open = items.open;
    let mut found = Addresses::none();
    let mut any = false;
    for item in items.items {
        let action = look(&item.value, &["action"]).text().unwrap_or("Allow");
        any = true;
        if action.eq_ignore_ascii_case("Deny") {
            continue;
        }
        let value = if key.is_empty() { Look::There(&item.value) } else { look(&item.value, &[key]) };
        match value.text() {
            Some(text) => found = found.or(&Addresses::parse(text)),
            None => open.extend(value.reasons()),
        }
    }
    if !open.is_empty() {
        return Access::Untold(open);
    }
    if !any && empty_is_open {
        return Access::From(Addresses::all(), said);
    }
    if found.is_empty() { Access::Closed } else { Access::From(found, said) }
}

/// The addresses that firewall rules beside a server let in. `0.0.0.0` alone stands for the services and machines of all Azure
/// customers.
fn firewall(graph: &Graph<'_>, server: usize, child: &str, said: Vec<&'static str>) -> Access {
    let mut found = Addresses::none();
    let mut open = Vec::new();
    for &index in graph.children(server) {
        let rule = graph.resource(index);
        if !rule.resource_type.is(child) || rule.existing {
            continue;
        }
        let [start, end] =
            ["startIpAddress", "endIpAddress"].map(|key| look(&rule.body, &["properties", key]));
        match (start.text(), end.text()) {
            (Some("0.0.0.0"), Some("0.0.0.0")) => found = found.or(&Addresses::tag("AzureCloud")),
            (Some(start), Some(end)) => found = found.or(&Addresses::parse(&format!("{start}-{end}"))),
            _ => open.extend(start.reasons().into_iter().chain(end.reasons())),
        }
    }
    if found.is_empty() && open.is_empty() {
        return Access::Closed;
    }
    if open.is_empty() { Access::From(found, said) } else { Access::Untold(open) }
}

/// The ports that a container group shows; the fixed ones of other services.
pub(super) fn ports_of(service: &Service, body: &Value) -> String {
    if service.ports != "all" {
        return service.ports.to_owned();
    }
    let ports = look(body, &["properties", "ipAddress", "ports"]).items();
    let known = ports
        .items
        .iter()
        .filter_map(|item| look(&item.value, &["port"]).value().and_then(super::look::number));
    let words: Vec<String> = known.map(|port| port.to_string()).collect();
    words.join(", ")
}
