//! Drift: manual changes to the resources of a stack, which CloudFormation detects on request.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackResourceDrift.html>

use std::fmt;

use super::StackPlace;

/// The drift of one stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackDrift {
    /// The stack.
    pub place: StackPlace,
    /// The resources that differ from the template; none if the stack is in sync.
    pub resources: Vec<ResourceDrift>,
}

/// A resource that differs from its template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceDrift {
    /// The logical id.
    pub id: String,
    /// The type, such as `AWS::EC2::Route`.
    pub kind: String,
    /// The manual change.
    pub change: DriftChange,
}

/// A manual change of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DriftChange {
    /// It was deleted.
    Deleted,
    /// These properties were changed.
    Modified(Vec<PropertyDrift>),
}

/// A property that differs from the template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PropertyDrift {
    /// The path, such as `/Tags/0/Value`.
    pub path: String,
    /// The value in the template; `None` if it has none.
    pub expected: Option<String>,
    /// The real value; `None` if it is absent.
    pub actual: Option<String>,
}

impl fmt::Display for PropertyDrift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            expected,
            actual,
        } = self;
        match (expected, actual) {
            (Some(expected), Some(actual)) => {
                write!(f, "`{path}` is {}, not {}", cut(actual), cut(expected))
            }
            (None, Some(actual)) => write!(f, "`{path}` is {}, not absent", cut(actual)),
            (Some(expected), None) => write!(f, "`{path}` is absent, not {}", cut(expected)),
            (None, None) => write!(f, "`{path}` differs"),
        }
    }
}

/// The longest text of a value that fits a line.
const SHOWN: usize = 60;

fn cut(value: &str) -> String {
    let mut shown: String = value.chars().take(SHOWN).collect();
    if shown.len() < value.len() {
        shown.push('…');
    }
    format!("`{shown}`")
}
