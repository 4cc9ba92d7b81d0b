//! Compiles the rules, the mapping tables and other data into static tables, so that nothing is parsed when leftward starts.

#[path = "build/data.rs"]
mod data;
#[path = "build/mappings.rs"]
mod mappings;
#[path = "build/rules.rs"]
mod rules;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let Some(out_dir) = std::env::var_os("OUT_DIR") else {
        println!("cargo::error=cargo gave no OUT_DIR");
        return;
    };
    let out_dir = std::path::Path::new(&out_dir);
    mappings::compile(out_dir);
    data::compile(out_dir);
    rules::compile(out_dir);
}
