//! HCL and its JSON form → syntax with spans.
