//! Evaluation of expressions with Terraform's types, conversions and functions.
