//! Projects of infrastructure code, made of arbitrary choices: near enough to real ones that they get past the parsers.

use arbitrary::Arbitrary;

/// Files of one or several languages, with calls between them.
#[derive(Arbitrary, Debug)]
pub struct Project {
    bicep: Vec<Declaration>,
    module: Vec<Declaration>,
    terraform: Vec<Declaration>,
    arm: Vec<Declaration>,
    /// Text that is put into a file as it is.
    raw: Option<(u8, String)>,
}

/// What a file declares; each language has its spelling.
#[derive(Arbitrary, Debug)]
enum Declaration {
    Parameter {
        name: Name,
        default: Option<Expression>,
        secure: bool,
    },
    Variable {
        name: Name,
        value: Expression,
    },
    Output {
        name: Name,
        value: Expression,
    },
    Resource {
        name: Name,
        kind: Kind,
        body: Vec<(Property, Expression)>,
        condition: Option<Expression>,
        repeat: Option<Expression>,
        parent: Option<Name>,
    },
    Module {
        name: Name,
        arguments: Vec<(Name, Expression)>,
        condition: Option<Expression>,
        repeat: Option<Expression>,
    },
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Name {
    A,
    B,
    C,
    D,
}

impl Name {
    fn text(self) -> &'static str {
        ["a", "b", "c", "d"][self as usize]
    }
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Kind {
    Storage,
    Vault,
    Network,
    Sql,
    Web,
    Role,
}

impl Kind {
    fn arm(self) -> &'static str {
        [
            "Microsoft.Storage/storageAccounts",
            "Microsoft.KeyVault/vaults",
            "Microsoft.Network/networkSecurityGroups",
            "Microsoft.Sql/servers",
            "Microsoft.Web/sites",
            "Microsoft.Authorization/roleAssignments",
        ][self as usize]
    }

    fn azurerm(self) -> &'static str {
        [
            "azurerm_storage_account",
            "azurerm_key_vault",
            "azurerm_network_security_group",
            "azurerm_mssql_server",
            "azurerm_linux_web_app",
            "azurerm_role_assignment",
        ][self as usize]
    }
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Property {
    Name,
    Tls,
    Acls,
    Rules,
    Settings,
    Network,
    Scope,
    Identity,
}

impl Property {
    fn arm(self) -> &'static str {
        [
            "name",
            "minimumTlsVersion",
            "networkAcls",
            "securityRules",
            "siteConfig",
            "publicNetworkAccess",
            "roleDefinitionId",
            "identity",
        ][self as usize]
    }

    fn azurerm(self) -> &'static str {
        [
            "name",
            "min_tls_version",
            "network_rules",
            "security_rule",
            "site_config",
            "public_network_access_enabled",
            "scope",
            "identity",
        ][self as usize]
    }
}

#[derive(Arbitrary, Debug)]
enum Expression {
    Null,
    Bool(bool),
    Number(i64),
    Text(Word),
    Reference(Name),
    Array(Vec<Expression>),
    Object(Vec<(Property, Expression)>),
    Call(Function, Vec<Expression>),
    If(Box<(Expression, Expression, Expression)>),
    Access(Box<Expression>, Property),
    Index(Box<Expression>, Box<Expression>),
    For(Name, Box<(Expression, Expression)>),
    Interpolation(Vec<Expression>),
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Word {
    Empty,
    Allow,
    Everyone,
    Secret,
    Id,
    Quote,
    Wide,
    Control,
}

impl Word {
    fn text(self) -> &'static str {
        [
            "",
            "Allow",
            "0.0.0.0/0",
            "P@ssw0rd!12345",
            "/subscriptions/x/resourceGroups/y",
            "it's",
            "日本\u{1f44d}",
            "\u{1b}[2J",
        ][self as usize]
    }
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Function {
    Concat,
    Format,
    Length,
    Range,
    Split,
    Replace,
    Merge,
    First,
    Contains,
    Base64,
    Subnet,
    Unique,
}

impl Function {
    fn arm(self) -> &'static str {
        [
            "concat",
            "format",
            "length",
            "range",
            "split",
            "replace",
            "union",
            "first",
            "contains",
            "base64",
            "cidrSubnet",
            "uniqueString",
        ][self as usize]
    }

    fn terraform(self) -> &'static str {
        [
            "concat",
            "format",
            "length",
            "range",
            "split",
            "replace",
            "merge",
            "element",
            "contains",
            "base64encode",
            "cidrsubnet",
            "sha1",
        ][self as usize]
    }
}

