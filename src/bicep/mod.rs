//! Bicep → template.
