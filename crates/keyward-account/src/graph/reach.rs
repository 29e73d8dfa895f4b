//! The edges: memberships, and who may assume which role by the policies of both sides. What
//! depends on the request, such as its address, counts as allowed: a picture of reach must show
//! too much rather than too little.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use keyward_core::id::{AccountId, GroupName, PrincipalArn, RoleArn, RoleName, UserName};
use keyward_iam::model::{Account, Gathered, Tags, User};
use keyward_iam::{Caller, Context, Mfa, Ruleset};

use super::fold::fold;
use super::{Column, Edge, EdgeKind, Graph, Node};
use crate::outsiders::{Bearers, Outsider, bearers, entries};
use crate::prove::{RoleTags, earliest, set_role_tags, set_time};

/// The ways in which a role can be assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Access {
    /// Not at all.
    None,
    /// With MFA only.
    WithMfa,
    /// Without MFA too.
    WithoutMfa,
}

/// The graph of one account.
#[must_use]
pub fn graph(account: &Account) -> Graph {
    graph_of(&[account])
}

/// The graph of accounts that belong together: users may assume roles of another account.
#[must_use]
pub fn graph_of(accounts: &[&Account]) -> Graph {
    let targets = targets(accounts);
    let mut drawing = Drawing::default();
    for account in accounts {
        drawing.people(account, &targets);
    }
    drawing.roles(accounts, &targets);
    fold(drawing.graph)
}

/// The roles of several accounts that a user of one of them can get to by any path, each with
/// the account that holds it.
#[must_use]
pub fn roles_in_reach_across(
    accounts: &[&Account],
    home: &Account,
    user: &User,
) -> BTreeSet<(AccountId, RoleName)> {
    let targets = targets(accounts);
    let mut reached: BTreeSet<usize> = BTreeSet::new();
    let mut open = allowed(&user_reach(home, user, &targets));
    while let Some(at) = open.pop() {
        if reached.insert(at) {
            open.extend(allowed(&role_reach(&targets[at], &targets)));
        }
    }
    let held = reached.into_iter().map(|at| {
        let Target { account, role, .. } = &targets[at];
        (account.id.clone(), role.name.clone())
    });
    held.collect()
}

fn allowed(reach: &[Access]) -> Vec<usize> {
    let reach = reach.iter().enumerate();
    reach
        .filter(|(_, access)| **access != Access::None)
        .map(|(at, _)| at)
        .collect()
}

/// A role with the account that holds it.
struct Target<'a> {
    account: &'a Account,
    arn: RoleArn,
    role: &'a keyward_iam::model::Role,
    tags: RoleTags,
}

fn targets<'a>(accounts: &[&'a Account]) -> Vec<Target<'a>> {
    let roles = accounts.iter().flat_map(|account| {
        let tags = RoleTags::of(account);
        account.roles.values().map(move |role| Target {
            account,
            arn: account.role_arn(role),
            role,
            tags,
        })
    });
    roles.collect()
}

/// How many subjects of tokens a node names.
const SUBJECTS: usize = 3;

#[derive(Default)]
struct Drawing {
    graph: Graph,
    /// The boxes that may assume each role, by the number of the role among the targets.
    assumed: BTreeMap<usize, Vec<(usize, EdgeKind)>>,
}

