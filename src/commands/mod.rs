//! One file a subcommand: what the command line offers, and the exit codes.
//!
//! | code | meaning |
//! | --- | --- |
//! | 0 | nothing at or above `--fail-on` |
//! | 1 | findings at or above it |
//! | 2 | wrong usage or configuration |
//! | 3 | some input could not be read or parsed; with `--fail-on incomplete` also unresolved modules |

mod access;
mod arguments;
mod baseline;
mod defender;
mod diff;
mod explain;
mod exposure;
mod framework;
mod init;
mod judge;
mod model;
mod origin;
mod output;
mod rule;
mod rules;
mod scan;
mod score;
mod settings;
mod shell;
mod suppressions;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, BaselineCommand, Command, RuleCommand};

/// Nothing to complain of.
const CLEAN: u8 = 0;
/// Findings at or above `--fail-on`.
const FINDINGS: u8 = 1;
/// Wrong usage or configuration.
const USAGE: u8 = 2;
/// Some input was not read or parsed.
const INCOMPLETE: u8 = 3;

/// Runs the command line and returns the exit code. Errors of usage are told on standard error.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // clap's own exit code for help and version is 0.
            let code = if error.use_stderr() { USAGE } else { CLEAN };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let result = match arguments.command {
        None => scan::run(&arguments.scan),
        Some(Command::Scan(scan)) => scan::run(&scan),
        Some(Command::Model(model)) => model::run(&model),
        Some(Command::Access(access)) => access::run(&access),
        Some(Command::Defender(defender)) => defender::run(&defender),
        Some(Command::Score(score)) => score::run(&score),
        Some(Command::Rules(rules)) => rules::run(&rules),
        Some(Command::Rule(RuleCommand::Test(test))) => rule::test(&test),
        Some(Command::Explain(explain)) => explain::run(&explain),
        Some(Command::Suppressions(list)) => suppressions::run(&list),
        Some(Command::Baseline(BaselineCommand::Write(write))) => {
            baseline::write(&write.common, write.accept_new)
        }
        Some(Command::Baseline(BaselineCommand::Check(check))) => baseline::check(&check),
        Some(Command::Completions { shell }) => shell::completions(shell),
        Some(Command::Man { folder }) => shell::man(folder.as_deref()),
        Some(Command::Init(init)) => init::run(&init),
        Some(Command::Exposure(exposure)) => exposure::run(&exposure),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) if output::is_closed_pipe(&error) => ExitCode::from(CLEAN),
        Err(error) => {
            output::complain(&error);
            ExitCode::from(USAGE)
        }
    }
}
