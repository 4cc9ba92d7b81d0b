//! The walk, and which files form which root.
