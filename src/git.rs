//! Reads a revision of a repository with the `git` command, without running anything that the repository names.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};
use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

use crate::source::MAX_FILE_SIZE;

/// Settings that keep git from running what the repository's configuration names: a monitor of files, hooks, a pager, and helpers
/// that fetch what is not there.
const SAFE: [&str; 8] = [
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "protocol.allow=never",
    "--no-pager",
    "--no-replace-objects",
];

/// Files that cannot be infrastructure code are only written where they are small: code may load their content.
const SMALL: u64 = 256 * 1024;
/// The most files that a revision may have.
const MAX_FILES: usize = 500_000;

/// A revision, written to a temporary folder.
pub struct Exported {
    folder: tempfile::TempDir,
    /// The root of the work tree. Canonical.
    pub top: Utf8PathBuf,
    /// The current folder, seen from the root.
    pub prefix: Utf8PathBuf,
    /// The commit.
    pub commit: String,
}

impl Exported {
    /// The folder that stands for the root of the work tree. Canonical.
    ///
    /// # Errors
    /// The temporary folder is gone or not UTF-8.
    pub fn root(&self) -> anyhow::Result<Utf8PathBuf> {
        let path = self.folder.path().canonicalize()?;
        Utf8PathBuf::from_path_buf(path).map_err(|path| anyhow::anyhow!("{} is not UTF-8", path.display()))
    }
}

fn git(arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command
        .args(SAFE)
        .args(arguments)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .stdin(Stdio::null());
    command
}

fn output(arguments: &[&str]) -> anyhow::Result<Vec<u8>> {
    let output = git(arguments).output().context("git cannot be started")?;
    if !output.status.success() {
        let told = String::from_utf8_lossy(&output.stderr);
        bail!("git {}: {}", arguments.first().unwrap_or(&""), told.lines().next().unwrap_or("failed").trim());
    }
    Ok(output.stdout)
}

fn line(arguments: &[&str]) -> anyhow::Result<String> {
    let text = String::from_utf8(output(arguments)?).context("git's answer is not UTF-8")?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

/// Writes the files of a revision to a temporary folder: from the blobs as they are, so that neither filters nor attributes have a part in it.
///
/// # Errors
/// There is no git, no repository or no such revision; a file cannot be written.
pub fn export(revision: &str) -> anyhow::Result<Exported> {
    let top = Utf8PathBuf::from(line(&["rev-parse", "--show-toplevel"])?).canonicalize_utf8()?;
    let prefix = Utf8PathBuf::from(line(&["rev-parse", "--show-prefix"])?);
    let wanted = format!("{revision}^{{commit}}");
    let commit = line(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])
        .with_context(|| format!("there is no revision '{revision}'"))?;
    let commit = commit.lines().last().unwrap_or_default().to_owned();
    ensure!(!commit.is_empty(), "there is no revision '{revision}'");
    let folder = tempfile::tempdir().context("a temporary folder cannot be made")?;
    let exported = Exported { folder, top, prefix, commit };
    let root = exported.root()?;
    let listing = output(&["ls-tree", "-r", "-z", "--full-tree", "--long", &exported.commit])?;
    write_blobs(&root, &entries(&listing)?)?;
    std::fs::create_dir_all(root.join(&exported.prefix))?;
    Ok(exported)
}

/// The object and path of each file that is wanted.
fn entries(listing: &[u8]) -> anyhow::Result<Vec<(String, Utf8PathBuf)>> {
    let mut wanted = Vec::new();
    for entry in listing.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()) {
        // a path that is not UTF-8 is not read in the work tree either
        let Some((head, path)) = std::str::from_utf8(entry).ok().and_then(|entry| entry.split_once('\t'))
        else {
            continue;
        };
        let words: Vec<&str> = head.split_whitespace().collect();
        let [mode, "blob", object, size] = words.as_slice() else { continue };
        let path = Utf8Path::new(path);
        // symbolic links are not written: they could lead anywhere
        let is_file = mode.starts_with("100");
        let size: u64 = size.parse().unwrap_or(u64::MAX);
        if is_file && is_plain(path) && size <= MAX_FILE_SIZE && (size <= SMALL || is_code(path)) {
            wanted.push(((*object).to_owned(), path.to_owned()));
        }
    }
    ensure!(wanted.len() <= MAX_FILES, "the revision has more than {MAX_FILES} files");
    Ok(wanted)
}

fn is_code(path: &Utf8Path) -> bool {
    let known = ["bicep", "bicepparam", "json", "jsonc", "tf", "tfvars", "tofu", "hcl"];
    path.extension().is_some_and(|extension| known.contains(&extension.to_ascii_lowercase().as_str()))
}

/// Whether a path stays below the folder that it is joined to.
fn is_plain(path: &Utf8Path) -> bool {
    path.components().all(|part| match part {
        Utf8Component::Normal(name) => !name.eq_ignore_ascii_case(".git") && !name.contains(['\\', ':']),
        _ => false,
    })
}

fn write_blobs(root: &Utf8Path, wanted: &[(String, Utf8PathBuf)]) -> anyhow::Result<()> {
    let mut child = git(&["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("git cannot be started")?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        bail!("git cat-file has no input or output");
    };
    let result = std::thread::scope(|scope| {
        // asked for by a thread of its own: both pipes are short
        scope.spawn(move || {
            let asked = wanted.iter().try_for_each(|(object, _)| writeln!(input, "{object}"));
            drop(input);
            asked
        });
        let mut output = BufReader::new(output);
        wanted.iter().try_for_each(|(object, path)| write_blob(root, object, path, &mut output))
    });
    if result.is_err() {
        let _ = child.kill();
    }
    let status = child.wait()?;
    result?;
    ensure!(status.success(), "git cat-file failed");
    Ok(())
}

fn write_blob(
    root: &Utf8Path,
    object: &str,
    path: &Utf8Path,
    output: &mut impl BufRead,
) -> anyhow::Result<()> {
    let mut head = String::new();
    output.read_line(&mut head)?;
    let size: u64 = match head.split_whitespace().collect::<Vec<_>>().as_slice() {
        [_, "blob", size] => size.parse()?,
        _ => bail!("{path}: the object {object} is not there; fetch the whole history"),
    };
    let mut content = Vec::new();
    output.by_ref().take(size).read_to_end(&mut content)?;
    let mut end = [0];
    output.read_exact(&mut end)?;
    ensure!(content.len() as u64 == size, "{path}: git gave less than it said");
    let path = root.join(path);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(&path, content).with_context(|| format!("{path} cannot be written"))
}
