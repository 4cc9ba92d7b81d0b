//! The `leftward` program: parses its arguments, calls a command, and turns the result into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    leftward::commands::run(std::env::args_os())
}
