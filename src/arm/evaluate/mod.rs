//! Template + arguments → deployment.
