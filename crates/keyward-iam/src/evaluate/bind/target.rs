//! The possible resources of an action: the resource types that AWS documents for it, as sets of
//! ARNs.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use keyward_core::id::AccountId;

use super::arn_set::{Among, ArnSet};
use super::resources::Resources as OfStatement;
use crate::catalogue::{AccessLevel, ActionEntry, ArnFormat, Catalogue, Necessity, Resources};
use crate::evaluate::elsewhere::asks_no_owner;
use crate::language::{Glob, Placeholder, Statement};
use crate::request::{Context, Resource};

/// The number of digits of an account id.
///
/// Source: <https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html>
const ID_LENGTH: usize = 12;

/// The accounts whose resources count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Those of one account. An ARN that names no account, such as a bucket's, counts, and so
    /// do a role of any account for `sts:AssumeRole` and what an organization's administrators
    /// reach in its accounts.
    Account(&'a AccountId),
    /// Those of every account.
    Everywhere,
    /// Those that AWS itself owns, with this text in place of an account: nothing, as in
    /// `arn:aws:ssm:us-east-1::parameter/aws/service/…`, or `aws`, as in
    /// `arn:aws:iam::aws:policy/…`.
    Amazon(&'a str),
}

/// The resources of every action of a catalogue. Formats are compiled when a policy first needs
/// them, and kept; most questions need none.
#[derive(Debug)]
pub struct Targets<'c> {
    catalogue: &'c Catalogue,
    partition: Box<str>,
    account: Option<Box<str>>,
    formats: RwLock<HashMap<(&'c str, Owner), Arc<ArnSet>>>,
    unspecified: Arc<ArnSet>,
    anything: Arc<ArnSet>,
}

/// The accounts whose resources a compiled format includes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Owner {
    /// Those of the scope.
    Scope,
    /// Those of every account.
    Anyone,
    /// Those that AWS itself owns, with this text in place of an account.
    Amazon(&'static str),
}

impl<'c> Targets<'c> {
    /// The resources of a catalogue's actions in a partition such as `aws`.
    #[must_use]
    pub fn new(catalogue: &'c Catalogue, partition: &str, scope: Scope<'_>) -> Self {
        Self {
            catalogue,
            partition: partition.into(),
            account: match scope {
                Scope::Account(account) => Some(account.as_str().into()),
                Scope::Amazon(text) => Some(text.into()),
                Scope::Everywhere => None,
            },
            formats: RwLock::default(),
            unspecified: Arc::new(ArnSet::one("*")),
            anything: Arc::new(ArnSet::everything()),
        }
    }

    /// Whether a statement names a resource that an action takes. Without one, the statement
    /// never applies to the action. If the catalogue does not say what an action takes, the
    /// answer is yes.
    #[must_use]
    pub fn are_named_by(
        &self,
        statement: &Statement,
        action: ActionEntry<'c>,
        context: &Context,
    ) -> bool {
        match OfStatement::new(statement.resources(), context) {
            OfStatement::All => true,
            OfStatement::Only(sets) => self.of(action).iter().any(|target| {
                let parts = target.parts();
                parts
                    .iter()
                    .any(|part| sets.iter().any(|set| part.meets(set)))
            }),
            OfStatement::Except(sets) => self.of(action).iter().any(|target| {
                let parts = target.parts();
                let certain = || sets.iter().filter(|set| set.is_exact());
                parts
                    .iter()
                    .any(|part| !certain().any(|set| set.glob.holds(&part.glob)))
            }),
        }
    }

    /// Whether a resource may be one that an action takes. If the catalogue does not say what it takes,
    /// the answer is yes.
    #[must_use]
    pub fn may_include(&self, action: ActionEntry<'c>, resource: &Resource) -> bool {
        let one = Glob::literal(resource.as_str());
        let targets = self.of(action);
        targets.iter().any(|target| target.with_colons.holds(&one))
    }

    /// Returns the possible resources of one action: its own resource types, `*` where a request
    /// may name no resource, and anything where the catalogue does not say.
    #[must_use]
    pub fn of(&self, action: ActionEntry<'c>) -> Vec<Arc<ArnSet>> {
        // A role of any account can be assumed, and organizations reach their accounts.
        //
        // Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-cross-account-resource-access.html>
        let owner = match (action.service(), action.name()) {
            ("sts", "AssumeRole") => Owner::Anyone,
            (service, name) if asks_no_owner(service, name) => Owner::Anyone,
            _ => Owner::Scope,
        };
        match action.resources() {
            Resources::Unknown => vec![Arc::clone(&self.anything)],
            Resources::Any => vec![Arc::clone(&self.unspecified)],
            Resources::Types(types) => {
                let mut targets = Vec::new();
                let mut required = false;
                for kind in types {
                    required |= kind.necessity() == Necessity::Required;
                    for format in kind.formats() {
                        targets.push(self.format(format, owner));
                        let own = self.account.as_ref().and(amazon(action, format));
                        targets.extend(own.map(|text| self.format(format, Owner::Amazon(text))));
                    }
                }
                if !required {
                    targets.push(Arc::clone(&self.unspecified));
                }
                targets
            }
        }
    }

    /// Those of an action's targets that a question is about.
    pub(super) fn among(&self, action: ActionEntry<'c>, among: Among<'_>) -> Vec<Arc<ArnSet>> {
        let mut targets = self.of(action);
        if !among.kinds.is_empty() {
            targets.retain(|target| among.kinds.iter().any(|kind| kind.holds(target)));
        }
        targets
    }

    fn format(&self, format: ArnFormat<'c>, owner: Owner) -> Arc<ArnSet> {
        let key = (format.as_str(), owner);
        let known = self.formats.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(compiled) = known.get(&key) {
            return Arc::clone(compiled);
        }
        drop(known);
        let account = match owner {
            Owner::Scope => self.account.as_deref(),
            Owner::Anyone => None,
            Owner::Amazon(text) => Some(text),
        };
        let compiled = Arc::new(ArnSet::format(key.0, |name| match name {
            "Partition" => Placeholder::Text(self.partition.to_string()),
            "Account" => account.map_or(Placeholder::Characters(ID_LENGTH), |account| {
                Placeholder::Text(account.to_owned())
            }),
            name if format.is_word(name) => Placeholder::Word,
            _ => Placeholder::Anything,
        }));
        let mut known = self.formats.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(key).or_insert(compiled))
    }

    /// The actions of each service.
    pub(super) fn services(
        &self,
    ) -> impl Iterator<Item = (&'c str, impl Iterator<Item = ActionEntry<'c>> + use<'c>)> + use<'c>
    {
        let catalogue = self.catalogue;
        catalogue
            .services()
            .map(move |prefix| (prefix, catalogue.actions_of(prefix)))
    }
}

/// The text in place of the account if AWS itself owns resources of this format that every
/// account may use: public parameters and documents, managed policies, public images.
///
/// Source: <https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-finding-public-parameters.html>
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html>
fn amazon(action: ActionEntry<'_>, format: ArnFormat<'_>) -> Option<&'static str> {
    let reads = matches!(action.level(), AccessLevel::List | AccessLevel::Read);
    match action.service() {
        "ssm" => Some(""),
        "imagebuilder" => Some("aws"),
        // No account can change the policies of AWS.
        "iam" if reads && format.as_str().contains(":policy/") => Some("aws"),
        _ => None,
    }
}
