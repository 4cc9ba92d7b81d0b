use std::io::ErrorKind;

use anyhow::{Context, bail};
use camino::Utf8Path;

use super::arguments::InitArguments;
use super::{CLEAN, output};

const CONFIGURATION: &str = include_str!("init/leftward.yaml");
const PRE_COMMIT: &str = include_str!("init/pre-commit-config.yaml");
const GITHUB: &str = include_str!("init/github.yml");
const AZURE_PIPELINES: &str = include_str!("init/azure-pipelines.yml");

/// Writes a commented configuration, and what else is asked for. A file that is there is left alone.
pub(super) fn run(arguments: &InitArguments) -> anyhow::Result<u8> {
    let folder = &arguments.folder;
    let mut files = vec![("leftward.yaml", CONFIGURATION)];
    for (wanted, name, text) in [
        (arguments.pre_commit, ".pre-commit-config.yaml", PRE_COMMIT),
        (arguments.github, ".github/workflows/leftward.yml", GITHUB),
        (arguments.azure_pipelines, "azure-pipelines-leftward.yml", AZURE_PIPELINES),
    ] {
        if wanted {
            files.push((name, text));
        }
    }
    // nothing is written where one of them is there
    if let Some((name, _)) = files.iter().find(|(name, _)| folder.join(name).exists()) {
        bail!("{} is there already, and is left as it is; nothing was written", folder.join(name));
    }
    for (name, text) in &files {
        create(&folder.join(name), text)?;
    }
    output::deliver(None, |out| {
        for (name, _) in &files {
            writeln!(out, "wrote {}", folder.join(name))?;
        }
        Ok(())
    })?;
    Ok(CLEAN)
}

fn create(path: &Utf8Path, text: &str) -> anyhow::Result<()> {
    if let Some(parent) = path.parent().filter(|parent| !parent.as_str().is_empty()) {
        std::fs::create_dir_all(parent).with_context(|| format!("{parent} cannot be made"))?;
    }
    let mut options = std::fs::OpenOptions::new();
    match options.write(true).create_new(true).open(path) {
        Ok(mut file) => std::io::Write::write_all(&mut file, text.as_bytes())
            .with_context(|| format!("{path} cannot be written")),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => bail!("{path} is there already"),
        Err(error) => Err(error).with_context(|| format!("{path} cannot be written")),
    }
}
