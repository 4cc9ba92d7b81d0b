//! Rules: their format, conditions and checks.
