//! Reports: one file a format.

mod diagnostics;

pub use diagnostics::collect_diagnostics;
