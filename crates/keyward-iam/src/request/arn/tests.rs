//! ARNs and resources of requests.

use super::{Arn, ArnError, Resource};

#[test]
fn an_arn_has_six_parts() {
    let arn: Arn = "arn:aws:logs:eu-central-1:123456789012:log-group:a:*"
        .parse()
        .unwrap();
    assert_eq!(arn.partition(), "aws");
    assert_eq!(arn.service(), "logs");
    assert_eq!(arn.region(), "eu-central-1");
    assert_eq!(arn.account(), Some("123456789012".parse().unwrap()));
    assert_eq!(arn.resource(), "log-group:a:*");
    let text = "arn:aws:logs:eu-central-1:123456789012:log-group:a:*";
    assert_eq!((arn.as_str(), arn.to_string()), (text, text.to_owned()));
    let bucket: Arn = "arn:aws:s3:::bucket".parse().unwrap();
    assert_eq!((bucket.region(), bucket.account()), ("", None));
}

#[test]
fn a_resource_is_an_arn_or_unspecified() {
    let star: Resource = "*".parse().unwrap();
    assert_eq!((star.as_str(), &star), ("*", &Resource::Unspecified));
    let exact: Resource = "arn:aws:s3:::bucket".parse().unwrap();
    assert_eq!(exact.to_string(), "arn:aws:s3:::bucket");
    for text in ["", "bucket", "arn:aws:s3", "arn:aws:s3::b"] {
        assert_eq!(text.parse::<Resource>(), Err(ArnError), "{text}");
    }
}
