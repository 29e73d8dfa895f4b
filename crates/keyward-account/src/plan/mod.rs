//! A plan: the steps from the account as it is to the account as it should be. Every choice is
//! in it; carrying it out adds none.

mod operation;
mod step;

pub use operation::{Operation, PrincipalName, UserCredential};
pub use step::{ChangeAction, Kind, Plan, Stage, Step};
