use super::*;

fn accepts<T: FromStr + fmt::Display>(text: &str) {
    let parsed = text.parse::<T>().ok().expect("the text is accepted");
    assert_eq!(parsed.to_string(), text);
}

fn refuses<T: FromStr>(text: &str) {
    assert!(text.parse::<T>().is_err(), "{text:?} is accepted");
}

#[test]
fn names_have_the_characters_and_lengths_of_iam() {
    accepts::<RoleName>("Read.Only+=,@-_");
    accepts::<GroupName>(&"g".repeat(128));
    refuses::<GroupName>(&"g".repeat(129));
    refuses::<RoleName>(&"r".repeat(65));
    refuses::<PolicyName>("");
    refuses::<PolicyName>("two words");
    refuses::<RoleName>("team/ReadOnly");
}

#[test]
fn a_path_begins_and_ends_with_a_slash() {
    accepts::<EntityPath>("/");
    accepts::<EntityPath>("/team/ops/");
    for wrong in ["", "team", "/team", "team/", "/te am/", "/*/"] {
        refuses::<EntityPath>(wrong);
    }
}

#[test]
fn an_alias_is_short_lower_case_and_no_account_id() {
    accepts::<AccountAlias>("example-team");
    for wrong in ["ab", "Example", "a--b", "-ab", "ab-", "123456789012"] {
        refuses::<AccountAlias>(wrong);
    }
}

#[test]
fn a_policy_arn_is_of_an_account_or_of_aws() {
    accepts::<PolicyArn>("arn:aws:iam::aws:policy/job-function/Billing");
    accepts::<PolicyArn>("arn:aws-cn:iam::123456789012:policy/team/Guard");
    for wrong in [
        "arn:aws:iam::aws:role/X",
        "arn:aws:iam:::policy/X",
        "arn:aws:iam::aws:policy/",
        "arn:aws:iam::aws:policy/a b",
    ] {
        refuses::<PolicyArn>(wrong);
    }
    let billing: PolicyArn = "arn:aws:iam::aws:policy/job-function/Billing"
        .parse()
        .unwrap();
    assert!(billing.is_aws_managed());
    assert_eq!(billing.policy_name(), "Billing");
}
