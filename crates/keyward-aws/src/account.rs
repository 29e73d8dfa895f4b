//! A whole account: read in a handful of calls, and changed one operation of a plan at a time. The
//! plan decides the order of operations; this module makes no choice.

mod apply;
mod audit;
mod change_set;
mod credentials;
mod details;
mod drift;
mod managed;
mod observe;
mod region;
mod stacks;

pub use apply::Applied;
pub use change_set::{
    ChangeSet, ChangeSetName, ChangeSetState, ExecutionToken, PlannedResource, StackEvent, StackId,
};
pub use drift::{DriftDetection, DriftDetectionId};
pub use region::LimitsError;
