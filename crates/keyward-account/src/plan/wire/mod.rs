//! Plans as JSON: the file of a saved plan, which is read back exactly, and the listing of
//! `plan --json`, which is only written. Neither holds a secret.

mod fields;
mod listing;
mod operation;
mod saved;

pub use listing::{AccountPlan, listing};
pub use saved::{PlanFileError, SavedBlueprint, SavedPlan, SavedPlans, is_saved, read, write};

#[cfg(test)]
mod tests;
