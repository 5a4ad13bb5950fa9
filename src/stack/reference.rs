//! The reference stack: the model as a complete endpoint.
