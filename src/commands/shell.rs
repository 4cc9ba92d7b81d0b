//! What a shell and `man` want to know of the command line.

use camino::Utf8Path;
use clap::CommandFactory;

use super::arguments::Arguments;
use super::{CLEAN, output};

/// Prints a shell's script of completions.
pub(super) fn completions(shell: clap_complete::Shell) -> anyhow::Result<u8> {
    // it writes at once and panics where it cannot
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "leftward", &mut script);
    output::deliver(None, |out| Ok(out.write_all(&script)?))?;
    Ok(CLEAN)
}

/// Prints the manual page, or writes one a command into a folder.
pub(super) fn man(folder: Option<&Utf8Path>) -> anyhow::Result<u8> {
    match folder {
        Some(folder) => {
            std::fs::create_dir_all(folder)?;
            clap_mangen::generate_to(Arguments::command(), folder)?;
        }
        None => {
            let page = clap_mangen::Man::new(Arguments::command());
            let mut text = Vec::new();
            page.render(&mut text)?;
            output::deliver(None, |out| Ok(out.write_all(&text)?))?;
        }
    }
    Ok(CLEAN)
}
