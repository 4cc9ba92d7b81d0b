//! What the fuzz targets do with the bytes that they are given. `tests/fuzz_smoke.rs` runs the same functions with fixed seeds.

mod input;
mod targets;

pub use targets::*;
