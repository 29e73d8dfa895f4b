//! Laws for every trust policy.

use proptest::prelude::*;

use super::{ALICE, ROOT, SESSION, STRANGER, role};
use crate::evaluate::{Decision, GrantedPolicy, Permissions, evaluate_assume_role};
use crate::request::Context;
use crate::testing::{DocumentKind, document, facts, statements};

proptest! {
    #[test]
    fn a_deny_on_either_side_leaves_nothing(
        mut trust in statements(DocumentKind::Trust),
        mut identity in statements(DocumentKind::Identity),
        at in 0usize..5,
        on_trust in any::<bool>(),
        context in facts(),
    ) {
        let mut deny = serde_json::json!({"Effect": "Deny", "Action": "*"});
        let side = if on_trust { &mut trust } else { &mut identity };
        deny[if on_trust { "Principal" } else { "Resource" }] = "*".into();
        side.insert(at.min(side.len()), deny);
        let identity = [GrantedPolicy::named("own", document(&identity))];
        let permissions = Permissions { identity: &identity, ..Permissions::default() };
        for caller in [ALICE, STRANGER, SESSION, ROOT] {
            let decision = caller.asks(|caller| {
                evaluate_assume_role(&document(&trust), &role(), caller, &permissions, &context)
            });
            let denied = matches!(decision, Decision::ExplicitlyDenied { .. });
            prop_assert!(denied, "{:?}", decision);
        }
    }

    #[test]
    fn the_order_of_trust_statements_does_not_matter(
        (trust, shuffled) in statements(DocumentKind::Trust).prop_flat_map(|s| (Just(s.clone()), Just(s).prop_shuffle())),
        identity in statements(DocumentKind::Identity),
        context in facts(),
    ) {
        let identity = [GrantedPolicy::named("own", document(&identity))];
        let permissions = Permissions { identity: &identity, ..Permissions::default() };
        for caller in [ALICE, STRANGER, SESSION] {
            let [a, b] = [&trust, &shuffled]
                .map(|trust| caller.asks(|caller| {
                    evaluate_assume_role(&document(trust), &role(), caller, &permissions, &context)
                }));
            prop_assert_eq!(std::mem::discriminant(&a), std::mem::discriminant(&b));
        }
    }

    #[test]
    fn a_role_in_another_account_needs_the_callers_own_policies(trust in statements(DocumentKind::Trust)) {
        let permissions = Permissions { identity: &[], ..Permissions::default() };
        let decision = STRANGER.asks(|caller| {
            evaluate_assume_role(&document(&trust), &role(), caller, &permissions, &Context::new())
        });
        prop_assert!(!decision.is_allowed());
    }
}
