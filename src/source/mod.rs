//! Files, byte spans and positions.
//!
//! Every later stage speaks of places as [`Span`]s: a file and a byte range in its decoded text. Lines and
//! columns are worked out once, when something is reported.

mod diagnostic;
mod file;
mod span;
mod store;
mod visible;

pub use diagnostic::{Diagnostic, DiagnosticCode, Level};
pub use file::{Encoding, MAX_FILE_SIZE, Position, ReadError, SourceFile, decode};
pub use span::{FileId, Span};
pub use store::{Sources, normalize};
pub use visible::{Plain, steers, visible, visible_in_place};

#[cfg(test)]
mod tests;
