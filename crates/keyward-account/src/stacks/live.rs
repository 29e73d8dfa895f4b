//! Stacks as CloudFormation describes them.

use std::collections::BTreeMap;
use std::fmt;

use keyward_iam::model::Tags;

use super::{Effect, Template, removals};

/// A stack that exists.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveStack {
    /// Its status.
    pub status: StackStatus,
    /// The template. `None` if keyward cannot read it, or the stack has no template.
    pub template: Option<Template>,
    /// Its tags. One of them names the blueprint that made it.
    pub tags: Tags,
    /// Its outputs, such as the name of its bucket.
    pub outputs: BTreeMap<String, String>,
    /// Whether its resources were changed by hand, as of the last check.
    pub drift: Drift,
}

impl LiveStack {
    /// Whether it leaves resources in the account when it goes.
    #[must_use]
    pub fn leaves_something(&self) -> bool {
        let template = self.template.iter();
        let mut resources = template.flat_map(removals);
        resources.any(|resource| resource.effect == Effect::Retain)
    }

    /// The name of its bucket, from its outputs or else from its template.
    #[must_use]
    pub fn bucket(&self) -> Option<&str> {
        let told = self.outputs.get("BucketName").map(String::as_str);
        told.or_else(|| {
            let bucket = self.template.as_ref()?.resource("Bucket")?;
            bucket.get("Properties")?.get("BucketName")?.as_str()
        })
    }
}

/// The result of CloudFormation's last drift check, which it makes only on request.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drift {
    /// AWS did not check the stack, or the result is unknown.
    NotChecked,
    /// Every resource was as the template says.
    InSync,
    /// A resource was changed outside CloudFormation.
    Drifted,
}

/// A status of a stack, such as `CREATE_COMPLETE`.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackStatus(String);

/// The meaning of a status for a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StackPhase {
    /// CloudFormation is working on it.
    Busy,
    /// It holds what its template says, and can be updated.
    Deployed,
    /// Only a change set exists. Nothing was deployed, the stack has no tags yet, and another change
    /// set can create it.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html>
    Reviewed,
    /// Its creation or deletion failed, and it can only be deleted.
    Failed,
    /// An update failed and could not be undone. A person must decide.
    Stuck,
    /// It no longer exists.
    Gone,
}

impl StackStatus {
    /// The status that CloudFormation gives this name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its meaning for a plan. An unknown status counts as [`StackPhase::Stuck`].
    #[must_use]
    pub fn phase(&self) -> StackPhase {
        match self.as_str() {
            "REVIEW_IN_PROGRESS" => StackPhase::Reviewed,
            "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "CREATE_FAILED" | "DELETE_FAILED" => {
                StackPhase::Failed
            }
            "DELETE_COMPLETE" => StackPhase::Gone,
            "CREATE_COMPLETE"
            | "UPDATE_COMPLETE"
            | "UPDATE_ROLLBACK_COMPLETE"
            | "UPDATE_FAILED"
            | "IMPORT_COMPLETE"
            | "IMPORT_ROLLBACK_COMPLETE" => StackPhase::Deployed,
            name if name.ends_with("_IN_PROGRESS") => StackPhase::Busy,
            _ => StackPhase::Stuck,
        }
    }
}

impl fmt::Display for StackStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
