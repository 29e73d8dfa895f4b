use super::*;

#[test]
fn a_range_is_a_network_of_16_to_28_bits() {
    for text in ["10.0.0.0/16", "172.16.0.0/20", "192.168.1.0/28"] {
        assert_eq!(text.parse::<Cidr>().unwrap().to_string(), text);
    }
    for text in [
        "10.0.0.0",
        "10.0.0/16",
        "10.0.0.0/8",
        "10.0.0.0/29",
        "::/16",
        "10.0.0.0/+16x",
    ] {
        assert!(text.parse::<Cidr>().is_err(), "{text}");
    }
}

#[test]
fn a_host_address_is_answered_with_its_network() {
    let error = "10.0.3.1/16".parse::<Cidr>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "`10.0.3.1/16` is not the first address of its range; write `10.0.0.0/16`"
    );
}

#[test]
fn a_bucket_name_follows_the_rules_of_s3() {
    for text in ["aws-config-123456789012", "a.b", "logs"] {
        assert!(text.parse::<BucketName>().is_ok(), "{text}");
    }
    for text in ["ab", "Logs", "-logs", "logs-", "a..b", "10.0.0.1", "lo_gs"] {
        assert!(text.parse::<BucketName>().is_err(), "{text}");
    }
}

#[test]
fn a_bucket_name_that_s3_reserves_is_refused_at_its_place() {
    for text in [
        "xn--logs",
        "sthree-logs",
        "amzn-s3-demo-logs",
        "logs-s3alias",
        "logs--ol-s3",
        "logs.mrap",
        "logs--x-s3",
        "logs--table-s3",
        "logs-an",
    ] {
        let error = text.parse::<BucketName>().unwrap_err().to_string();
        assert!(error.starts_with(&format!("`{text}` is not")), "{error}");
    }
    for text in ["example-logs-human", "example-xn--logs", "mrap"] {
        assert!(text.parse::<BucketName>().is_ok(), "{text}");
    }
    let blueprint = "version = 1\n[account]\nid = \"123456789012\"\n[config]\nregion = \"eu-central-1\"\nbucket = \"logs-s3alias\"\n";
    let problems = crate::blueprint::Blueprint::parse(blueprint)
        .unwrap_err()
        .problems;
    let places: Vec<_> = problems
        .iter()
        .map(|it| (it.at.line, it.at.column))
        .collect();
    assert_eq!(places, [(6, 10)], "{problems:?}");
}

#[test]
fn a_range_that_no_host_may_have_is_refused() {
    for (text, purpose) in [
        ("0.1.0.0/16", "hosts without an address"),
        ("127.0.0.0/16", "own traffic"),
        ("169.254.0.0/16", "a single link"),
        ("169.254.7.1/24", "a single link"),
        ("224.0.0.0/16", "multicast"),
        ("239.255.0.0/16", "multicast"),
        ("240.0.0.0/16", "future use"),
        ("255.255.0.0/16", "future use"),
    ] {
        let error = text.parse::<Cidr>().unwrap_err().to_string();
        assert!(error.contains(purpose), "{text}: {error}");
    }
    for text in [
        "1.0.0.0/16",
        "100.64.0.0/16",
        "169.253.0.0/16",
        "223.255.0.0/16",
    ] {
        assert!(text.parse::<Cidr>().is_ok(), "{text}");
    }
}