/// The spellings of the three languages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    Bicep,
    Arm,
    Terraform,
}

/// Deeper expressions say nothing new.
const MAX_DEPTH: usize = 12;

impl Expression {
    fn write(&self, language: Language, depth: usize, out: &mut String) {
        use Language::{Arm, Bicep, Terraform};
        if depth > MAX_DEPTH || out.len() > 1 << 16 {
            out.push_str(if language == Arm { "null()" } else { "null" });
            return;
        }
        let list = |items: &[Expression], out: &mut String| {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                item.write(language, depth + 1, out);
            }
        };
        match (self, language) {
            (Expression::Null, Arm) => out.push_str("null()"),
            (Expression::Null, _) => out.push_str("null"),
            (Expression::Bool(value), Arm) => out.push_str(if *value { "true()" } else { "false()" }),
            (Expression::Bool(value), _) => out.push_str(if *value { "true" } else { "false" }),
            (Expression::Number(number), _) => out.push_str(&number.to_string()),
            (Expression::Text(word), Terraform) => out.push_str(&format!("{:?}", word.text())),
            (Expression::Text(word), Arm) => out.push_str(&format!("'{}'", word.text().replace('\'', "''"))),
            (Expression::Text(word), Bicep) => {
                out.push_str(&format!("'{}'", word.text().replace('\'', "\\'")))
            }
            (Expression::Reference(name), Bicep) => out.push_str(name.text()),
            (Expression::Reference(name), Arm) => out.push_str(&format!("variables('{}')", name.text())),
            (Expression::Reference(name), Terraform) => {
                let place =
                    ["var", "local", "module.m", "azurerm_key_vault"][(name.text().len() + depth) & 3];
                out.push_str(&format!("{place}.{}", name.text()));
            }
            (Expression::Array(items), Arm) => {
                out.push_str("createArray(");
                list(items, out);
                out.push(')');
            }
            (Expression::Array(items), _) => {
                out.push('[');
                list(items, out);
                out.push(']');
            }
            (Expression::Object(members), Arm) => {
                out.push_str("createObject(");
                for (index, (key, value)) in members.iter().enumerate() {
                    out.push_str(if index > 0 { ", " } else { "" });
                    out.push_str(&format!("'{}', ", key.arm()));
                    value.write(language, depth + 1, out);
                }
                out.push(')');
            }
            (Expression::Object(members), _) => {
                out.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    out.push_str(if index > 0 { ", " } else { "" });
                    let (name, sign) =
                        if language == Bicep { (key.arm(), ':') } else { (key.azurerm(), '=') };
                    out.push_str(&format!(" {name} {sign} "));
                    value.write(language, depth + 1, out);
                }
                out.push('}');
            }
            (Expression::Call(function, arguments), _) => {
                out.push_str(if language == Terraform { function.terraform() } else { function.arm() });
                out.push('(');
                list(arguments, out);
                out.push(')');
            }
            (Expression::If(parts), _) => {
                let (condition, then, otherwise) = &**parts;
                let signs = if language == Arm { ["if(", ", ", ", "] } else { ["(", " ? ", " : "] };
                for (sign, part) in signs.into_iter().zip([condition, then, otherwise]) {
                    out.push_str(sign);
                    part.write(language, depth + 1, out);
                }
                out.push(')');
            }
            (Expression::Access(base, property), _) => {
                base.write(language, depth + 1, out);
                out.push('.');
                out.push_str(if language == Terraform { property.azurerm() } else { property.arm() });
            }
            (Expression::Index(base, index), _) => {
                base.write(language, depth + 1, out);
                out.push('[');
                index.write(language, depth + 1, out);
                out.push(']');
            }
            (Expression::For(name, parts), _) => {
                let (over, body) = &**parts;
                let signs = match language {
                    Bicep => ["map(".to_owned(), format!(", {} => ", name.text()), ")".to_owned()],
                    Arm => ["map(".to_owned(), format!(", lambda('{}', ", name.text()), "))".to_owned()],
                    Terraform => [format!("[for {} in ", name.text()), " : ".to_owned(), "]".to_owned()],
                };
                out.push_str(&signs[0]);
                over.write(language, depth + 1, out);
                out.push_str(&signs[1]);
                body.write(language, depth + 1, out);
                out.push_str(&signs[2]);
            }
            (Expression::Interpolation(items), Arm) => {
                out.push_str("concat(");
                list(items, out);
                out.push(')');
            }
            (Expression::Interpolation(items), _) => {
                let quote = if language == Bicep { '\'' } else { '"' };
                out.push(quote);
                for item in items {
                    out.push_str("x${");
                    item.write(language, depth + 1, out);
                    out.push('}');
                }
                out.push(quote);
            }
        }
    }

    fn text(&self, language: Language) -> String {
        let mut out = String::new();
        self.write(language, 0, &mut out);
        out
    }

    /// As a JSON string with an expression of ARM.
    fn json(&self) -> String {
        format!(
            "\"[{}]\"",
            self.text(Language::Arm).replace('\\', "\\\\").replace('"', "\\\"").replace('\u{1b}', "\\u001b")
        )
    }
}

