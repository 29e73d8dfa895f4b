//! The AWS CLI's files.

use super::*;

fn center(session: Option<&str>) -> Center {
    Center {
        session: session.map(str::to_owned),
        start_url: "https://practice.awsapps.com/start".to_owned(),
        region: "eu-central-1".parse().unwrap(),
        scopes: Vec::new(),
        endpoints: keyward_core::chain::Endpoints::default(),
        name: "x".to_owned(),
        notes: Vec::new(),
    }
}

#[test]
fn files_have_the_names_that_the_aws_cli_gives_them() {
    // Computed with `printf NAME | sha1sum`.
    for (session, expect) in [
        (
            Some("my-sso"),
            "0ad374308c5a4e22f723adf10145eafad7c4031c.json",
        ),
        (None, "774f7152fedbd1dd467296a9161e3f48aed92cc5.json"),
    ] {
        assert_eq!(file_name(&center(session)), expect);
    }
}

#[test]
fn what_the_aws_cli_wrote_is_read() {
    let text = r#"{"startUrl": "https://practice.awsapps.com/start", "region": "eu-central-1",
        "accessToken": "access", "expiresAt": "2030-01-01T00:00:00Z", "clientId": "id",
        "clientSecret": "client-secret", "registrationExpiresAt": "2030-02-01T00:00:00Z",
        "refreshToken": "refresh", "unknown": 1}"#;
    let kept = parse(text).unwrap();
    assert_eq!(kept.access_token.expose(), "access");
    let (client, refresh) = kept.renewal.unwrap();
    assert_eq!((client.id.as_str(), refresh.expose()), ("id", "refresh"));
    assert_eq!(client.expires_at.to_string(), "2030-02-01T00:00:00Z");
    // The form of older versions, which cannot be refreshed.
    let old = r#"{"accessToken":"a","expiresAt":"2030-01-01T00:00:00UTC"}"#;
    let kept = parse(old).unwrap();
    assert_eq!(kept.expires_at.to_string(), "2030-01-01T00:00:00Z");
    assert!(kept.renewal.is_none());
    for not_one in ["", "{}", r#"{"accessToken":"a","expiresAt":"later"}"#] {
        assert!(parse(not_one).is_none(), "{not_one}");
    }
}

#[test]
fn what_is_written_reads_back() {
    let center = center(Some("my-sso"));
    let kept = CachedToken {
        access_token: "access".parse().unwrap(),
        expires_at: Timestamp::from_second(1_900_000_000),
        renewal: Some((
            OidcClient {
                id: "id".to_owned(),
                secret: "s".parse().unwrap(),
                expires_at: Timestamp::from_second(1_900_000_001),
            },
            "refresh".parse().unwrap(),
        )),
    };
    let text = show(&center, &kept);
    let again = parse(&text).unwrap();
    assert_eq!(show(&center, &again), text);
    assert!(
        text.contains(r#""registrationExpiresAt":"2030-03-17T17:46:41Z""#),
        "{}",
        text.as_str()
    );
}
