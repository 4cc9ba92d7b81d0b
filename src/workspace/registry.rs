//! Registry references and the module cache on disk.
//!
//! The layout is the Bicep CLI's (`~/.bicep`): `br/<registry>/<repository>/<tag>$<mask>/main.json`, everything in lower case, `:` of the
//! registry and `/` of the repository written `$`; the mask has a bit for each upper-case letter of the tag.

use camino::{Utf8Path, Utf8PathBuf};
use jsonc_parser::JsonValue;

use super::ModuleFolder;

/// Where a registry reference lies in the module cache, or why it cannot be told.
pub(super) fn cached_path(
    cache: &Utf8Path,
    reference: &str,
    aliases: &Aliases,
) -> Result<Utf8PathBuf, String> {
    let (scheme, rest) = reference.split_once([':', '/']).ok_or_else(|| malformed(reference))?;
    let aliased = reference.as_bytes().get(scheme.len()) == Some(&b'/');
    match scheme {
        "br" => {
            let full = if aliased { aliases.expand_br(rest)? } else { rest.to_owned() };
            br_path(cache, &full).ok_or_else(|| malformed(reference))
        }
        "ts" => {
            let full = if aliased { aliases.expand_ts(rest)? } else { rest.to_owned() };
            ts_path(cache, &full).ok_or_else(|| malformed(reference))
        }
        _ => Err(malformed(reference)),
    }
}

fn malformed(reference: &str) -> String {
    format!(
        "'{reference}' is not a module reference: expected br:REGISTRY/PATH:TAG, br/ALIAS:PATH:TAG, ts:… or a relative path"
    )
}

/// The file that a reference means in a folder that stands for its registry: the reference's path below it, `main.bicep` or `main.json`.
/// `None` where the folder is for others or the reference leads out of it.
pub(super) fn path_in_folder(reference: &str, mapped: &ModuleFolder) -> Option<Utf8PathBuf> {
    let rest = reference.strip_prefix(mapped.prefix.as_str())?.strip_prefix([':', '/'])?;
    let path = rest
        .split_once('@')
        .map_or_else(|| rest.rsplit_once(':').map_or(rest, |(path, _)| path), |(path, _)| path);
    let inside = !path.is_empty() && path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    inside.then(|| mapped.folder.join(path))
}

/// Whether a module source is a registry reference rather than a path.
pub(super) fn is_registry_reference(source: &str) -> bool {
    ["br:", "br/", "ts:", "ts/"].iter().any(|scheme| source.starts_with(scheme))
}

fn br_path(cache: &Utf8Path, full: &str) -> Option<Utf8PathBuf> {
    let (registry, rest) = full.split_once('/')?;
    let version_folder;
    let repository;
    if let Some((path, digest)) = rest.split_once('@') {
        repository = path;
        version_folder = digest.replace(':', "#");
    } else {
        let (path, tag) = rest.rsplit_once(':')?;
        repository = path;
        version_folder = format!("{}${}", tag.to_ascii_lowercase(), case_mask(tag));
    }
    let parts = [registry, repository, &version_folder];
    if parts.iter().any(|part| part.is_empty() || part.contains("..")) {
        return None;
    }
    let registry = registry.to_ascii_lowercase().replace(':', "$");
    let repository = repository.to_ascii_lowercase().replace('/', "$");
    Some(cache.join("br").join(registry).join(repository).join(version_folder).join("main.json"))
}

fn ts_path(cache: &Utf8Path, full: &str) -> Option<Utf8PathBuf> {
    // SUBSCRIPTION/RESOURCE-GROUP/NAME:VERSION
    let (path, version) = full.rsplit_once(':')?;
    let segments: Vec<&str> = path.split('/').chain([version]).collect();
    if segments.len() != 4 || segments.iter().any(|segment| segment.is_empty() || *segment == "..") {
        return None;
    }
    let mut out = cache.join("ts");
    out.extend(segments.iter().map(|segment| segment.to_ascii_lowercase()));
    Some(out.join("main.json"))
}

/// The hex mask of a tag's upper-case letters, the first letter in the lowest bit; empty when there are none.
fn case_mask(tag: &str) -> String {
    let mask = tag
        .bytes()
        .enumerate()
        .filter(|(index, byte)| *index < 128 && byte.is_ascii_uppercase())
        .fold(0u128, |mask, (index, _)| mask | 1 << index);
    if mask == 0 { String::new() } else { format!("{mask:x}") }
}

/// What a `bicepconfig.json` says of modules: aliases, over the built-in one (`br/public`), and where restored ones lie.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    br: Vec<(String, String)>,
    ts: Vec<(String, String)>,
    /// Folders that stand for aliases (`moduleAliasesMock`), as written.
    folders: Vec<(String, String)>,
    /// `cacheRootDirectory`, as written.
    pub(super) cache_root: Option<String>,
}

impl Aliases {
    /// The folders that the configuration in `directory` lets stand for aliases.
    pub(super) fn folders(&self, directory: &Utf8Path) -> impl Iterator<Item = ModuleFolder> {
        self.folders
            .iter()
            .map(|(alias, path)| ModuleFolder { prefix: format!("br/{alias}"), folder: directory.join(path) })
    }

