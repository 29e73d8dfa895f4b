//! The ciphertext opens with the private key, and has the form that GnuPG 2.2 reads.

use std::io::Read;

use age::armor::ArmoredReader;
use keyward_core::secret::ConsolePassword;
use pgp::composed::{KeyType, Message, SignedSecretKey};
use pgp::types::Password;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::*;
use crate::RecipientKind;
use crate::openpgp::testing::*;

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(7)
}

fn pgp(key: &TestKey) -> Recipient {
    Recipient::read(RecipientKind::Pgp, &key.bytes, now()).unwrap()
}

fn age_recipient(identity: &age::x25519::Identity) -> Recipient {
    let text = identity.to_public().to_string();
    Recipient::read(RecipientKind::Age, text.as_bytes(), now()).unwrap()
}

fn ssh() -> Recipient {
    let text = include_bytes!("../ssh_key/rsa2048.pub");
    Recipient::read(RecipientKind::Ssh, text, now()).unwrap()
}

fn password() -> ConsolePassword {
    "correct-Horse7".parse().unwrap()
}

fn seal_password(recipients: &[Recipient]) -> Vec<Sealed> {
    encrypt(
        &InitialSecret::Password(&password()),
        recipients,
        &mut rng(),
    )
    .unwrap()
}

fn opened(text: &str, key: &SignedSecretKey) -> Vec<u8> {
    let bytes = BASE64.decode(text.as_bytes()).unwrap();
    let message = Message::from_bytes(&bytes[..]).unwrap();
    message
        .decrypt(&Password::empty(), key)
        .unwrap()
        .as_data_vec()
        .unwrap()
}

fn opened_by_age(text: &str, identity: &age::x25519::Identity) -> Vec<u8> {
    let armor = ArmoredReader::new(text.as_bytes());
    let decryptor = age::Decryptor::new_buffered(armor).unwrap();
    let mut content = Vec::new();
    decryptor
        .decrypt(std::iter::once(identity as &dyn age::Identity))
        .unwrap()
        .read_to_end(&mut content)
        .unwrap();
    content
}

#[test]
fn pgp_message_opens_with_the_private_key() {
    let both = Says {
        uses: Uses::CertifyAndEncrypt,
        ..CERTIFY
    };
    for key in [
        TestKey::usual(1),
        TestKey::new(2, KeyType::Rsa(2048)).user("Alice", both),
    ] {
        let sealed = seal_password(&[pgp(&key)]);
        assert_eq!(sealed.len(), 1);
        assert_eq!(sealed[0].format, SealedFormat::Pgp);
        assert_eq!(opened(&sealed[0].text, &key.secret()), b"correct-Horse7");
    }
}

#[test]
fn pgp_message_is_one_line_of_the_packets_that_old_programs_read() {
    let text = &seal_password(&[pgp(&TestKey::usual(1))])[0].text;
    assert!(
        text.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
    );
    let bytes = BASE64.decode(text.as_bytes()).unwrap();
    // Packet 1, version 3, then packet 18, version 1.
    assert_eq!((bytes[0], bytes[2]), (0xc1, 3));
    let next = 2 + usize::from(bytes[1]);
    assert_eq!((bytes[next], bytes[next + 2]), (0xd2, 1));
    assert_eq!(bytes.len(), next + 2 + usize::from(bytes[next + 1]));
}

#[test]
fn every_pgp_key_of_a_person_opens_the_same_message() {
    let keys = [TestKey::usual(1), TestKey::usual(2)];
    let sealed = seal_password(&[pgp(&keys[0]), pgp(&keys[1])]);
    assert_eq!(sealed.len(), 1);
    for key in &keys {
        assert_eq!(opened(&sealed[0].text, &key.secret()), b"correct-Horse7");
    }
}

#[test]
fn age_and_ssh_keys_share_a_file_apart_from_pgp() {
    let identity = age::x25519::Identity::generate();
    let pgp_key = TestKey::usual(1);
    let sealed = seal_password(&[ssh(), pgp(&pgp_key), age_recipient(&identity)]);
    let formats: Vec<SealedFormat> = sealed.iter().map(|sealed| sealed.format).collect();
    assert_eq!(formats, [SealedFormat::Pgp, SealedFormat::Age]);
    assert_eq!(
        opened(&sealed[0].text, &pgp_key.secret()),
        b"correct-Horse7"
    );
    assert_eq!(opened_by_age(&sealed[1].text, &identity), b"correct-Horse7");
    // Its lines end as those of the system do.
    assert_eq!(
        sealed[1].text.lines().next(),
        Some("-----BEGIN AGE ENCRYPTED FILE-----")
    );
    assert_eq!(
        sealed[1].text.lines().last(),
        Some("-----END AGE ENCRYPTED FILE-----")
    );
}

#[test]
fn the_same_randomness_makes_the_same_message_and_other_randomness_another() {
    let recipients = [pgp(&TestKey::usual(1))];
    let password = password();
    let with = |seed| {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        encrypt(&InitialSecret::Password(&password), &recipients, &mut rng).unwrap()
    };
    assert_eq!(with(1), with(1));
    assert_ne!(with(1), with(2));
}

#[test]
fn empty_list_of_recipients_is_an_error() {
    let secret = password();
    let refused = encrypt(&InitialSecret::Password(&secret), &[], &mut rng());
    assert_eq!(refused, Err(EncryptError::NoRecipient));
    assert_eq!(rehearse(&[], &mut rng()), Err(EncryptError::NoRecipient));
    assert_eq!(rehearse(&[ssh()], &mut rng()), Ok(()));
}
