//! The evaluator against verdicts of an independent simulator of IAM.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of a test fails by panicking, like the test"
)]

mod case;
mod corpus;
