//! Change sets of CloudFormation's stacks and the events that their execution leads to.

use std::fmt;

use keyward_account::stacks::Template;

/// The ARN of a stack, which stays valid after its deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackId(pub(super) String);

/// The name of a change set: `keyward-` and the beginning of the template's digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSetName(pub(super) String);

impl ChangeSetName {
    /// The change set that leads to this template.
    #[must_use]
    pub fn of(template: &Template) -> Self {
        let digest = template.digest();
        Self(format!("keyward-{}", &digest[..16]))
    }
}

/// Names one execution of a change set, so that its events are recognized.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionToken(pub(super) String);

impl ExecutionToken {
    /// The execution of a change set after the last event of its stack. AWS treats a second execution with
    /// the same token as a repetition, so the token contains the event.
    #[must_use]
    pub fn of(name: &ChangeSetName, last: Option<&StackEvent>) -> Self {
        const LONGEST: usize = 128;
        let event = last.map(|event| event.id.as_str()).unwrap_or_default();
        let event = event.chars().filter(char::is_ascii_alphanumeric);
        let token = name.0.chars().chain(['-']).chain(event);
        Self(token.take(LONGEST).collect())
    }
}

impl fmt::Display for ChangeSetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A change set as CloudFormation describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSet {
    /// Its progress.
    pub state: ChangeSetState,
    /// Its effect on resources.
    pub resources: Vec<PlannedResource>,
}

/// The progress of a change set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeSetState {
    /// CloudFormation is computing it.
    Pending,
    /// It can be executed.
    Ready,
    /// There is nothing to change.
    Empty,
    /// It cannot be computed. The text is CloudFormation's.
    Failed(String),
}

/// The effect of a change set on one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedResource {
    /// The logical id.
    pub id: String,
    /// Whether CloudFormation would delete the resource or certainly replace it.
    pub is_lost: bool,
}

/// An event of a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackEvent {
    /// Its id.
    pub id: String,
    /// The logical id of the resource; the stack's own name for the stack itself.
    pub resource: String,
    /// The type of the resource.
    pub kind: String,
    /// The status, such as `CREATE_COMPLETE`.
    pub status: String,
    /// The reason, if CloudFormation gives one.
    pub reason: Option<String>,
    /// The token of the request that led to it, if it had one.
    pub token: Option<String>,
}

impl StackEvent {
    /// Whether this execution led to the event.
    #[must_use]
    pub fn is_of(&self, execution: &ExecutionToken) -> bool {
        self.token.as_ref() == Some(&execution.0)
    }

    /// Whether the event is about the stack itself.
    #[must_use]
    pub fn is_of_stack(&self) -> bool {
        self.kind == "AWS::CloudFormation::Stack"
    }
}
