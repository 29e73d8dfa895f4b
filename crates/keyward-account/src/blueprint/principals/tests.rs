use super::*;

#[test]
fn a_workflow_names_one_repository() {
    for text in [
        "example/app:ref:refs/heads/main",
        "example/app:environment:production",
        "example/app:pull_request",
        "example/app:ref:refs/tags/v*",
    ] {
        let subject: GithubSubject = text.parse().unwrap();
        assert_eq!(subject.to_string(), text);
        assert_eq!(subject.claim(), format!("repo:{text}"));
    }
}

#[test]
fn a_subject_of_wildcards_is_the_whole_repository() {
    for (text, whole) in [
        ("example/app:*", true),
        ("example/app:?*", true),
        ("example@12/app@34:*", true),
        ("example/app:ref:*", false),
        ("example/app:pull_request", false),
    ] {
        let subject: GithubSubject = text.parse().unwrap();
        assert_eq!(subject.is_whole_repository(), whole, "{text}");
    }
}

#[test]
fn a_wildcard_that_lets_in_other_repositories_is_refused() {
    for text in [
        "example/*:ref:refs/heads/main",
        "*/app:*",
        "example/ap?:*",
        "exam*ple/app:x",
    ] {
        let refused = text.parse::<GithubSubject>();
        assert!(
            matches!(refused, Err(InvalidGithubSubject::Wildcard(_))),
            "{text}: {refused:?}"
        );
    }
}

#[test]
fn a_subject_without_owner_repository_or_rest_is_refused() {
    for text in [
        "",
        "*",
        "example",
        "example/app",
        "example:ref",
        "/app:x",
        "example/app:",
        "a/b/c:x",
    ] {
        let refused = text.parse::<GithubSubject>();
        assert!(
            matches!(refused, Err(InvalidGithubSubject::Shape(_))),
            "{text}: {refused:?}"
        );
    }
}

#[test]
fn a_service_has_the_suffix_of_one() {
    assert!("ec2.amazonaws.com".parse::<ServicePrincipal>().is_ok());
    for text in [
        "ec2",
        "*",
        ".amazonaws.com",
        "EC2.amazonaws.com",
        "evil.example.com",
    ] {
        assert!(text.parse::<ServicePrincipal>().is_err(), "{text}");
    }
}
