//! Addresses in each partition.

use super::{Console, of_region};

fn check(
    partition: &str,
    region: Option<&str>,
    service: Option<&str>,
    path: Option<&str>,
    expect: &str,
) {
    let console = Console::in_partition(partition, None, None).unwrap();
    let region = region.map(|region| region.parse().unwrap());
    assert_eq!(console.page(service, path, region.as_ref()), expect);
}

#[test]
fn pages_of_the_console() {
    check(
        "aws",
        None,
        None,
        None,
        "https://console.aws.amazon.com/console/home",
    );
    check(
        "aws",
        Some("eu-central-1"),
        Some("s3"),
        None,
        "https://eu-central-1.console.aws.amazon.com/s3/home?region=eu-central-1",
    );
    check(
        "aws-cn",
        Some("cn-north-1"),
        Some("cfn"),
        None,
        "https://cn-north-1.console.amazonaws.cn/cloudformation/home?region=cn-north-1",
    );
    check(
        "aws-us-gov",
        None,
        None,
        Some("/ec2/home#Instances:"),
        "https://console.amazonaws-us-gov.com/ec2/home#Instances:",
    );
    check(
        "aws",
        Some("us-east-1"),
        None,
        Some("ec2/home?x=1#Instances:"),
        "https://us-east-1.console.aws.amazon.com/ec2/home?x=1&region=us-east-1#Instances:",
    );
}

#[test]
fn a_sign_in_link_escapes_what_it_carries() {
    let console = Console::in_partition("aws-eusc", None, None).unwrap();
    let link = console.sign_in("https://console/?a=b&c#d", "t+/=");
    assert_eq!(
        link.as_str(),
        "https://signin.amazonaws-eusc.eu/federation?Action=login&Issuer=keyward&Destination=https%3A%2F%2Fconsole%2F%3Fa%3Db%26c%23d&SigninToken=t%2B%2F%3D"
    );
}

#[test]
fn an_unknown_partition_needs_both_addresses() {
    assert!(Console::in_partition("aws-moon", None, Some("http://x".into())).is_err());
    let given = Console::in_partition(
        "aws-moon",
        Some("http://x/federation".into()),
        Some("http://x/console/".into()),
    );
    assert_eq!(given.unwrap().page(None, None, None), "http://x/console");
}

#[test]
fn regions_tell_their_partition() {
    for (region, expect) in [
        ("eu-central-1", "aws"),
        ("cn-northwest-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
    ] {
        assert_eq!(of_region(Some(&region.parse().unwrap())), expect);
    }
}
