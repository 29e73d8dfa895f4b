use std::cell::Cell;

use super::{Escalation, Escalations, Leads, Ways};

/// Asks about each role in this order, and returns the answers by role and the number of judgements.
fn ask(order: &[usize], passes: &dyn Fn(usize) -> Option<Vec<usize>>) -> (Vec<bool>, usize) {
    let escalations = Escalations::new(order.len());
    let judged = Cell::new(0);
    let mut answers = vec![false; order.len()];
    for _ in 0..3 {
        for &role in order {
            answers[role] = escalations.is_powerful(role, Ways::Sure, |at| {
                judged.set(judged.get() + 1);
                passes(at).map_or(Escalation::Powerful, |surely| {
                    let perhaps = Vec::new();
                    Escalation::Leads(Leads { surely, perhaps })
                })
            });
        }
    }
    (answers, judged.get())
}

#[test]
fn each_role_is_judged_once_however_many_may_pass_it() {
    const ROLES: usize = 60;
    let order: Vec<usize> = (0..ROLES).collect();
    let everyone = |_: usize| Some((0..ROLES).collect());
    assert_eq!(ask(&order, &everyone), (vec![false; ROLES], ROLES));
    let but_one = |role: usize| (role != 7).then(|| (0..ROLES).collect());
    assert_eq!(ask(&order, &but_one), (vec![true; ROLES], ROLES));
}

#[test]
fn the_order_of_questions_changes_no_answer() {
    // A cycle that leads on to a powerful role, one that does not, and a role that passes both.
    let passes = |role: usize| match role {
        0 => Some(vec![1]),
        1 => Some(vec![0, 2]),
        2 => None,
        3 => Some(vec![4]),
        4 => Some(vec![3]),
        _ => Some(vec![3, 0]),
    };
    let expected = vec![true, true, true, false, false, true];
    for start in 0..6 {
        let forward: Vec<usize> = (0..6).map(|at| (at + start) % 6).collect();
        let backward: Vec<usize> = forward.iter().rev().copied().collect();
        for order in [forward, backward] {
            assert_eq!(ask(&order, &passes).0, expected, "{order:?}");
        }
    }
}

#[test]
fn the_roles_of_a_service_are_found_once() {
    let escalations = Escalations::new(3);
    let found = Cell::new(0);
    for _ in 0..3 {
        for account in [0, 1] {
            let taken = escalations.taken(account, "lambda", || {
                found.set(found.get() + 1);
                [Some(account), None]
            });
            assert_eq!(taken, [Some(account), None]);
        }
    }
    assert_eq!(found.get(), 2);
}

#[test]
fn a_way_that_may_exist_counts_only_where_it_is_asked_for() {
    let escalations = Escalations::new(3);
    let judge = |role: usize| match role {
        0 => Escalation::Leads(Leads {
            surely: vec![1],
            perhaps: Vec::new(),
        }),
        1 => Escalation::Leads(Leads {
            surely: Vec::new(),
            perhaps: vec![2],
        }),
        _ => Escalation::Powerful,
    };
    for _ in 0..2 {
        assert!(!escalations.is_powerful(0, Ways::Sure, judge));
        assert!(escalations.is_powerful(0, Ways::All, judge));
    }
}
