//! Texts that people paste as an SSH key.

use data_encoding::BASE64;
use proptest::prelude::*;

use super::*;

const ED25519: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIESK1MIa7ZLF6pRJmDX3eMk4erqD7MDlfjse3/PI/sqd alice@laptop";
const RSA: &str = include_str!("rsa2048.pub");

fn line(kind: &str, fields: &[&[u8]]) -> String {
    let mut blob = Vec::new();
    for field in [&[kind.as_bytes()], fields].concat() {
        blob.extend_from_slice(&u32::try_from(field.len()).unwrap().to_be_bytes());
        blob.extend_from_slice(field);
    }
    format!("{kind} {}", BASE64.encode(&blob))
}

/// An RSA key whose modulus has so many bits; the rest of it is wrong.
fn rsa(bits: usize) -> String {
    let mut modulus = vec![0xff_u8; bits.div_ceil(8)];
    modulus[0] = 0xff >> (modulus.len() * 8 - bits);
    if modulus[0] & 0x80 != 0 {
        modulus.insert(0, 0);
    }
    line("ssh-rsa", &[&[1, 0, 1], &modulus])
}

fn refusal(text: &str) -> String {
    SshKey::read(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn keys_are_read_with_what_openssh_prints_of_them() {
    let key = SshKey::read(ED25519.as_bytes()).unwrap();
    assert_eq!(
        key.fingerprint(),
        "SHA256:mX80zWGGu0GCGv3Kf/xlXdHoWJrFxM1feRrQT6dXHWk"
    );
    assert_eq!(key.algorithm(), "ed25519");
    assert_eq!(key.comment(), Some("alice@laptop"));
    let key = SshKey::read(RSA.as_bytes()).unwrap();
    assert_eq!(
        key.fingerprint(),
        "SHA256:t36IpcS1zHQ8zUBsbayxUuERmKPyKSsfYTUhENsJGWA"
    );
    assert_eq!(
        key.to_string(),
        "SSH rsa2048 SHA256:t36IpcS1zHQ8zUBsbayxUuERmKPyKSsfYTUhENsJGWA"
    );
}

#[test]
fn key_is_taken_as_people_paste_it() {
    let bare = ED25519.rsplit_once(' ').unwrap().0;
    let spaced = bare.replace(' ', "   ");
    for text in [
        bare.to_owned(),
        format!("\n  {bare}\t a laptop  of alice \r\n"),
        format!("# alice\n{spaced}"),
    ] {
        let key = SshKey::read(text.as_bytes()).unwrap();
        assert_eq!(key.algorithm(), "ed25519", "{text}");
    }
}

#[test]
fn sizes_of_rsa_are_named() {
    for (bits, expected) in [
        (1024, "RSA of 1024 bits, and 2048 are needed"),
        (2047, "RSA of 2047 bits"),
        (4097, "RSA of 4097 bits, and age accepts at most 4096"),
        (8192, "RSA of 8192 bits"),
    ] {
        let message = refusal(&rsa(bits));
        assert!(message.contains(expected), "{message}");
    }
    for bits in [2048, 3072, 4096] {
        assert_eq!(
            SshKey::read(rsa(bits).as_bytes()).unwrap().algorithm(),
            format!("rsa{bits}")
        );
    }
}

#[test]
fn other_kinds_are_named() {
    for kind in OTHERS {
        let message = refusal(&format!("{kind} AAAA alice@laptop"));
        assert!(message.contains(&format!("`{kind}`")), "{message}");
    }
}

#[test]
fn unusable_keys_are_named() {
    let two = format!("{ED25519}\n{ED25519}");
    let wrong_kind = ED25519.replace("ssh-ed25519", "ssh-rsa");
    for (text, expected) in [
        ("", "is empty"),
        (&two, "more than one SSH key"),
        ("ssh-ed25519", "cut off or damaged"),
        (&ED25519[..50], "cut off or damaged"),
        (&wrong_kind, "cut off or damaged"),
        (&line("ssh-rsa", &[&[1], &[]]), "cut off or damaged"),
        ("restrict ssh-ed25519 AAAA", "not an SSH public key"),
        (
            "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA",
            "not in OpenSSH's form",
        ),
        ("-----BEGIN PUBLIC KEY-----\nMIIB", "not in OpenSSH's form"),
        ("alice", "not an SSH public key"),
    ] {
        let message = refusal(text);
        assert!(message.contains(expected), "{text}: {message}");
    }
}

#[test]
fn private_key_is_not_repeated() {
    for text in [
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1\n-----END OPENSSH PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\nb3BlbnNzaC1",
        "PuTTY-User-Key-File-3: ssh-ed25519\nb3BlbnNzaC1",
    ] {
        let message = refusal(text);
        assert!(message.contains("PRIVATE SSH key"), "{message}");
        assert!(!message.contains("b3Blbn"), "{message}");
    }
}

proptest! {
    #[test]
    fn any_fields_are_read_or_refused(fields: Vec<Vec<u8>>, kind in "ssh-(rsa|ed25519)") {
        let fields: Vec<&[u8]> = fields.iter().map(Vec::as_slice).collect();
        let _ = SshKey::read(line(&kind, &fields).as_bytes());
    }
}
