use keyward_iam::{Context, Policy};

use super::{Reading, Resources};
use crate::prove::glob::Glob;

fn resources(resource: &str, reading: Reading) -> Resources {
    let policy = Policy::parse(&format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*",{resource}}}}}"#
    ));
    let policy = policy.unwrap();
    let mut context = Context::partial();
    context
        .set("aws:username", "al*ce")
        .remove("aws:SourceIdentity");
    Resources::of(&policy, &policy.statements()[0], &context, reading)
}

fn only(pattern: &str, reading: Reading) -> Vec<Glob> {
    match resources(&format!(r#""Resource":"{pattern}""#), reading) {
        Resources::Only(sets) => sets,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_value_is_literal_and_a_wildcard_is_not() {
    let sets = only("arn:aws:iam::*:user/${aws:username}", Reading::Narrowest);
    assert!(sets[0].covers(&Glob::literal("arn:aws:iam::1:user/al*ce")));
    assert!(!sets[0].covers(&Glob::literal("arn:aws:iam::1:user/alice")));
}

#[test]
fn an_unknown_value_is_anything_or_nothing_to_rely_on() {
    let text = "arn:aws:s3:::${aws:SourceVpc}/x";
    let sets = only(text, Reading::Widest);
    assert!(sets[0].covers(&Glob::literal("arn:aws:s3:::a/x")));
    assert_eq!(only(text, Reading::Narrowest), []);
}

#[test]
fn a_missing_value_takes_its_default_or_matches_nothing() {
    assert_eq!(
        only("arn:aws:s3:::${aws:SourceIdentity}", Reading::Widest),
        []
    );
    let sets = only(
        "arn:aws:s3:::${aws:SourceIdentity, 'a}b'}",
        Reading::Narrowest,
    );
    assert_eq!(sets, [Glob::literal("arn:aws:s3:::a}b")]);
    let sets = only("arn:aws:s3:::${*}", Reading::Narrowest);
    assert_eq!(sets, [Glob::literal("arn:aws:s3:::*")]);
}

#[test]
fn exceptions_are_read_the_other_way() {
    let text = r#""NotResource":"arn:aws:s3:::${aws:SourceVpc}""#;
    assert_eq!(
        resources(text, Reading::Widest),
        Resources::Except(Vec::new())
    );
    let Resources::Except(sets) = resources(text, Reading::Narrowest) else {
        panic!("exceptions stay exceptions");
    };
    assert!(sets[0].covers(&Glob::literal("arn:aws:s3:::bucket")));
}
