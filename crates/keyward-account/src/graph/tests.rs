//! Graphs of accounts with paths that are easy to get wrong.

use keyward_iam::model::{Account, Document, Group, Role, User};
use keyward_iam::{Policy, PolicyKind};
use serde_json::json;

use super::draw::{dot, html, mermaid, svg};
use super::{Column, EdgeKind, Graph, graph, graph_of};
use crate::blueprint::Blueprint;
use crate::desired::render;
use crate::templates::Template;

fn trust(principal: &str) -> Document {
    let text = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "AWS": principal }, "Action": "sts:AssumeRole",
    }]});
    Policy::parse_as(PolicyKind::Trust, &text.to_string())
        .unwrap()
        .into()
}

fn may_assume(role: &str, condition: Option<serde_json::Value>) -> Document {
    let mut statement = json!({ "Effect": "Allow", "Action": "sts:AssumeRole",
        "Resource": format!("arn:aws:iam::123456789012:role/{role}") });
    if let Some(condition) = condition {
        statement["Condition"] = condition;
    }
    let text = json!({ "Version": "2012-10-17", "Statement": [statement] });
    text.to_string().parse::<Policy>().unwrap().into()
}

const ROOT: &str = "arn:aws:iam::123456789012:root";

/// alice and bob in `developers`, which may assume `First`; `First` may assume `Second`. bob has
/// a guard of his own.
fn world() -> Account {
    let mut account = Account::empty("123456789012".parse().unwrap());
    let mut group = Group::new("developers".parse().unwrap());
    let inline = &mut group.grants.inline;
    inline.insert("assume".parse().unwrap(), may_assume("First", None));
    account.groups.insert(group.name.clone(), group);
    for name in ["alice", "bob"] {
        let mut user = User::new(name.parse().unwrap());
        user.groups.insert("developers".parse().unwrap());
        account.users.insert(user.name.clone(), user);
    }
    let mut first = Role::new("First".parse().unwrap(), trust(ROOT));
    let inline = &mut first.grants.inline;
    inline.insert("chain".parse().unwrap(), may_assume("Second", None));
    account.roles.insert(first.name.clone(), first);
    let second = Role::new("Second".parse().unwrap(), trust(ROOT));
    account.roles.insert(second.name.clone(), second);
    account
}

fn edges(graph: &Graph) -> Vec<(&str, &str, EdgeKind)> {
    let name = |number: usize| graph.nodes[number].lines[0].as_str();
    let edges = graph.edges.iter();
    let mut edges: Vec<_> = edges.map(|e| (name(e.from), name(e.to), e.kind)).collect();
    edges.sort_unstable();
    edges
}

fn guard() -> Document {
    let text = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": { "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } },
    }]});
    text.to_string().parse::<Policy>().unwrap().into()
}

#[test]
fn a_chained_role_has_its_own_column() {
    let graph = graph(&world());
    let found = edges(&graph);
    assert!(found.contains(&("alice", "developers", EdgeKind::Member)));
    assert!(found.contains(&("developers", "First", EdgeKind::WithoutMfa)));
    assert!(found.contains(&("First", "Second", EdgeKind::WithoutMfa)));
    assert!(found.contains(&("Second", "123456789012", EdgeKind::InAccount)));
    let column = |name: &str| {
        graph
            .nodes
            .iter()
            .find(|n| n.lines[0] == name)
            .unwrap()
            .column
    };
    assert_eq!(column("First"), Column::Roles);
    assert_eq!(column("Second"), Column::ChainedRoles);
}

#[test]
fn the_guard_of_every_member_closes_the_path_without_mfa() {
    let mut account = world();
    for user in account.users.values_mut() {
        let inline = &mut user.grants.inline;
        inline.insert("guard".parse().unwrap(), guard());
    }
    let graph = graph(&account);
    assert!(edges(&graph).contains(&("developers", "First", EdgeKind::WithMfa)));
}

#[test]
fn a_path_of_the_users_own_is_an_edge_of_the_user() {
    let mut account = world();
    let carol = User::new("carol".parse().unwrap());
    let mut first = account.roles[&"First".parse().unwrap()].clone();
    first.trust = trust("arn:aws:iam::123456789012:user/carol");
    account.roles.insert(first.name.clone(), first);
    account.users.insert(carol.name.clone(), carol);
    let graph = graph(&account);
    let found = edges(&graph);
    assert!(found.contains(&("carol", "First", EdgeKind::WithoutMfa)));
    assert!(!found.contains(&("developers", "First", EdgeKind::WithoutMfa)));
}

#[test]
fn no_template_has_a_path_without_mfa() {
    for template in Template::ALL {
        let desired = render(&Blueprint::parse(template.text()).unwrap());
        let accounts: Vec<&Account> = desired.iter().map(|d| &d.account).collect();
        let graph = graph_of(&accounts);
        let found = edges(&graph);
        assert!(found.iter().any(|e| e.2 == EdgeKind::WithMfa), "{template}");
        let open: Vec<_> = found
            .iter()
            .filter(|e| e.2 == EdgeKind::WithoutMfa)
            .collect();
        assert!(open.is_empty(), "{template}: {open:?}");
    }
}

