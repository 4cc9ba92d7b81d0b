//! Files of the module, templates, and paths.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use globset::GlobBuilder;

use super::super::evaluator::Evaluator;
use super::super::operators::{is_unknown, unknown_from};
use super::super::{FileError, Files, Scope};
use super::hashes::Hash;
use super::{Failure, Function, Invocation, Needs, Parameter, any, string, text};
use crate::source::{Diagnostic, Span};
use crate::terraform::syntax;
use crate::value::{Array, Collection, Facts, Kind, Object, Reason, ReasonKind, Unknown, Value, ValueType};

const PATH: &[Parameter] = &[string("path")];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("abspath", PATH, ValueType::String, abspath),
    Function::new("basename", PATH, ValueType::String, |_, values| {
        Ok(Value::string(basename(text(values, 0)?)))
    }),
    Function::new("dirname", PATH, ValueType::String, |_, values| {
        Ok(Value::string(dirname(text(values, 0)?)))
    }),
    Function::new("file", PATH, ValueType::String, |invocation, values| {
        let path = in_module(text(values, 0)?)?;
        let (_, text) = invocation.evaluator.scope.files().text(path).map_err(failure)?;
        Ok(Value::string(text))
    }),
    Function::new("filebase64", PATH, ValueType::String, |invocation, values| {
        Ok(Value::string(STANDARD.encode(bytes(invocation, values)?)))
    }),
    Function::new("filebase64sha256", PATH, ValueType::String, |i, values| {
        hashed(i, values, Hash::Base64Sha256)
    }),
    Function::new("filebase64sha512", PATH, ValueType::String, |i, values| {
        hashed(i, values, Hash::Base64Sha512)
    }),
    Function::new("fileexists", PATH, ValueType::Bool, |invocation, values| {
        match invocation.evaluator.scope.files().bytes(in_module(text(values, 0)?)?) {
            Ok(_) => Ok(Value::bool(true)),
            Err(FileError::Missing(_)) => Ok(Value::bool(false)),
            Err(error) => Err(failure(error)),
        }
    }),
    Function::new("filemd5", PATH, ValueType::String, |i, values| hashed(i, values, Hash::Md5)),
    Function::new("fileset", &[string("path"), string("pattern")], ValueType::Array, fileset),
    Function::new("filesha1", PATH, ValueType::String, |i, values| hashed(i, values, Hash::Sha1)),
    Function::new("filesha256", PATH, ValueType::String, |i, values| hashed(i, values, Hash::Sha256)),
    Function::new("filesha512", PATH, ValueType::String, |i, values| hashed(i, values, Hash::Sha512)),
    Function::new("pathexpand", PATH, ValueType::String, |_, values| {
        let path = text(values, 0)?;
        if path.starts_with('~') { Err(machine("pathexpand")) } else { Ok(Value::string(path)) }
    }),
    Function::new("templatefile", &[string("path"), any("vars")], ValueType::Any, templatefile)
        .needs(Needs::Nothing),
    Function::new("templatestring", &[string("template"), any("vars")], ValueType::Any, templatestring)
        .needs(Needs::Nothing),
];

/// A missing or wrong file is a mistake; one that is not read is not known.
fn failure(error: FileError) -> Failure {
    match error {
        FileError::NotRead { .. } => {
            Failure::Value(Value::unknown(Reason::new(ReasonKind::File, error.to_string())))
        }
        mistake => mistake.to_string().into(),
    }
}

fn machine(function: &str) -> Failure {
    let reason =
        Reason::new(ReasonKind::Environment, format!("{function}() depends on the machine that deploys"));
    Failure::Value(Value::unknown(reason))
}

/// Hangs on where Terraform is run; in the folder itself it is `path.cwd`.
fn abspath(_: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let path = text(values, 0)?;
    let normal = crate::source::normalize(path.into());
    if normal.is_absolute() {
        return Ok(Value::string(normal.as_str()));
    }
    let identity = if normal == "." { "path.cwd".to_owned() } else { format!("path.cwd/{normal}") };
    let reason = Reason::new(ReasonKind::Environment, "abspath() depends on the machine that deploys");
    let facts = Facts { not_null: true, ..Facts::default() };
    let unknown = Unknown::new(reason).with_type(ValueType::String).with_facts(facts).with_identity(identity);
    Ok(Value::new(Kind::Unknown(Arc::new(unknown))))
}

fn bytes(invocation: &Invocation<'_, '_>, values: &[Value]) -> Result<Arc<[u8]>, Failure> {
    invocation.evaluator.scope.files().bytes(in_module(text(values, 0)?)?).map_err(failure)
}

