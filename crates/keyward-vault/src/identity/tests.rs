use proptest::prelude::*;

use super::*;

#[test]
fn only_the_identity_opens_what_it_sealed() {
    let (mine, other) = (Identity::generate(), Identity::generate());
    let file = mine.seal(b"content");
    assert_eq!(mine.open(&file).unwrap().as_slice(), b"content");
    assert!(matches!(other.open(&file), Err(OpenError::OtherKey)));
}

#[test]
fn every_cut_and_every_flipped_byte_is_noticed() {
    let identity = Identity::generate();
    let file = identity.seal(b"content");
    for cut in 0..file.len() {
        assert!(identity.open(&file[..cut]).is_err(), "cut at {cut}");
    }
    for at in 0..file.len() {
        let mut file = file.clone();
        file[at] ^= 1;
        assert!(identity.open(&file).is_err(), "flipped at {at}");
    }
}

#[test]
fn an_identity_file_with_comments_is_read_and_shows_nothing() {
    let identity = Identity::generate();
    let text = format!("# created: today\n\n  {}\n", *identity.expose());
    let read: Identity = text.parse().unwrap();
    assert_eq!(read.recipient(), identity.recipient());
    assert_eq!(format!("{read:?}"), "Identity(***)");
    for wrong in [
        "",
        "# only a comment",
        "AGE-SECRET-KEY-1QQQ",
        &format!("{text}{text}"),
    ] {
        assert!(wrong.parse::<Identity>().is_err());
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let identity = Identity::generate();
        prop_assert!(identity.open(&bytes).is_err());
        let _ = has_age_header(&bytes);
        let _ = String::from_utf8_lossy(&bytes).parse::<Identity>();
    }
}
