use super::*;

/// A root made for these tests; its key was thrown away.
const ROOT: &str = "\
    MIIBjzCCATWgAwIBAgIUT7ej/bYjSpQPdFOwRK/Hha9myRswCgYIKoZIzj0EAwIwHDEaMBgGA1UE\
    AwwRa2V5d2FyZCB0ZXN0IHJvb3QwIBcNMjYxMTI5MTMyNTA3WhgPMjEyNjExMDUxMzI1MDdaMBwx\
    GjAYBgNVBAMMEWtleXdhcmQgdGVzdCByb290MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEzXHz\
    5SFws2PVBiU6esLSx3d/uXBvvQjKUtp6qh5XmeenXuxeU8ufR/c0ChrLHW5Mrq/voCu/Vo2U6QT5\
    /q3eAKNTMFEwHQYDVR0OBBYEFGOfL2B92CmhBLuiWB58yQfhRE4LMB8GA1UdIwQYMBaAFGOfL2B9\
    2CmhBLuiWB58yQfhRE4LMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgFDkOgzAI\
    yIDwrf1/jB/X/cpx+O3YTzBtyfeAxKzY2kECIQCSCYQ6Wi7RQ6fpcOW/4wNeS0bVJM+lnLdNiArL\
    L4Dmvw==";

fn der() -> Vec<u8> {
    BASE64.decode(ROOT.as_bytes()).unwrap()
}

/// A PEM block of the test certificate followed by `addition`.
pub(super) fn block(label: &str, addition: &[u8]) -> String {
    let body = BASE64.encode(&[der().as_slice(), addition].concat());
    let lines: Vec<&str> = body
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

/// As `openssl x509 -trustout` writes what a certificate is trusted with: a list of purposes,
/// under this tag.
fn addition(tag: u8, purpose: u8) -> Vec<u8> {
    let id = [0x06, 8, 0x2b, 6, 1, 5, 5, 7, 3, purpose];
    [&[0x30, 12, tag, 10], id.as_slice()].concat()
}

fn count(text: &str) -> usize {
    let found = certificates(text).unwrap();
    assert!(found.iter().all(|one| *one == der()));
    found.len()
}

#[test]
fn a_byte_order_mark_costs_no_certificate() {
    let one = block("CERTIFICATE", &[]);
    assert_eq!(count(&format!("\u{feff}{one}")), 1);
    // Two bundles joined, each with its mark, in the line endings of Windows.
    let two = format!("\u{feff}{one}\u{feff}{one}").replace('\n', "\r\n");
    assert_eq!(count(&two), 2);
    assert_eq!(count(&format!("# Société\n{one}\n\n{one}")), 2);
}

#[test]
fn openssl_s_own_forms_are_read() {
    assert_eq!(count(&block("X509 CERTIFICATE", &[])), 1);
    assert_eq!(count(&block("TRUSTED CERTIFICATE", &[])), 1);
    let servers = 1;
    let mail = 4;
    for (tag, purpose, expect) in [
        (0x30, servers, 1),
        (0x30, mail, 0),
        (0xa0, servers, 0),
        (0xa0, mail, 1),
    ] {
        let text = block("TRUSTED CERTIFICATE", &addition(tag, purpose));
        assert_eq!(count(&text), expect, "{tag:x} {purpose}");
    }
    assert_eq!(
        count("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
        0
    );
}

#[test]
fn the_roots_of_a_bundle_are_those_that_are_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let roots = |text: &str| {
        std::fs::write(&path, text).unwrap();
        let endpoints = Endpoints {
            ca_bundle: Some(path.display().to_string()),
            ..Endpoints::default()
        };
        roots(&endpoints).map(drop).map_err(|error| match error {
            CallError::CaBundle { because, .. } => because.to_string(),
            other => other.to_string(),
        })
    };
    assert_eq!(
        roots(&format!("\u{feff}{}", block("CERTIFICATE", &[]))),
        Ok(())
    );
    let rejected = block("TRUSTED CERTIFICATE", &addition(0xa0, 1));
    assert_eq!(
        roots(&rejected),
        Err("it holds no PEM certificate".to_owned())
    );
    let cut = block("CERTIFICATE", &[]).replace("MIIB", "MIIC");
    assert_eq!(roots(&cut), Err("a certificate in it is cut".to_owned()));
}

#[cfg(unix)]
#[test]
fn a_bundle_without_an_end_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    // Opening a pipe waits for its other end.
    for path in ["/dev/zero", "/dev", pipe.to_str().unwrap()] {
        let endpoints = Endpoints {
            ca_bundle: Some(path.to_owned()),
            ..Endpoints::default()
        };
        let Err(CallError::CaBundle { because, .. }) = roots(&endpoints) else {
            panic!("{path} is a bundle");
        };
        assert_eq!(because.to_string(), "it is not a regular file");
    }
}