/// The path, unless it is in the home folder of whoever deploys.
fn in_module(path: &str) -> Result<&str, Failure> {
    if path.starts_with('~') {
        let reason =
            Reason::new(ReasonKind::File, format!("\"{path}\" is in the home folder of whoever deploys"));
        return Err(Failure::Value(Value::unknown(reason)));
    }
    Ok(path)
}

fn hashed(invocation: &Invocation<'_, '_>, values: &[Value], hash: Hash) -> Result<Value, Failure> {
    Ok(Value::string(hash.of(&bytes(invocation, values)?)))
}

/// Go's `filepath.Base`.
fn basename(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match (path.is_empty(), trimmed.is_empty()) {
        (true, _) => ".",
        (false, true) => "/",
        _ => trimmed.rsplit('/').next().unwrap_or(trimmed),
    }
}

/// Go's `filepath.Dir`.
fn dirname(path: &str) -> String {
    let Some(end) = path.rfind('/') else { return ".".to_owned() };
    let parent = path.get(..end).unwrap_or("");
    if parent.is_empty() {
        return "/".to_owned();
    }
    crate::source::normalize(parent.into()).into_string()
}

fn fileset(invocation: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    let (directory, pattern) = (text(values, 0)?, text(values, 1)?);
    // The pattern may begin with folders that go up or are named plainly.
    let glob = GlobBuilder::new(pattern.trim_start_matches("./"))
        .literal_separator(true)
        .backslash_escape(true)
        .build()
        .map_err(|error| format!("failed to glob pattern: {}", error.kind()))?
        .compile_matcher();
    let mut found = match invocation.evaluator.scope.files().list(directory) {
        Ok(found) => found,
        Err(FileError::Missing(_)) => Vec::new(),
        Err(error) => return Err(failure(error)),
    };
    found.retain(|path| glob.is_match(path));
    found.sort_unstable();
    let set: Array = found.into_iter().map(Value::string).collect();
    Ok(Value::array(Array { collection: Collection::Set, ..set }))
}

fn variables(values: &[Value]) -> Result<&Object, Failure> {
    values.get(1).and_then(Value::as_object).ok_or_else(|| "invalid vars value: must be a map".into())
}

fn templatefile(invocation: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    if values.iter().any(is_unknown) {
        return Ok(unknown_from(values, ValueType::String));
    }
    let (file, template) =
        invocation.evaluator.scope.files().text(in_module(text(values, 0)?)?).map_err(failure)?;
    let parsed = syntax::parse_template(file, &template);
    rendered(invocation, parsed, variables(values)?, values)
}

fn templatestring(invocation: &mut Invocation<'_, '_>, values: &[Value]) -> Result<Value, Failure> {
    if values.iter().any(is_unknown) {
        return Ok(unknown_from(values, ValueType::String));
    }
    let parsed = syntax::parse_template_at(invocation.span, text(values, 0)?);
    rendered(invocation, parsed, variables(values)?, values)
}

/// A template's value with its own names.
fn rendered(
    invocation: &mut Invocation<'_, '_>,
    template: syntax::Standalone,
    variables: &Object,
    values: &[Value],
) -> Result<Value, Failure> {
    let evaluator = &mut *invocation.evaluator;
    if evaluator.in_template {
        return Err(
            "cannot recursively call templatefile or templatestring from inside another template".into()
        );
    }
    if let Some(diagnostic) = template.diagnostics.first() {
        return Err(Failure::Message(diagnostic.message.to_string()));
    }
    let scope = TemplateScope { variables, outer: evaluator.scope, quiet: evaluator.quiet > 0 };
    let mut inner = Evaluator::new(&template.expressions, &scope);
    inner.in_template = true;
    let value = inner.evaluate(template.root);
    evaluator.errors += inner.errors;
    // Where a template's parts were written says little to who reads a finding: the call is the place.
    Ok(Value { origin: crate::value::Origin::at(invocation.span), ..value }
        .tainted(values.iter().any(Value::has_secret)))
}

/// The names of a template: its variables only.
struct TemplateScope<'a> {
    variables: &'a Object,
    outer: &'a dyn Scope,
    quiet: bool,
}

impl Scope for TemplateScope<'_> {
    fn resolve(&self, path: &[&str], _: Span) -> Option<(Value, usize)> {
        let member = self.variables.get_exact(path.first()?)?;
        Some((member.value.clone(), 1))
    }

    fn files(&self) -> &dyn Files {
        self.outer.files()
    }

    fn report(&self, diagnostic: Diagnostic) {
        if !self.quiet {
            self.outer.report(diagnostic);
        }
    }
}