    /// Reads the aliases out of a `bicepconfig.json`; what is not understood there is left out.
    pub(super) fn parse(text: &str) -> Self {
        let mut aliases = Aliases::default();
        let Ok(Some(JsonValue::Object(config))) = jsonc_parser::parse_to_value(text, &Default::default())
        else {
            return aliases;
        };
        aliases.cache_root = config.get_string("cacheRootDirectory").map(ToString::to_string);
        if let Some(JsonValue::Object(kinds)) = config.get("moduleAliasesMock")
            && let Some(JsonValue::Object(entries)) = kinds.get("br")
        {
            for (name, entry) in entries.clone() {
                if let JsonValue::Object(entry) = entry
                    && let Some(path) = entry.get_string("mapToFilePath")
                {
                    aliases.folders.push((name.into_owned(), path.to_string()));
                }
            }
        }
        let Some(JsonValue::Object(kinds)) = config.get("moduleAliases") else { return aliases };
        if let Some(JsonValue::Object(entries)) = kinds.get("br") {
            for (name, entry) in entries.clone() {
                let JsonValue::Object(entry) = entry else { continue };
                if let Some(registry) = entry.get_string("registry") {
                    let path =
                        entry.get_string("modulePath").map(|path| format!("/{path}")).unwrap_or_default();
                    aliases.br.push((name.into_owned(), format!("{registry}{path}")));
                }
            }
        }
        if let Some(JsonValue::Object(entries)) = kinds.get("ts") {
            for (name, entry) in entries.clone() {
                let JsonValue::Object(entry) = entry else { continue };
                if let (Some(subscription), Some(group)) =
                    (entry.get_string("subscription"), entry.get_string("resourceGroup"))
                {
                    aliases.ts.push((name.into_owned(), format!("{subscription}/{group}")));
                }
            }
        }
        aliases
    }

    /// A reference with its alias written out: `br/public:x:1` → `br:mcr.microsoft.com/bicep/x:1`. As it is where the alias is not known.
    pub(super) fn expand(&self, reference: &str) -> String {
        let full = match reference.split_once('/') {
            Some(("br", rest)) => self.expand_br(rest).ok().map(|full| format!("br:{full}")),
            Some(("ts", rest)) => self.expand_ts(rest).ok().map(|full| format!("ts:{full}")),
            _ => None,
        };
        full.unwrap_or_else(|| reference.to_owned())
    }

    fn expand_br(&self, rest: &str) -> Result<String, String> {
        let (alias, path) = rest.split_once(':').ok_or_else(|| malformed(rest))?;
        let target = match self.br.iter().find(|(name, _)| name == alias) {
            Some((_, target)) => target.as_str(),
            None if alias == "public" => "mcr.microsoft.com/bicep",
            None => return Err(format!("the module alias 'br/{alias}' is not defined in bicepconfig.json")),
        };
        Ok(format!("{target}/{path}"))
    }

    fn expand_ts(&self, rest: &str) -> Result<String, String> {
        let (alias, path) = rest.split_once(':').ok_or_else(|| malformed(rest))?;
        let target = self
            .ts
            .iter()
            .find(|(name, _)| name == alias)
            .map(|(_, target)| target)
            .ok_or_else(|| format!("the module alias 'ts/{alias}' is not defined in bicepconfig.json"))?;
        Ok(format!("{target}/{path}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cached(reference: &str) -> Result<String, String> {
        let aliases = Aliases::parse(
            r#"{ // comment
              "moduleAliases": {"br": {"corp": {"registry": "Contoso.azurecr.io", "modulePath": "bicep/modules"}},
                                "ts": {"specs": {"subscription": "S", "resourceGroup": "RG"}}}}"#,
        );
        cached_path("c".into(), reference, &aliases).map(Utf8PathBuf::into_string)
    }

    #[test]
    fn references_lead_into_the_cache() {
        assert_eq!(
            cached("br/public:avm/res/key-vault/vault:0.9.0").unwrap(),
            "c/br/mcr.microsoft.com/bicep$avm$res$key-vault$vault/0.9.0$/main.json"
        );
        assert_eq!(cached("br:localhost:5000/a/B:V1").unwrap(), "c/br/localhost$5000/a$b/v1$1/main.json");
        assert_eq!(cached("br:r.io/a@sha256:ab12").unwrap(), "c/br/r.io/a/sha256#ab12/main.json");
        assert_eq!(
            cached("br/corp:net/vnet:v2").unwrap(),
            "c/br/contoso.azurecr.io/bicep$modules$net$vnet/v2$/main.json"
        );
        assert_eq!(cached("ts/specs:Web:1.0").unwrap(), "c/ts/s/rg/web/1.0/main.json");
    }

    #[test]
    fn a_folder_stands_for_a_registry() {
        let mapped = ModuleFolder { prefix: "br/public".into(), folder: "m".into() };
        let path = |reference: &str| path_in_folder(reference, &mapped).map(Utf8PathBuf::into_string);
        assert_eq!(path("br/public:avm/res/x:1.0").as_deref(), Some("m/avm/res/x"));
        assert_eq!(path("br/public:avm/res/x@sha256:00").as_deref(), Some("m/avm/res/x"));
        assert_eq!(path("br/publicity:avm/res/x:1.0"), None);
        assert_eq!(path("br/public:../x:1.0"), None);
        let config = r#"{"cacheRootDirectory": "cache", "moduleAliasesMock": {"br": {"public": {"mapToFilePath": "../m"}}}}"#;
        let config = Aliases::parse(config);
        assert_eq!(config.cache_root.as_deref(), Some("cache"));
        let folder = ModuleFolder { prefix: "br/public".into(), folder: "infra/../m".into() };
        assert_eq!(config.folders("infra".into()).collect::<Vec<_>>(), [folder]);
    }

    #[test]
    fn nothing_leads_out_of_the_cache() {
        assert!(cached("br:../x:1").is_err());
        assert!(cached("br:r.io/a@../../x").is_err());
        assert!(cached("ts:a/../b:1").is_err());
        assert!(cached("br/nobody:x:1").unwrap_err().contains("not defined"));
        assert!(cached("br").is_err());
    }
}
