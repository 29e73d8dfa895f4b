//! Setting up an account: who signs the calls, carrying out a plan, and handing out the first
//! secrets. What should change is decided by `keyward_account`.

mod agreement;
mod blueprint_edit;
mod blueprint_file;
mod controls;
pub(crate) mod drift;
mod execute;
mod failure;
mod hand_over;
mod interrupt;
mod places;
mod planned;
mod proven;
mod recipients;
pub(crate) mod revocation;
pub(crate) mod saved;
mod settled;
mod sheet;
pub(crate) mod show;
mod signer;
mod stacks;
mod targets;

pub(crate) use agreement::{AccountCommand, agree};
pub(crate) use blueprint_edit::without_user;
pub(crate) use blueprint_file::BlueprintFile;
pub(crate) use controls::ControlArgs;
pub(crate) use execute::Execution;
pub(crate) use interrupt::Interrupt;
pub(crate) use places::Places;
pub(crate) use planned::{Goal, Planned, Ready, carry_out};
pub(crate) use proven::{Origin, Proven, read_details};
pub(crate) use revocation::Revocation;
pub(crate) use sheet::{Ciphertext, Format, Sheet};
pub(crate) use signer::Signer;
pub(crate) use targets::{Reached, Reading, Targets, Unreached};
