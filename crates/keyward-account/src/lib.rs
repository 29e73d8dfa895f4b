//! The wanted state of an AWS account and the way there: a blueprint becomes the desired account,
//! the desired account and a snapshot of the real one become a plan. Pure: no I/O, no clock, no
//! environment; time and randomness are arguments.
//!
//! It judges nothing by itself: `keyward_iam` decides what a policy allows.

pub mod adopt;
pub mod audit;
pub mod blueprint;
pub mod departed;
pub mod desired;
pub mod export;
pub mod federation;
pub mod graph;
pub mod hand_out;
pub mod html;
pub mod leaver;
pub mod outsiders;
pub mod ownership;
pub mod plan;
pub mod prove;
pub mod revoke;
pub mod snapshot;
pub mod stacks;
pub mod templates;
