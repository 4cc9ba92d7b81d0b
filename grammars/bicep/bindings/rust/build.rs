//! Compiles the committed parser. It is optimised in every profile: a parser without optimisation is
//! ten times slower, and nobody steps through generated tables.

use std::path::Path;

fn main() {
    let src = Path::new("src");
    let parser = src.join("parser.c");
    cc::Build::new()
        .std("c11")
        .include(src)
        .opt_level(2)
        .flag_if_supported("-Wno-unused-parameter")
        .flag_if_supported("-Wno-unused-but-set-variable")
        .file(&parser)
        .compile("tree-sitter-bicep-leftward");
    println!("cargo:rerun-if-changed={}", parser.display());
}
