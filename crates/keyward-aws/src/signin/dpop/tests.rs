//! Keys as the AWS CLI keeps them, and proofs that others can check.

use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

use super::*;

/// Made for this test with `openssl ecparam -name prime256v1 -genkey -noout`.
const PEM: &str = "\
-----BEGIN EC PRIVATE KEY-----\n\
MHcCAQEEIBVedqSJVKCyS3KFh9JWrylL8rSrZvyr77niZPFrYDcHoAoGCCqGSM49\n\
AwEHoUQDQgAEVy2c205uiNzulPy7ktPt+VBaMO90J+LttMcQJyRnjavvq54YY4V2\n\
dCJj/fovDIGbTbJbhWZxsxUtctTixmACBg==\n\
-----END EC PRIVATE KEY-----\n\n";

/// The same on another curve.
const OTHER_CURVE: &str = "\
-----BEGIN EC PRIVATE KEY-----\n\
MIGkAgEBBDA+3E63haCfzuX5NQOJ3mSyjnds4Qsjk8dtRl+U4Gfs0Ii923/nRG8O\n\
5464mM+djcKgBwYFK4EEACKhZANiAAQ7kBvGw8BMrfk8D/mQ+5ky6mPAnR8CYyZb\n\
0bRM9kpP5kEoSCZriH16fITjGb0XRzEKP9ODNsL0DA/FawtjrO6FjE9SDQjoHgxG\n\
Xk4uJKoi1azwT2o6KZzW3j1G30i8t0A=\n\
-----END EC PRIVATE KEY-----\n\n";

#[test]
fn a_proof_can_be_checked_with_the_key_that_it_carries() {
    let key: DpopKey = PEM.parse().unwrap();
    let url = "https://eu-central-1.signin.aws.amazon.com/v1/token";
    let proof = key.proof(&format!("{url}?x=1"), 1_800_000_000).unwrap();
    let (signed, signature) = proof.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let text = |part: &str| {
        let bytes = BASE64URL_NOPAD.decode(part.as_bytes()).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let (header, claims) = (text(header), text(claims));
    let member = |name: &str| {
        let value = header.split(&format!("\"{name}\":\"")).nth(1).unwrap();
        let value = value.split('"').next().unwrap();
        BASE64URL_NOPAD.decode(value.as_bytes()).unwrap()
    };
    let point = [vec![4], member("x"), member("y")].concat();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
        .verify(
            signed.as_bytes(),
            &BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap(),
        )
        .unwrap();
    assert!(header.starts_with(r#"{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","#));
    let start = format!(r#"{{"htm":"POST","htu":"{url}","iat":1800000000,"jti":""#);
    assert!(claims.starts_with(&start), "{claims}");
    assert_ne!(
        proof,
        key.proof(url, 1_800_000_000).unwrap(),
        "an id is used once"
    );
}

#[test]
fn what_is_no_key_is_refused_without_being_repeated() {
    let cut: String = PEM.lines().filter(|line| !line.ends_with('=')).collect();
    for text in [
        "",
        "-----BEGIN EC PRIVATE KEY-----",
        "MAA=",
        "not base64",
        &cut,
        OTHER_CURVE,
    ] {
        assert_eq!(
            text.parse::<DpopKey>().unwrap_err(),
            InvalidDpopKey,
            "{text}"
        );
    }
    assert_eq!(
        format!("{:?}", PEM.parse::<DpopKey>().unwrap()),
        "DpopKey(***)"
    );
}

#[test]
fn a_new_key_is_kept_in_the_form_that_others_read() {
    let (key, kept) = DpopKey::generate().unwrap();
    let pem = kept.expose();
    let lines: Vec<&str> = pem.lines().collect();
    assert_eq!(lines.first(), Some(&"-----BEGIN EC PRIVATE KEY-----"));
    assert_eq!(lines.last(), Some(&"-----END EC PRIVATE KEY-----"));
    let der = BASE64
        .decode(lines[1..lines.len() - 1].concat().as_bytes())
        .unwrap();
    // As `openssl ec` writes it: 121 bytes, the curve named.
    assert_eq!((der.len(), &der[..7]), (121, BEFORE));
    let again: DpopKey = pem.parse().unwrap();
    assert_eq!(
        key.0.public_key().as_ref(),
        again.0.public_key().as_ref(),
        "both halves belong together"
    );
    let (_, other) = DpopKey::generate().unwrap();
    assert_ne!(pem, other.expose());
}