#[test]
fn every_user_group_and_role_is_in_every_format_even_where_users_are_folded() {
    let mut account = world();
    for number in 0..200 {
        let mut user = User::new(format!("person-{number}").parse().unwrap());
        user.groups.insert("developers".parse().unwrap());
        account.users.insert(user.name.clone(), user);
    }
    let graph = graph(&account);
    assert!(graph.nodes.len() < 8, "{}", graph.nodes.len());
    for text in [svg(&graph), html(&graph), dot(&graph), mermaid(&graph)] {
        for name in account.users.keys() {
            assert!(text.contains(name.as_str()), "{name}");
        }
        for name in ["developers", "First", "Second"] {
            assert!(text.contains(name), "{name}");
        }
    }
}

#[test]
fn every_name_is_escaped() {
    let mut graph = graph(&world());
    graph.nodes[0].lines[0] = "<a href=\"x\">&\\`'".to_owned();
    assert!(svg(&graph).contains("&lt;a href=&quot;x&quot;&gt;&amp;\\`&#39;"));
    assert!(!html(&graph).contains("<a href"));
    assert!(dot(&graph).contains("<a href=\\\"x\\\">&amp;\\\\`'"));
    assert!(!mermaid(&graph).contains("<a"));
}

#[test]
fn an_empty_account_is_one_box() {
    let account = Account::empty("123456789012".parse().unwrap());
    let graph = graph(&account);
    assert_eq!(graph.nodes.len(), 1);
    assert!(svg(&graph).contains("123456789012"));
}

#[test]
fn outsiders_have_an_edge() {
    let mut account = world();
    for (name, principal) in [("Open", "*"), ("Partner", "999999999999")] {
        let role = Role::new(name.parse().unwrap(), trust(principal));
        account.roles.insert(role.name.clone(), role);
    }
    let graph = graph(&account);
    let found = edges(&graph);
    assert!(found.contains(&("anyone", "Open", EdgeKind::WithoutMfa)));
    assert!(found.contains(&("account 999999999999", "Partner", EdgeKind::WithoutMfa)));
    assert!(
        !found
            .iter()
            .any(|edge| edge.0 == "anyone" && edge.1 == "First")
    );
}

#[test]
fn a_session_of_a_role_may_lack_the_key_about_mfa() {
    let mut account = world();
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "AWS": ROOT }, "Action": "sts:AssumeRole",
        "Condition": { "BoolIfExists": { "aws:MultiFactorAuthPresent": "true" } },
    }]});
    let second = account.roles.get_mut(&"Second".parse().unwrap()).unwrap();
    second.trust = Document::read(PolicyKind::Trust, &trust.to_string());
    let graph = graph(&account);
    assert!(edges(&graph).contains(&("First", "Second", EdgeKind::WithoutMfa)));
}

/// A session of a role never has MFA, so a trust policy that requires it admits none.
#[test]
fn a_role_that_asks_for_mfa_is_no_end_of_a_chain() {
    let mut account = world();
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "AWS": ROOT }, "Action": "sts:AssumeRole",
        "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "true" } },
    }]});
    let second = account.roles.get_mut(&"Second".parse().unwrap()).unwrap();
    second.trust = Document::read(PolicyKind::Trust, &trust.to_string());
    let graph = graph(&account);
    let found = edges(&graph);
    let chained = found
        .iter()
        .any(|edge| (edge.0, edge.1) == ("First", "Second"));
    assert!(!chained, "{found:?}");
    let column = graph.nodes.iter().find(|node| node.lines[0] == "Second");
    assert_eq!(column.unwrap().column, Column::Roles);
}

/// A workflow needs no MFA, so its edge does not count as a path without MFA.
#[test]
fn workflows_of_one_repository_have_an_edge_of_their_own() {
    let text = r#"
version = 1
[account]
id = "123456789012"
[roles.Deploy]
managed = ["ReadOnlyAccess"]
github = ["example/app:ref:refs/heads/main"]
"#;
    let desired = render(&Blueprint::parse(text).unwrap()).remove(0);
    let graph = graph(&desired.account);
    let issuer = "token.actions.githubusercontent.com";
    let found = edges(&graph);
    assert!(
        found.contains(&(issuer, "Deploy", EdgeKind::ByToken)),
        "{found:?}"
    );
    assert!(!found.iter().any(|edge| edge.2 == EdgeKind::WithoutMfa));
    for text in [svg(&graph), html(&graph), dot(&graph)] {
        assert!(
            text.contains("repo:example/app:ref:refs/heads/main"),
            "{text}"
        );
    }
    assert!(svg(&graph).contains("may assume, with such a token"));
    assert!(!svg(&super::graph(&world())).contains("with such a token"));
}
