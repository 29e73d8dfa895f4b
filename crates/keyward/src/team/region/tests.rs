use super::*;

#[test]
fn regions_of_aws_are_taken_and_other_words_are_not() {
    let check = |text: &str, taken: bool| {
        assert_eq!(text.parse::<AwsRegion>().is_ok(), taken, "{text}");
    };
    for region in [
        "us-east-1",
        "eu-central-2",
        "us-gov-west-1",
        "us-iso-east-1",
        "us-isob-east-1",
        "eusc-de-east-1",
        "cn-north-1",
        "ap-southeast-7",
    ] {
        check(region, true);
    }
    for other in [
        "",
        "shortpw",
        "Frankfurt",
        "eu-central",
        "eu-central-",
        "eu-central-1a",
        "EU-CENTRAL-1",
        "-east-1",
        "1-1-1",
        "us-east-123",
        "us east 1",
    ] {
        check(other, false);
    }
    let refused = "hunter-two".parse::<AwsRegion>().unwrap_err();
    assert!(!refused.to_string().contains("hunter"));
}
