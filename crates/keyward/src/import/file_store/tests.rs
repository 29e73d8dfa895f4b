use std::fs;
use std::path::Path;

use zeroize::Zeroizing;

use super::{harvest, percent_decoded};
use crate::import::{Harvest, Loss};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/aws-vault");
const PASSPHRASE: &str = "fixture passphrase";
const OTHER: &str = "typed with a slip";

/// The folder read with these answers; they must be asked for one after the other.
fn read(folder: &Path, answers: &[(Option<&str>, Option<&str>)]) -> Harvest {
    let mut answers = answers.iter();
    let harvest = harvest(folder, &mut |item| {
        let (expected, answer) = answers.next().expect("no more questions");
        assert_eq!(item, *expected);
        Ok(answer.map(|text| Zeroizing::new(text.to_owned())))
    })
    .unwrap();
    assert!(answers.next().is_none(), "a question was not asked");
    harvest
}

fn names(harvest: &Harvest) -> Vec<&str> {
    harvest
        .keys
        .iter()
        .map(|key| key.profile.as_str())
        .collect()
}

/// Returns what stays: the file's name, the reason, and whether it matters.
fn left(harvest: &Harvest) -> Vec<(String, String, Loss)> {
    let name = |what: &str| what.rsplit(['/', '\\']).next().unwrap_or(what).to_owned();
    harvest
        .left
        .iter()
        .map(|left| (name(&left.what), left.why.clone(), left.loss))
        .collect()
}

#[test]
fn keys_come_out_and_the_rest_is_told_one_by_one() {
    let harvest = read(
        Path::new(FIXTURES),
        &[(None, Some(PASSPHRASE)), (Some("other"), None)],
    );
    assert_eq!(names(&harvest), ["alice", "team/bob"]);
    assert_eq!(
        harvest.keys[0].given.access_key_id.as_str(),
        "AKIAIOSFODNN7EXAMPLE"
    );
    let expect = [
        (
            "make.py",
            "it is not an item sealed with a passphrase",
            Loss::None,
        ),
        (
            "1 session",
            "sessions are created again when needed",
            Loss::None,
        ),
        (
            "cbc",
            "it is sealed in a way that is not known here",
            Loss::Key,
        ),
        ("other", "it is sealed with another passphrase", Loss::Key),
        ("swapped", "it says that it is `somebody`", Loss::Key),
        ("temporary", "it holds temporary credentials", Loss::None),
    ]
    .map(|(what, why, loss)| (what.to_owned(), why.to_owned(), loss));
    assert_eq!(left(&harvest), expect);
}

#[test]
fn an_item_under_another_passphrase_gets_a_question_of_its_own() {
    let harvest = read(
        Path::new(FIXTURES),
        &[
            (None, Some(PASSPHRASE)),
            (Some("other"), Some("a slip in the slip")),
            (Some("other"), Some(OTHER)),
        ],
    );
    assert_eq!(names(&harvest), ["alice", "other", "team/bob"]);
}

#[test]
fn a_passphrase_that_opens_nothing_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(
        Path::new(FIXTURES).join("alice"),
        folder.path().join("alice"),
    )
    .unwrap();
    let error = harvest(folder.path(), &mut |item| {
        Ok(item.is_none().then(|| Zeroizing::new("wrong".to_owned())))
    })
    .unwrap_err();
    assert_eq!(error.kind(), crate::screen::error::ErrorKind::VaultClosed);
}

#[test]
fn a_folder_without_items_asks_for_no_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(left(&read(folder.path(), &[])), []);
    fs::write(folder.path().join(".DS_Store"), b"\0\0\0\x01Bud1\xff").unwrap();
    fs::write(folder.path().join("huge"), vec![b'a'; 300 * 1024]).unwrap();
    fs::create_dir(folder.path().join("nested")).unwrap();
    fs::write(folder.path().join("bad%zz"), "x").unwrap();
    fs::write(folder.path().join("oidc%3Ahttps%3A%2F%2Fexample.com"), "x").unwrap();
    let harvest = read(folder.path(), &[]);
    assert_eq!(names(&harvest), [""; 0]);
    assert_eq!(harvest.left.len(), 5);
    assert!(harvest.left.iter().all(|left| left.loss == Loss::None));
}

#[test]
fn names_come_out_of_file_names() {
    for (file, expect) in [
        ("alice", Some("alice")),
        ("team%2Fbob", Some("team/bob")),
        ("100%25", Some("100%")),
        ("gr%C3%BCn", Some("grün")),
        ("a%2", None),
        ("a%", None),
        ("a%+1", None),
        ("%FF", None),
    ] {
        assert_eq!(percent_decoded(file).as_deref(), expect, "{file}");
    }
}
