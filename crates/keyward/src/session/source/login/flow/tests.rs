//! The texts that a person may paste, and the content of the address.

use super::*;

fn check(pasted: &str, expect: &str) {
    let message = match read(pasted, "the-state") {
        Ok(code) => format!("code {}", code.expose()),
        Err(error) => error.to_string(),
    };
    assert_eq!(message, expect, "{pasted}");
}

#[test]
fn only_the_code_of_this_very_sign_in_is_taken() {
    let whole = BASE64.encode(b"state=the-state&code=a%2Bbc");
    check(&whole, "code a+bc");
    check(&format!("  {whole}\n"), "code a+bc");
    check(whole.trim_end_matches('='), "code a+bc");
    let (left, right) = whole.split_at(9);
    check(&format!("{left}\r\n {right}"), "code a+bc");
    let swapped = BASE64.encode(b"code=x&state=the-state&more=1");
    check(&swapped, "code x");
    let other = BASE64.encode(b"state=another&code=x");
    check(&other, "that code belongs to another sign-in");
    for none in [
        "",
        "!",
        "state=the-state&code=x",
        &whole[..20],
        &BASE64.encode(b"state=the-state"),
        &BASE64.encode(b"code=x"),
        &BASE64.encode(b"state=the-state&code="),
        &BASE64.encode(&[0xff; 30]),
    ] {
        check(none, "that is not the code that the browser shows");
    }
}

#[test]
fn the_address_names_the_client_its_return_and_the_digest() {
    let aws = client(Endpoints::default(), "cn-north-1".parse().unwrap());
    let address = aws.sign_in_address().unwrap();
    assert_eq!(address, "https://cn-north-1.signin.amazonaws.cn");
    let attempt = Attempt {
        aws: &aws,
        client_id: SAME_DEVICE,
        address: &address,
        redirect_uri: "http://127.0.0.1:4000/oauth/callback".to_owned(),
        state: Zeroizing::new("s".to_owned()),
        // RFC 7636, appendix B.
        verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
            .parse()
            .unwrap(),
    };
    assert_eq!(
        attempt.page(),
        "https://cn-north-1.signin.amazonaws.cn/v1/authorize?response_type=code\
         &client_id=arn%3Aaws%3Asignin%3A%3A%3Adevtools%2Fsame-device\
         &redirect_uri=http%3A%2F%2F127.0.0.1%3A4000%2Foauth%2Fcallback&state=s&scope=openid\
         &code_challenge_method=SHA-256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
}

#[test]
fn an_endpoint_that_is_no_plain_address_is_not_shown() {
    for (endpoint, expect) in [
        ("https://x/y/", Ok("https://x/y")),
        ("https://x/\x1b]0;owned\x07", Err("is not a plain address")),
        ("https://x/\u{202e}", Err("is not a plain address")),
        ("https://x/ y", Err("is not a plain address")),
        ("https://u:p@x/", Err("is not a plain address")),
    ] {
        let endpoints = Endpoints {
            signin: Some(endpoint.into()),
            sso_oidc: Some(endpoint.into()),
            ..Endpoints::default()
        };
        let aws = client(endpoints, "eu-central-1".parse().unwrap());
        let of_center = aws.authorize_url();
        let of_center = of_center.map(|url| url.trim_end_matches("/authorize").to_owned());
        for address in [aws.sign_in_address(), of_center] {
            match expect {
                Ok(expect) => assert_eq!(address.unwrap(), expect),
                Err(expect) => {
                    let error = address.unwrap_err();
                    let because = std::error::Error::source(&error).unwrap().to_string();
                    assert!(because.ends_with(expect), "{because}");
                }
            }
        }
    }
}