impl Declaration {
    fn bicep(&self, number: usize) -> String {
        let show = |expression: &Expression| expression.text(Language::Bicep);
        let head = |condition: &Option<Expression>, repeat: &Option<Expression>| {
            let condition =
                condition.as_ref().map_or_else(String::new, |condition| format!("if ({}) ", show(condition)));
            match repeat {
                Some(over) => (format!("[for (i, n) in {}: {condition}", show(over)), "]"),
                None => (condition, ""),
            }
        };
        match self {
            Declaration::Parameter { name, default, secure } => {
                let default =
                    default.as_ref().map_or_else(String::new, |value| format!(" = {}", show(value)));
                format!("{}param {} object{default}\n", if *secure { "@secure()\n" } else { "" }, name.text())
            }
            Declaration::Variable { name, value } => format!("var {} = {}\n", name.text(), show(value)),
            Declaration::Output { name, value } => {
                format!("output {} object = {}\n", name.text(), show(value))
            }
            Declaration::Resource { name, kind, body, condition, repeat, parent } => {
                let (start, end) = head(condition, repeat);
                let properties: String =
                    body.iter().map(|(key, value)| format!("    {}: {}\n", key.arm(), show(value))).collect();
                let parent = parent
                    .as_ref()
                    .map_or_else(String::new, |parent| format!("  parent: {}\n", parent.text()));
                format!(
                    "resource {}{} '{}@2023-01-01' = {start}{{\n{parent}  name: '{}{number}'\n  properties: {{\n{properties}  }}\n}}{end}\n",
                    name.text(),
                    if number.is_multiple_of(2) { String::new() } else { number.to_string() },
                    kind.arm(),
                    name.text(),
                )
            }
            Declaration::Module { name, arguments, condition, repeat } => {
                let (start, end) = head(condition, repeat);
                let arguments: String = arguments
                    .iter()
                    .map(|(key, value)| format!("    {}: {}\n", key.text(), show(value)))
                    .collect();
                format!(
                    "module {} 'module.bicep' = {start}{{\n  name: 'm{number}'\n  params: {{\n{arguments}  }}\n}}{end}\n",
                    name.text()
                )
            }
        }
    }

    fn terraform(&self, number: usize) -> String {
        let show = |expression: &Expression| expression.text(Language::Terraform);
        let optional = |name: &str, value: &Option<Expression>| {
            value.as_ref().map_or_else(String::new, |value| format!("  {name} = {}\n", show(value)))
        };
        match self {
            Declaration::Parameter { name, default, secure } => {
                format!(
                    "variable \"{}\" {{\n{}  sensitive = {secure}\n}}\n",
                    name.text(),
                    optional("default", default)
                )
            }
            Declaration::Variable { name, value } => {
                format!("locals {{\n  {} = {}\n}}\n", name.text(), show(value))
            }
            Declaration::Output { name, value } => {
                format!("output \"{}{number}\" {{\n  value = {}\n}}\n", name.text(), show(value))
            }
            Declaration::Resource { name, kind, body, condition, repeat, .. } => {
                let attributes: String = body
                    .iter()
                    .map(|(key, value)| match key {
                        Property::Acls | Property::Rules | Property::Settings => {
                            format!("  {0} {{\n    default_action = {1}\n  }}\n", key.azurerm(), show(value))
                        }
                        _ => format!("  {} = {}\n", key.azurerm(), show(value)),
                    })
                    .collect();
                format!(
                    "resource \"{}\" \"{}\" {{\n{}{}{attributes}}}\n",
                    kind.azurerm(),
                    name.text(),
                    optional("count", condition),
                    optional("for_each", repeat),
                )
            }
            Declaration::Module { name, arguments, condition, repeat } => {
                let arguments: String = arguments
                    .iter()
                    .map(|(key, value)| format!("  {} = {}\n", key.text(), show(value)))
                    .collect();
                format!(
                    "module \"{}\" {{\n  source = \"./m\"\n{}{}{arguments}}}\n",
                    name.text(),
                    optional("count", condition),
                    optional("for_each", repeat),
                )
            }
        }
    }
}

