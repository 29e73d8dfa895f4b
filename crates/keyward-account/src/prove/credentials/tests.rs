use keyward_iam::catalogue::Catalogue;

use super::{LONGER_LIVED, OF_SERVICES, takes_bearer_token};

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
fn each_action_is_listed_once() {
    let all = LONGER_LIVED.iter().chain(&OF_SERVICES);
    let mut names: Vec<&str> = all.map(|(action, _)| *action).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn longer_lived_actions_are_in_the_catalogue_as_aws_writes_them() {
    // These are newer than the catalogue. keyward asks for them by name.
    let newer = [
        "signin:CreateBearerToken",
        "signin:CreateOAuth2TokenWithIAM",
    ];
    let all = LONGER_LIVED.iter().chain(&OF_SERVICES);
    for (action, _) in all.filter(|(action, _)| !newer.contains(action)) {
        let entry = Catalogue::built_in().find(action);
        let written = entry.map(|entry| entry.to_string());
        assert_eq!(written, Some((*action).to_owned()));
    }
}
