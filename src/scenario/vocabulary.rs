//! The one place that holds the values and weights from which scenarios are made.
