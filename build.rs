//! Compiles the rules and the mapping tables into static tables, so that nothing is parsed when leftward starts.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
