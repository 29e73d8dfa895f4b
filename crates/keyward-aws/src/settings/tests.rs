//! The region that follows from region and partition.

use super::*;

fn check(region: Option<&str>, hint: Option<&str>, expect: &str) {
    let settings = Settings {
        endpoints: Endpoints::default(),
        region: region.map(|r| r.parse().unwrap()),
        partition_hint: hint.map(str::to_owned),
        now: || Timestamp::from_second(0),
        proxy_from_env: false,
    };
    assert_eq!(settings.effective_region(), expect, "{region:?} {hint:?}");
}

#[test]
fn a_region_is_kept_unless_its_partition_cannot_serve_the_arn() {
    check(None, None, "us-east-1");
    check(None, Some("aws"), "us-east-1");
    check(None, Some("aws-cn"), "cn-north-1");
    check(None, Some("aws-us-gov"), "us-gov-west-1");
    check(None, Some("aws-eusc"), "eusc-de-east-1");
    check(Some("eu-central-1"), None, "eu-central-1");
    check(Some("eu-central-1"), Some("aws"), "eu-central-1");
    check(Some("cn-northwest-1"), Some("aws-cn"), "cn-northwest-1");
    check(Some("cn-northwest-1"), None, "cn-northwest-1");
    check(Some("eu-central-1"), Some("aws-cn"), "cn-north-1");
    check(Some("cn-north-1"), Some("aws"), "us-east-1");
}

#[test]
fn the_main_region_of_a_partition_lies_in_it() {
    for partition in [
        "aws",
        "aws-cn",
        "aws-us-gov",
        "aws-iso",
        "aws-iso-b",
        "aws-iso-e",
        "aws-iso-f",
        "aws-eusc",
    ] {
        assert_eq!(partition_of(main_region(partition)), partition);
    }
}