impl Drawing {
    fn people(&mut self, account: &Account, targets: &[Target<'_>]) {
        let own: BTreeMap<&UserName, Vec<Access>> = account
            .users
            .values()
            .map(|user| (&user.name, user_reach(account, user, targets)))
            .collect();
        let mut groups: BTreeMap<&GroupName, (usize, Vec<Access>)> = BTreeMap::new();
        for name in account.groups.keys() {
            let members = account.users.values();
            let members: Vec<&Vec<Access>> = members
                .filter(|user| user.groups.contains(name))
                .map(|user| &own[&user.name])
                .collect();
            let reach = group_reach(account, name, &members, targets);
            let number = self.node(Column::Groups, name.as_str());
            self.assume(number, &reach);
            groups.insert(name, (number, reach));
        }
        for user in account.users.values() {
            let number = self.node(Column::Users, user.name.as_str());
            let mut rest = own[&user.name].clone();
            for (group, reach) in user.groups.iter().filter_map(|name| groups.get(name)) {
                self.edge(number, *group, EdgeKind::Member);
                for (own, of_group) in rest.iter_mut().zip(reach) {
                    if of_group >= own {
                        *own = Access::None;
                    }
                }
            }
            self.assume(number, &rest);
        }
    }

    fn roles(&mut self, accounts: &[&Account], targets: &[Target<'_>]) {
        let chains: Vec<Vec<Access>> = targets
            .iter()
            .map(|from| without_mfa(role_reach(from, targets)))
            .collect();
        let mut numbers = Vec::new();
        for (at, target) in targets.iter().enumerate() {
            let by_people = self.assumed.contains_key(&at);
            let by_roles = chains
                .iter()
                .enumerate()
                .any(|(from, reach)| from != at && reach[at] != Access::None);
            let column = match (by_people, by_roles) {
                (false, true) => Column::ChainedRoles,
                _ => Column::Roles,
            };
            let number = self.node(column, target.role.name.as_str());
            if target.role.trust.policy().is_none() {
                let lines = &mut self.graph.nodes[number].lines;
                lines.push("(its trust policy cannot be read)".to_owned());
            }
            numbers.push(number);
        }
        for (at, callers) in std::mem::take(&mut self.assumed) {
            for (caller, kind) in callers {
                self.edge(caller, numbers[at], kind);
            }
        }
        for (from, reach) in chains.iter().enumerate() {
            for (to, access) in reach.iter().enumerate().filter(|(to, _)| *to != from) {
                if let Some(kind) = access.edge() {
                    self.edge(numbers[from], numbers[to], kind);
                }
            }
        }
        self.outsiders(accounts, targets, &numbers);
        for account in accounts {
            let number = self.node(Column::Accounts, account.id.as_str());
            if let Some(alias) = &account.alias {
                let lines = &mut self.graph.nodes[number].lines;
                lines.push(alias.to_string());
            }
            let held = targets.iter().zip(&numbers);
            for (_, role) in held.filter(|(target, _)| target.account.id == account.id) {
                self.edge(*role, number, EdgeKind::InAccount);
            }
        }
    }

    /// The outsiders. A device that may be anyone's counts as no MFA. Machines whose tokens a condition
    /// narrows are beside them, because they have no MFA and need none.
    fn outsiders(&mut self, accounts: &[&Account], targets: &[Target<'_>], numbers: &[usize]) {
        let known: Vec<&AccountId> = accounts.iter().map(|account| &account.id).collect();
        let mut nodes: BTreeMap<Outsider, usize> = BTreeMap::new();
        let mut machines: BTreeMap<Bearers, usize> = BTreeMap::new();
        for (target, role) in targets.iter().zip(numbers) {
            let trust = target.role.trust.policy();
            let trust = trust.filter(|_| !target.role.is_aws_owned());
            let entries = trust.map_or_else(Vec::new, |trust| entries(trust, &known));
            let bearers = trust.map(|trust| bearers(trust, &entries));
            for bearer in bearers.into_iter().flatten() {
                let from = match machines.get(&bearer) {
                    Some(number) => *number,
                    None => self.machines(&bearer),
                };
                machines.insert(bearer, from);
                self.edge(from, *role, EdgeKind::ByToken);
            }
            for entry in entries {
                let label = entry.who.label();
                let from = *nodes
                    .entry(entry.who)
                    .or_insert_with(|| self.node(Column::Outsiders, &label));
                self.edge(from, *role, EdgeKind::WithoutMfa);
            }
        }
    }

    /// A node with some of the subjects.
    fn machines(&mut self, bearers: &Bearers) -> usize {
        let number = self.node(Column::Outsiders, &bearers.issuer);
        let lines = &mut self.graph.nodes[number].lines;
        let named = bearers.subjects.iter().take(SUBJECTS);
        lines.extend(named.cloned());
        match bearers.subjects.len() {
            0 => lines.push("(some of its tokens)".to_owned()),
            all if all > SUBJECTS => lines.push(format!("and {} more", all - SUBJECTS)),
            _ => {}
        }
        number
    }

    fn node(&mut self, column: Column, name: &str) -> usize {
        self.graph.nodes.push(Node {
            column,
            lines: vec![name.to_owned()],
        });
        self.graph.nodes.len() - 1
    }

    fn edge(&mut self, from: usize, to: usize, kind: EdgeKind) {
        self.graph.edges.push(Edge { from, to, kind });
    }

    fn assume(&mut self, caller: usize, reach: &[Access]) {
        for (at, access) in reach.iter().enumerate() {
            if let Some(kind) = access.edge() {
                self.assumed.entry(at).or_default().push((caller, kind));
            }
        }
    }
}

impl Access {
    fn edge(self) -> Option<EdgeKind> {
        match self {
            Self::None => None,
            Self::WithMfa => Some(EdgeKind::WithMfa),
            Self::WithoutMfa => Some(EdgeKind::WithoutMfa),
        }
    }
}

fn user_reach(account: &Account, user: &User, targets: &[Target<'_>]) -> Vec<Access> {
    let Ok(arn) = account.user_arn(user).parse::<PrincipalArn>() else {
        return vec![Access::None; targets.len()];
    };
    let caller = Caller {
        arn: &arn,
        role: None,
        account: &account.id,
    };
    let mut facts = facts(arn.as_str(), account, "User");
    set_tags(&mut facts, &user.tags);
    facts.remove_prefix("aws:PrincipalTag/");
    facts.set("aws:username", user.name.as_str());
    if let Some(id) = &user.id {
        facts.set("aws:userid", id.as_str());
    }
    let gathered = Gathered::of_user(account, user);
    let without = [Mfa::LongTermKey, Mfa::SessionWithout];
    reach(&gathered, &caller, &facts, &without, targets)
}

/// The access that a group grants: that of a user with this group alone, limited to what some member
/// can really assume. A deny from elsewhere, such as the guard, therefore counts.
fn group_reach(
    account: &Account,
    name: &GroupName,
    members: &[&Vec<Access>],
    targets: &[Target<'_>],
) -> Vec<Access> {
    let nobody: UserName = "keyward-member"
        .parse()
        .expect("the text is a name of a user");
    let mut alone = User::new(nobody);
    alone.groups.insert(name.clone());
    let mut given = user_reach(account, &alone, targets);
    if !members.is_empty() {
        for (at, access) in given.iter_mut().enumerate() {
            let indeed = members.iter().map(|reach| reach[at]).max();
            *access = (*access).min(indeed.unwrap_or(Access::None));
        }
    }
    given
}

/// The access of a role's session to each target.
fn role_reach(from: &Target<'_>, targets: &[Target<'_>]) -> Vec<Access> {
    let Target {
        account,
        arn,
        role,
        tags,
    } = from;
    let session = format!(
        "arn:{}:sts::{}:assumed-role/{}/session",
        account.partition, account.id, role.name
    );
    let Ok(session) = session.parse::<PrincipalArn>() else {
        return vec![Access::None; targets.len()];
    };
    let caller = Caller {
        arn: &session,
        role: Some(arn),
        account: &account.id,
    };
    let mut facts = facts(arn.as_str(), account, "AssumedRole");
    set_role_tags(&mut facts, account, role, *tags);
    let gathered = Gathered::of_role(account, role);
    // AWS does not say which of them a session of a role has, as in the proof.
    let without = [Mfa::LongTermKey, Mfa::SessionWithout];
    reach(&gathered, &caller, &facts, &without, targets)
}

/// What is left of the access of a session that never has MFA, as no session of a role has.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html>
fn without_mfa(mut reach: Vec<Access>) -> Vec<Access> {
    for access in &mut reach {
        if *access == Access::WithMfa {
            *access = Access::None;
        }
    }
    reach
}

/// The facts of every request of an identity; all others depend on the request.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
fn facts(arn: &str, account: &Account, kind: &str) -> Context {
    let mut context = Context::partial();
    context
        .set("aws:PrincipalArn", arn)
        .set("aws:PrincipalAccount", account.id.as_str())
        .set("aws:PrincipalType", kind);
    set_time(&mut context, earliest(Some(account)));
    context
}

fn set_tags(context: &mut Context, tags: &Tags) {
    for (key, value) in tags {
        context.set(&format!("aws:PrincipalTag/{key}"), value);
    }
}

fn reach(
    gathered: &Gathered<'_>,
    caller: &Caller<'_>,
    facts: &Context,
    without: &[Mfa],
    targets: &[Target<'_>],
) -> Vec<Access> {
    let permissions = gathered.permissions();
    let rules = Ruleset::new(&permissions);
    let may = |mfa: Mfa| -> Vec<bool> {
        let mut context = facts.clone();
        mfa.set_keys(&mut context);
        let bound = rules.bind(&context);
        let roles = bound.roles();
        let allowed = |target: &Target<'_>| {
            let trust = target.role.trust.policy();
            trust.is_some_and(|trust| roles.may_assume(&target.arn, trust, caller).is_allowed())
        };
        targets.iter().map(allowed).collect()
    };
    let age = Duration::ZERO;
    let with = may(Mfa::Session { age });
    let mut found: Vec<Access> = with
        .into_iter()
        .map(|allowed| match allowed {
            true => Access::WithMfa,
            false => Access::None,
        })
        .collect();
    for mfa in without {
        for (access, allowed) in found.iter_mut().zip(may(*mfa)) {
            if allowed {
                *access = Access::WithoutMfa;
            }
        }
    }
    found
}
