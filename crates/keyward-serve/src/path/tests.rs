//! `profile(of(name)) == name`, and paths that name no profile.

use keyward_core::id::ProfileName;
use proptest::prelude::*;

use super::{of, profile};

#[test]
fn every_name_comes_back() {
    for name in [
        "alice",
        "Acme ReadOnly",
        "a/b",
        "50%",
        "日本",
        "x.y~z",
        "a?b#c",
    ] {
        let name = name.parse().unwrap();
        let path = of(&name);
        assert!(path.is_ascii() && !path.contains([' ', '?', '#']), "{path}");
        assert_eq!(profile(&path), Some(name));
    }
}

proptest! {
    #[test]
    fn any_name_comes_back(text in any::<String>()) {
        if let Ok(name) = text.parse::<ProfileName>() {
            prop_assert_eq!(profile(&of(&name)), Some(name));
        }
    }

    #[test]
    fn any_path_is_read_without_harm(path in "(/v1/credentials/)?\\PC*") {
        let _ = profile(&path);
    }
}

#[test]
fn other_paths_stand_for_nobody() {
    for path in [
        "",
        "/",
        "/v1/credentials",
        "/v1/credentials/",
        "/v1/credentials/a/b",
        "/v1/credentials/a%2",
        "/v1/credentials/a%zz",
        "/v1/credentials/%FF",
        "/v1/credentials/%0A",
        "/latest/meta-data/",
    ] {
        assert_eq!(profile(path), None, "{path}");
    }
}
