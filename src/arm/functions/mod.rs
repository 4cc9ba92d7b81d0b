//! The function library that Bicep and ARM JSON share.
