use super::*;
use crate::stacks::RegionLimits;

const TEXT: &str = r#"version = 1
[account]
id = "123456789012"
[users.alice]
groups = ["admins", "ops"]
[groups.admins]
[groups.ops]
[roles.Reader]
services = "ec2.amazonaws.com"
[policies.read]
document = { Effect = "Allow", Action = "s3:GetObject", Resource = "*" }
[oidc_providers."token.example.com"]
[vpc]
region = "eu-central-1"
nat = "per-zone"
zones = 3
[config]
region = "eu-central-1"
"#;

#[test]
fn a_problem_is_placed_where_the_blueprint_describes_its_subject() {
    let blueprint = Blueprint::parse(TEXT).unwrap();
    let check = |problem: PlanProblem, expect: Option<(usize, usize)>| {
        let at = problem.position(&blueprint);
        let at = at.map(|Position { line, column }| (line, column));
        assert_eq!(at, expect, "{problem}");
    };
    let user = || "alice".parse().unwrap();
    let policy = || -> PolicyArn {
        let arn = "arn:aws:iam::123456789012:policy/keyward/main/read";
        arn.parse().unwrap()
    };
    let place = |name| StackPlace::new(&"eu-central-1".parse().unwrap(), name);
    check(PlanProblem::Unmanaged(Entity::User(user())), Some((4, 8)));
    let group = Entity::Group("ops".parse().unwrap());
    check(PlanProblem::AdoptedIsAbsent(group), Some((7, 9)));
    let role = Entity::Role("Reader".parse().unwrap());
    check(
        PlanProblem::CaseClash {
            wanted: role,
            existing: "reader".to_owned(),
        },
        Some((8, 8)),
    );
    check(
        PlanProblem::BoundaryOfUnmanaged {
            policy: policy(),
            holder: Entity::User("other".parse().unwrap()),
        },
        Some((10, 11)),
    );
    let provider = Entity::OidcProvider("token.example.com".parse().unwrap());
    check(PlanProblem::Unmanaged(provider), Some((12, 17)));
    check(
        PlanProblem::NoSuchGroup {
            user: user(),
            group: "ops".parse().unwrap(),
        },
        Some((5, 21)),
    );
    let found = "111122223333".parse().unwrap();
    let wanted = "123456789012".parse().unwrap();
    check(PlanProblem::OtherAccount { wanted, found }, Some((3, 6)));
    check(
        PlanProblem::UnmanagedStack(place(StackName::Config)),
        Some((17, 1)),
    );
    // An entity that the blueprint does not describe has no place in it.
    let gone = Entity::User("gone".parse().unwrap());
    check(PlanProblem::Unmanaged(gone), None);
}

#[test]
fn a_limit_of_a_region_is_placed_at_the_key_that_changes_it() {
    let blueprint = Blueprint::parse(TEXT).unwrap();
    let wanted = crate::stacks::stacks(&blueprint, &blueprint.accounts[0]);
    let limits = |addresses, zones| RegionLimits { addresses, zones };
    let full = crate::stacks::AddressUse {
        allocated: 5,
        quota: 5,
    };
    for (limits, expect) in [
        (limits(Some(full), None), (15, 7)),
        (limits(None, Some(2)), (16, 9)),
    ] {
        let because = crate::stacks::exceeded(limits, None, &wanted[0].template).unwrap();
        let place = wanted[0].place.clone();
        let problem = PlanProblem::Region { place, because };
        let at = problem.position(&blueprint).unwrap();
        assert_eq!((at.line, at.column), expect, "{problem}");
    }
}
