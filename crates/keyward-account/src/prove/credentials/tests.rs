use keyward_iam::catalogue::Catalogue;

use super::{LONGER_LIVED, takes_bearer_token};

#[test]
fn every_bearer_token_of_the_catalogue_is_longer_lived() {
    let named = |action: &str| LONGER_LIVED.iter().any(|(name, _)| *name == action);
    let actions = Catalogue::built_in().actions();
    let names = actions.map(|entry| entry.to_string());
    let tokens: Vec<String> = names.filter(|name| takes_bearer_token(name)).collect();
    assert!(tokens.len() >= 6, "{tokens:?}");
    for name in &tokens {
        assert!(named(name), "{name}");
    }
    assert!(named("signin:CreateOAuth2TokenWithIAM"));
}

#[test]
fn longer_lived_actions_are_in_the_catalogue_as_aws_writes_them() {
    // This one is newer than the catalogue. keyward still judges a policy that names it.
    let newer = "signin:CreateOAuth2TokenWithIAM";
    for (action, _) in LONGER_LIVED.iter().filter(|(action, _)| *action != newer) {
        let entry = Catalogue::built_in().find(action);
        let written = entry.map(|entry| entry.to_string());
        assert_eq!(written, Some((*action).to_owned()));
    }
}
