//! Any bytes as a key of a person: nothing panics, what is refused is not repeated, and a secret
//! can be encrypted to every key that is taken.
#![no_main]

use keyward_core::Timestamp;
use keyward_recipients::keybase::{KeybaseName, parse_keybase_lookup};
use keyward_recipients::rand_core::OsRng;
use keyward_recipients::{Recipient, RecipientKind, Source, rehearse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let now = Timestamp::from_second(1_795_000_000);
    for kind in [RecipientKind::Pgp, RecipientKind::Age, RecipientKind::Ssh] {
        match Recipient::read(kind, input, now) {
            Ok(recipient) => {
                assert!(!recipient.to_string().contains(char::is_control));
                rehearse(&[recipient], &mut OsRng).expect("a key that was taken");
            }
            Err(error) => assert!(!error.to_string().contains(char::is_control)),
        }
    }
    if let Ok(text) = std::str::from_utf8(input) {
        for kind in [RecipientKind::Pgp, RecipientKind::Age, RecipientKind::Ssh] {
            let _ = Source::parse(kind, text);
        }
        let name: KeybaseName = "alice".parse().expect("the name of an account");
        let _ = parse_keybase_lookup(text, &name);
    }
});
