//! A whole account: read in a handful of calls, and changed one operation of a plan at a time.
//! Which operation comes when is the plan's business; nothing is chosen here.

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
