//! The stacks of all accounts and regions, with their change sets and events.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use keyward_core::Timestamp;
use keyward_core::id::AccountId;

use super::detection::Detection;
use super::template::{Change, Template};
use crate::call::Call;
use crate::failure::Failure;
use crate::random;

/// The number of Elastic IP addresses that a region of an account may have.
///
/// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-eips>
pub(crate) const ADDRESSES: usize = 5;

/// Whether CloudFormation works.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum StackPace {
    /// An operation ends at the next query.
    #[default]
    Working,
    /// An operation that was begun stays under way.
    Paused,
}

/// Everything that CloudFormation knows.
#[derive(Debug, Default)]
pub(crate) struct Stacks {
    stacks: Vec<Stack>,
    pub(crate) pace: StackPace,
    /// Buckets that stayed when their stack went.
    pub(super) retained: BTreeSet<String>,
}

/// The stack that a call names: a name in the caller's account and region, or an id.
#[derive(Debug, Clone)]
pub(super) struct Key {
    account: AccountId,
    region: String,
    text: String,
}

/// A stack, also one that was deleted.
#[derive(Debug)]
pub(super) struct Stack {
    account: AccountId,
    region: String,
    pub(super) name: String,
    pub(super) id: String,
    pub(super) created: Timestamp,
    pub(super) status: &'static str,
    pub(super) template: Option<Template>,
    /// The template that an update or creation under way leads to.
    pub(super) next: Option<Template>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) sets: BTreeMap<String, ChangeSet>,
    /// The resource that cannot be deleted, and why.
    pub(super) held: Option<(String, String)>,
    /// The last detection of drift.
    pub(super) detection: Option<Detection>,
    /// The token of the last request that changed the stack.
    pub(super) token: Option<String>,
    pub(super) events: Vec<Event>,
}

/// A change set.
#[derive(Debug, Clone)]
pub(super) struct ChangeSet {
    pub(super) template: Template,
    pub(super) tags: BTreeMap<String, String>,
    /// Whether it would change anything.
    pub(super) changes: Vec<Change>,
}

/// Something that happened to a stack or to one of its resources.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) at: Timestamp,
    pub(super) resource: String,
    pub(super) kind: String,
    pub(super) status: &'static str,
    pub(super) reason: Option<String>,
    pub(super) token: Option<String>,
}

impl Key {
    pub(super) fn of(call: &Call) -> Result<Self, Failure> {
        Ok(Self {
            account: call.caller.account.clone(),
            region: call.region.clone(),
            text: call.params.require("StackName")?.to_owned(),
        })
    }

    /// The ARN of a new stack with this name.
    pub(super) fn new_id(&self, unique: &str) -> String {
        let Self {
            account,
            region,
            text,
        } = self;
        match text.starts_with("arn:") {
            true => text.clone(),
            false => format!("arn:aws:cloudformation:{region}:{account}:stack/{text}/{unique}"),
        }
    }

    /// By its id a stack is found after its deletion too.
    fn names(&self, stack: &Stack) -> bool {
        let here = stack.account == self.account && stack.region == self.region;
        let by_name = stack.name == self.text && stack.status != "DELETE_COMPLETE";
        here && (by_name || stack.id == self.text)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Stacks {
    pub(super) fn all(&self) -> impl Iterator<Item = &Stack> {
        self.stacks.iter()
    }

    pub(super) fn find(&self, key: &Key) -> Option<&Stack> {
        self.stacks.iter().find(|stack| key.names(stack))
    }

    pub(super) fn find_mut(&mut self, key: &Key) -> Option<&mut Stack> {
        self.stacks.iter_mut().find(|stack| key.names(stack))
    }

    /// A new stack, which waits for its change set to be executed.
    pub(super) fn add(&mut self, key: &Key, now: Timestamp) -> &mut Stack {
        let mut stack = Stack {
            account: key.account.clone(),
            region: key.region.clone(),
            name: key.text.clone(),
            id: key.new_id(&random::request_id()),
            created: now,
            status: "REVIEW_IN_PROGRESS",
            template: None,
            next: None,
            tags: BTreeMap::new(),
            sets: BTreeMap::new(),
            held: None,
            detection: None,
            token: None,
            events: Vec::new(),
        };
        stack.note_stack("REVIEW_IN_PROGRESS", now);
        self.stacks.push(stack);
        self.stacks.last_mut().expect("it was added just now")
    }

    /// The Elastic IP addresses that the stacks of a region have allocated.
    pub(crate) fn addresses(&self, account: &AccountId, region: &str) -> usize {
        let stacks = self.stacks.iter();
        let here = stacks.filter(|it| it.account == *account && it.region == region);
        let templates = here.filter_map(|stack| stack.template.as_ref());
        templates.map(|it| it.count("AWS::EC2::EIP")).sum()
    }
}

impl Stack {
    /// Whether CloudFormation is working on it.
    pub(super) fn is_busy(&self) -> bool {
        self.status.ends_with("_IN_PROGRESS") && self.status != "REVIEW_IN_PROGRESS"
    }

    /// The account and region that it is in.
    pub(super) fn region(&self) -> (AccountId, String) {
        (self.account.clone(), self.region.clone())
    }

    /// Sets the status, and notes it.
    pub(super) fn note_stack(&mut self, status: &'static str, now: Timestamp) {
        self.status = status;
        let (name, kind) = (self.name.clone(), "AWS::CloudFormation::Stack".to_owned());
        self.note(name, kind, status, None, now);
    }

    /// Notes what happened to a resource.
    pub(super) fn note(
        &mut self,
        resource: String,
        kind: String,
        status: &'static str,
        reason: Option<String>,
        now: Timestamp,
    ) {
        self.events.push(Event {
            id: random::request_id(),
            at: now,
            resource,
            kind,
            status,
            reason,
            token: self.token.clone(),
        });
    }
}
