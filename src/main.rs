//! The thin binary: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    segue::runtime::leave_no_core();
    segue::runtime::install_hook();
    segue::cli::run(std::env::args_os())
}
