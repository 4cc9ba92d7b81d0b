//! ARM JSON → template: spanned JSON, the expression grammar inside strings, parameter files.
