//! The plans of the templates, in an empty account of each.

use super::cases::{Case, shown};
use super::world::{empty, snapshot};
use crate::blueprint::Blueprint;
use crate::desired::render;
use crate::plan::simulate::{Simulation, after};
use crate::plan::{destroy, show::summary};
use crate::templates::Template;

fn cases(template: Template) -> Vec<Case> {
    let blueprint = Blueprint::parse(template.text()).unwrap();
    let desired = render(&blueprint).into_iter();
    desired
        .map(|desired| {
            let mut live = snapshot(empty());
            live.account.id = desired.account.id.clone();
            live.summary.clear();
            Case { desired, live }
        })
        .collect()
}

#[test]
fn the_plan_of_every_template_is_as_recorded() {
    for template in Template::ALL {
        let plans: Vec<String> = cases(template)
            .iter()
            .map(|case| {
                let plan = case.plan().unwrap();
                let account = &case.desired.account.id;
                format!("{account}\n{}\n{}\n", shown(&plan), summary(&plan))
            })
            .collect();
        insta::assert_snapshot!(format!("plan-{template}"), plans.join("\n"));
    }
}

#[test]
fn every_template_lives_its_life() {
    for template in Template::ALL {
        for case in cases(template) {
            let untouched = case.live.account.clone();
            assert!(!case.plan().unwrap().is_empty(), "{template}");
            let first = case.plan().unwrap();
            let promised = after(&case.live, &first);
            let mut case = case.apply();
            assert_eq!(promised.roles, case.live.account.roles, "{template}");
            let attached = promised
                .roles
                .values()
                .flat_map(|role| &role.grants.attached);
            for arn in attached {
                assert!(promised.policies.contains_key(arn), "{template}: {arn}");
            }
            case.check("");
            let end = destroy(&case.desired, &case.live).unwrap();
            let mut now = Simulation::new(&case.live);
            for operation in end.operations() {
                now.apply(operation).unwrap();
            }
            case.live = now.snapshot(&case.live);
            assert_eq!(case.live.account, untouched, "{template}");
        }
    }
}
