//! Laws for all policies together.

use proptest::prelude::*;
use proptest::sample::select;

use super::{ask, word};
use crate::evaluate::{GrantedPolicy, Permissions, evaluate};
use crate::request::{Context, Request};
use crate::testing::{
    ACTIONS, DocumentKind, REQUESTED, TARGETS, document, facts, policy, statement, statements,
};

proptest! {
    #[test]
    fn a_deny_of_everything_leaves_nothing(
        first in statements(DocumentKind::Identity),
        second in statements(DocumentKind::Identity),
        at in 0usize..5,
        side in 0usize..3,
        context in facts(),
        action in select(REQUESTED),
        resource in select(TARGETS),
    ) {
        let deny = serde_json::json!({"Effect": "Deny", "Action": "*", "Resource": "*"});
        let (mut identity, mut session) = (first.clone(), second.clone());
        let mut boundary = first;
        let target = [&mut identity, &mut boundary, &mut session].into_iter().nth(side).unwrap();
        target.insert(at.min(target.len()), deny);
        let identity = [GrantedPolicy::named("p", document(&identity))];
        let (boundary, session) = (document(&boundary), [document(&session)]);
        let permissions = Permissions { identity: &identity, boundary: Some(&boundary), session: &session, ..Permissions::default() };
        let decision = evaluate(&permissions, &Request {
            action: &crate::testing::action(action),
            resource: &crate::testing::resource(resource),
            context: &context,
        });
        prop_assert_eq!(word(&decision), "denied");
    }

    #[test]
    fn one_more_deny_never_allows(
        statements in statements(DocumentKind::Identity),
        deny in statement(DocumentKind::Identity),
        context in facts(),
        action in select(REQUESTED),
        resource in select(TARGETS),
    ) {
        let mut deny = deny;
        deny["Effect"] = "Deny".into();
        let without = [GrantedPolicy::named("p", document(&statements))];
        let with = [without[0].clone(), GrantedPolicy::named("d", document(&[deny]))];
        if ask(&with, action, resource, &context).is_allowed() {
            prop_assert!(ask(&without, action, resource, &context).is_allowed());
        }
    }

    #[test]
    fn the_order_of_statements_does_not_matter(
        (statements, shuffled) in statements(DocumentKind::Identity).prop_flat_map(|s| (Just(s.clone()), Just(s).prop_shuffle())),
        context in facts(),
        action in select(REQUESTED),
        resource in select(TARGETS),
    ) {
        let [a, b] = [statements, shuffled].map(|s| [GrantedPolicy::named("p", document(&s))]);
        prop_assert_eq!(word(&ask(&a, action, resource, &context)), word(&ask(&b, action, resource, &context)));
    }

    #[test]
    fn an_action_and_its_exception_share_no_request(
        action in select(ACTIONS),
        requested in select(REQUESTED),
    ) {
        let only = policy(&format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"*"}}"#));
        let except = policy(&format!(r#"{{"Effect":"Allow","NotAction":"{action}","Resource":"*"}}"#));
        let [only, except] = [only, except].map(|policy| {
            ask(&[GrantedPolicy::named("p", policy)], requested, "*", &Context::new()).is_allowed()
        });
        prop_assert_ne!(only, except);
    }
}
