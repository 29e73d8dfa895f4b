use super::*;

#[test]
fn a_root_key_is_spoken_of_as_one() {
    let profile = "root".parse().unwrap();
    let id = "AKIAIOSFODNN7EXAMPLE".parse().unwrap();
    let check = |arn: Option<&str>, root: bool| {
        let arn = arn.map(|arn| arn.parse().unwrap());
        let ending = Ending {
            profile: &profile,
            others: &[],
            id: &id,
            arn: arn.as_ref(),
            via: None,
        };
        assert_eq!(ending.is_root(), root);
        assert_eq!(ending.question().contains("root user"), root);
        assert_eq!(ending.farewell().is_some(), root);
    };
    check(Some("arn:aws:iam::123456789012:root"), true);
    check(Some("arn:aws:iam::123456789012:user/root"), false);
    check(None, false);
}

#[test]
fn the_question_names_everybody_who_holds_the_key() {
    let (profile, id) = (
        "work2".parse().unwrap(),
        "AKIAIOSFODNN7EXAMPLE".parse().unwrap(),
    );
    let others = ["alice".parse().unwrap(), "work".parse().unwrap()];
    let ending = Ending {
        profile: &profile,
        others: &others,
        id: &id,
        arn: None,
        via: None,
    };
    let question = ending.question();
    assert!(
        question.contains("of `work2`, `alice`, `work` at AWS"),
        "{question}"
    );
}
