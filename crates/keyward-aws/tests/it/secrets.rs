//! No answer can carry a secret to a person.

use crate::failures::{Ask, ask, family};
use keyward_aws::{Aws, CallError};

use crate::server::{Reply, SECRET, Server, TOKEN, key, settings, shown};

#[test]
fn secrets_that_an_answer_echoes_are_struck_out() {
    let echo = format!("you sent {SECRET} {TOKEN} 123456 old-Pass-1 new-Pass-2");
    for (what, secrets) in [
        (Ask::Role, &[SECRET, TOKEN][..]),
        (Ask::SessionWithCode, &[SECRET, "123456"]),
        (Ask::NewPassword, &[SECRET, "old-Pass-1", "new-Pass-2"]),
    ] {
        for code in [
            "AccessDenied",
            "SignatureDoesNotMatch",
            "ValidationError",
            "Whatever",
        ] {
            let server = Server::start(vec![Reply::error(403, code, &echo)]);
            let error = ask(&server, what);
            let text = format!("{error:?}\n{}", shown(&error));
            assert!(text.contains("you sent ***"), "{text}");
            for secret in secrets {
                assert!(!text.contains(secret), "{text}");
            }
        }
    }
}

#[test]
fn credentials_in_an_answer_that_cannot_be_read_stay_out_of_errors() {
    let broken = Reply::sts(
        "GetSessionToken",
        "<Credentials><AccessKeyId>ASIAXYZXYZXYZEXAMPLE</AccessKeyId><SecretAccessKey>leakySecret \
         </SecretAccessKey><SessionToken>leakyToken</SessionToken><Expiration>leakyTime</Expiration></Credentials>",
    );
    let server = Server::start(vec![broken]);
    let error = ask(&server, Ask::SessionWithCode);
    assert_eq!(family(&error), "Unreadable");
    let text = format!("{error:?}\n{}", shown(&error));
    assert!(!text.contains("leaky"), "{text}");
    assert!(!format!("{:?}", server.aws()).contains(SECRET));
}

#[test]
fn an_endpoint_that_is_no_url_brings_no_request_into_the_error() {
    for url in [
        "nonsense",
        "",
        "http://",
        "https://:443",
        "ftp://127.0.0.1:1",
        "https://exa mple",
        "http://[::1",
        "https://a b/%",
    ] {
        let error = Aws::new(settings(url))
            .change_password(
                &key(),
                &"old-Pass-1".parse().unwrap(),
                &"new-Pass-2".parse().unwrap(),
            )
            .unwrap_err();
        assert!(
            matches!(error, CallError::Request { .. }),
            "{url}: {error:?}"
        );
        let text = format!("{error:?}\n{}", shown(&error));
        for word in ["-Pass-", "SdkBody", SECRET] {
            assert!(!text.contains(word), "{url}: {text}");
        }
    }
}

#[test]
fn password_in_an_endpoint_stays_out_of_errors() {
    for url in [
        "http://name:leakyPassword@127.0.0.1:1",
        "https://name:leakyPassword@127.0.0.1:1/path",
        "ftp://name:leakyPassword@127.0.0.1:1",
        "http:/name:leakyPassword@127.0.0.1:1",
        "https//name:leakyPassword@127.0.0.1:1",
        "http://name:1/leakyPassword@127.0.0.1:1",
        "http://name:1#leakyPassword@127.0.0.1:1",
        "http://name:1?leakyPassword@127.0.0.1:1",
    ] {
        let error = Aws::new(settings(url))
            .get_caller_identity(&key())
            .unwrap_err();
        let text = shown(&error);
        assert!(!text.contains("leaky"), "{text}");
        assert!(
            text.contains("127.0.0.1:1") || text.contains("`***`"),
            "{text}"
        );
    }
}
