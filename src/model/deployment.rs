use std::sync::Arc;

use crate::source::{Diagnostic, FileId, Span};
use crate::value::Value;

use super::Resource;

/// What language a root is written in. Only reports show it; no rule asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Bicep.
    Bicep,
    /// An ARM JSON template.
    Arm,
    /// Terraform or OpenTofu configuration.
    Terraform,
    /// `terraform show -json`.
    TerraformPlan,
}

impl Language {
    /// The word used in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Language::Bicep => "bicep",
            Language::Arm => "arm",
            Language::Terraform => "terraform",
            Language::TerraformPlan => "terraform-plan",
        }
    }
}

/// The scope that a template is deployed to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scope {
    /// A resource group.
    #[default]
    ResourceGroup,
    /// A subscription.
    Subscription,
    /// A management group.
    ManagementGroup,
    /// The tenant.
    Tenant,
}

impl Scope {
    /// The word used in output and in `targetScope`.
    pub fn as_str(self) -> &'static str {
        match self {
            Scope::ResourceGroup => "resourceGroup",
            Scope::Subscription => "subscription",
            Scope::ManagementGroup => "managementGroup",
            Scope::Tenant => "tenant",
        }
    }

    /// The scope of that word.
    pub fn parse(text: &str) -> Option<Self> {
        [Scope::ResourceGroup, Scope::Subscription, Scope::ManagementGroup, Scope::Tenant]
            .into_iter()
            .find(|scope| scope.as_str().eq_ignore_ascii_case(text))
    }
}

/// An output of the root or of a module inside it.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its name.
    pub name: Arc<str>,
    /// Its value.
    pub value: Value,
    /// Whether it is declared secure (`@secure()`, `securestring`, `sensitive = true`): its value is then not stored in clear.
    pub secure: bool,
    /// The whole declaration.
    pub span: Span,
    /// The file's module path in the root: empty for the root's own outputs, else the address prefix (`net/`).
    pub module: Arc<str>,
}

/// A parameter (Terraform: variable) of the root or of a module inside it.
#[derive(Clone, Debug)]
pub struct ParameterInfo {
    /// Its name.
    pub name: Arc<str>,
    /// Whether it is declared secure.
    pub secure: bool,
    /// Its declared type in the language's words, if any.
    pub declared_type: Option<Arc<str>>,
    /// The default if there is one, evaluated.
    pub default: Option<Value>,
    /// The value that it has in this root.
    pub value: Value,
    /// The whole declaration.
    pub span: Span,
    /// As in [`Output::module`].
    pub module: Arc<str>,
}

/// A module call that could not be entered.
#[derive(Clone, Debug)]
pub struct AbsentModule {
    /// Its source as written: `Azure/caf-enterprise-scale/azurerm`, `br/public:avm/ptn/security/security-center:0.1.1`.
    pub source: Arc<str>,
    /// The call's header.
    pub header: Span,
    /// The arguments: an object.
    pub arguments: Value,
}

/// One root, evaluated: one deployment.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// The root file, or the root module's directory for Terraform, as reported.
    pub path: Arc<str>,
    /// The language.
    pub language: Language,
    /// The parameter file or variable file it was evaluated with.
    pub parameter_file: Option<Arc<str>>,
    /// The root's main file, for places without another (a Terraform directory's first file).
    pub file: Option<FileId>,
    /// What it is deployed to; `None` for Terraform.
    pub scope: Option<Scope>,
    /// The resources, in the order of their declaration.
    pub resources: Vec<Resource>,
    /// The outputs of the root and its modules.
    pub outputs: Vec<Output>,
    /// The parameters of the root and its modules.
    pub parameters: Vec<ParameterInfo>,
    /// What could not be read, understood or resolved in this root.
    pub diagnostics: Vec<Diagnostic>,
    /// Module calls whose source is not on disk.
    pub unresolved_modules: usize,
    /// The calls whose source is a registry or the like and not on disk: what they are given may tell what they would deploy.
    pub absent_modules: Vec<AbsentModule>,
    /// Terraform's types that no mapping knows, sorted: their resources are not checked but for written secrets.
    pub unmapped_types: Vec<Arc<str>>,
    /// Every file that this root was made of (modules, loaded content), for the summary and for changed-files modes.
    pub files: Vec<FileId>,
}
