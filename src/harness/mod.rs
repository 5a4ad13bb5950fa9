//! Run a scenario on a stack, and judge the trace.