/// An ARM template of the declarations.
fn arm(declarations: &[Declaration]) -> String {
    let mut sections = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
    for (number, declaration) in declarations.iter().enumerate() {
        match declaration {
            Declaration::Parameter { name, default, secure } => {
                let default = default
                    .as_ref()
                    .map_or_else(String::new, |value| format!(", \"defaultValue\": {}", value.json()));
                let kind = if *secure { "secureObject" } else { "object" };
                sections[0].push(format!("\"{}\": {{\"type\": \"{kind}\"{default}}}", name.text()));
            }
            Declaration::Variable { name, value } => {
                sections[1].push(format!("\"{}\": {}", name.text(), value.json()))
            }
            Declaration::Output { name, value } => {
                sections[3].push(format!(
                    "\"{}\": {{\"type\": \"object\", \"value\": {}}}",
                    name.text(),
                    value.json()
                ));
            }
            Declaration::Resource { name, kind, body, condition, repeat, .. } => {
                let properties: Vec<String> =
                    body.iter().map(|(key, value)| format!("\"{}\": {}", key.arm(), value.json())).collect();
                let mut text = format!(
                    "{{\"type\": \"{}\", \"apiVersion\": \"2023-01-01\", \"name\": \"{}{number}\"",
                    kind.arm(),
                    name.text()
                );
                if let Some(condition) = condition {
                    text.push_str(&format!(", \"condition\": {}", condition.json()));
                }
                if let Some(count) = repeat {
                    text.push_str(&format!(", \"copy\": {{\"name\": \"i\", \"count\": {}}}", count.json()));
                }
                text.push_str(&format!(", \"properties\": {{{}}}}}", properties.join(", ")));
                sections[2].push(text);
            }
            Declaration::Module { name, arguments, .. } => {
                let arguments: Vec<String> = arguments
                    .iter()
                    .map(|(key, value)| format!("\"{}\": {{\"value\": {}}}", key.text(), value.json()))
                    .collect();
                sections[2].push(format!(
                    "{{\"type\": \"Microsoft.Resources/deployments\", \"apiVersion\": \"2022-09-01\", \"name\": \"{}\", \"properties\": {{\"mode\": \"Incremental\", \
                     \"template\": \"[variables('a')]\", \"parameters\": {{{}}}}}}}",
                    name.text(),
                    arguments.join(", "),
                ));
            }
        }
    }
    format!(
        "{{\"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#\", \"contentVersion\": \"1.0.0.0\", \
         \"parameters\": {{{}}}, \"variables\": {{{}}}, \"resources\": [{}], \"outputs\": {{{}}}}}",
        sections[0].join(", "),
        sections[1].join(", "),
        sections[2].join(", "),
        sections[3].join(", "),
    )
}

impl Project {
    /// The files by their paths.
    pub fn files(&self) -> Vec<(&'static str, String)> {
        let write = |all: &[Declaration], one: fn(&Declaration, usize) -> String| -> String {
            all.iter().enumerate().take(64).map(|(number, declaration)| one(declaration, number)).collect()
        };
        let mut files = Vec::new();
        if !self.bicep.is_empty() {
            files.push(("main.bicep", write(&self.bicep, Declaration::bicep)));
            files.push(("module.bicep", write(&self.module, Declaration::bicep)));
        }
        if !self.terraform.is_empty() {
            files.push(("tf/main.tf", write(&self.terraform, Declaration::terraform)));
            files.push(("tf/m/main.tf", write(&self.module, Declaration::terraform)));
        }
        if !self.arm.is_empty() {
            files.push(("azuredeploy.json", arm(&self.arm)));
        }
        if let Some((which, text)) = &self.raw {
            const NAMES: [&str; 8] = [
                "main.bicepparam",
                "azuredeploy.parameters.json",
                "tf/terraform.tfvars",
                "tf/main.tf.json",
                "bicepconfig.json",
                "raw.bicep",
                "tf/raw.tf",
                "plan.json",
            ];
            files.push((NAMES[usize::from(*which) % NAMES.len()], text.clone()));
        }
        files
    }
}
