use std::collections::BTreeSet;

use super::*;
use crate::ActionPattern;
use crate::catalogue::Catalogue;

fn arn(name: &str) -> PolicyArn {
    find_arn(name).unwrap_or_else(|| panic!("{name} is not listed"))
}

fn documented_by_name(name: &str) -> ManagedDocument {
    document(&arn(name)).unwrap_or_else(|| panic!("{name} has no document"))
}

#[test]
fn every_policy_of_the_source_is_listed_once() {
    assert_eq!(date(), "2026-09-30");
    assert_eq!(names().count(), 1_582);
    let bare: BTreeSet<&str> = names().map(without_path).collect();
    assert_eq!(bare.len(), 1_582);
    for name in names() {
        assert_eq!(arn(name).as_str(), format!("{PREFIX}{name}"));
        assert!(arn(name).is_aws_managed());
    }
}

#[test]
fn a_name_is_found_with_and_without_its_path() {
    for (name, expected) in [
        ("Billing", "arn:aws:iam::aws:policy/job-function/Billing"),
        (
            "job-function/Billing",
            "arn:aws:iam::aws:policy/job-function/Billing",
        ),
        ("ReadOnlyAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        (
            "AWS_ConfigRole",
            "arn:aws:iam::aws:policy/service-role/AWS_ConfigRole",
        ),
    ] {
        assert_eq!(arn(name).as_str(), expected);
    }
    for name in [
        "",
        "billing",
        "/Billing",
        "service-role/Billing",
        "job-function/",
        "arn:aws:iam::aws:policy/Billing",
    ] {
        assert_eq!(find_arn(name), None, "{name}");
    }
}

#[test]
fn a_wrong_name_gets_the_similar_ones() {
    assert_eq!(similar("billing"), ["Billing"]);
    assert_eq!(similar("service-role/Biling"), ["Billing"]);
    assert_eq!(similar("service-role/Billing"), ["Billing"]);
    assert_eq!(similar("AdminstratorAccess"), ["AdministratorAccess"]);
    assert!(similar("ReadOnly").contains(&"ReadOnlyAccess"));
    assert!(similar("NothingLikeThisExists").is_empty());
}

#[test]
fn every_compiled_in_document_is_a_policy() {
    let mut documents = 0;
    for arn in documented() {
        documents += 1;
        let document = document(&arn).unwrap();
        assert_eq!(document.date.len(), 10, "{arn}");
        assert!(document.date <= date(), "{arn}");
        assert!(!document.policy().statements().is_empty(), "{arn}");
    }
    assert_eq!(documents, 24);
}

/// Eight thousand patterns that AWS itself wrote: the catalogue holds at least one action for
/// each, except those of services that AWS has closed.
#[test]
fn every_action_that_aws_documents_grant_is_listed() {
    let catalogue = Catalogue::built_in();
    let mut unlisted = BTreeSet::new();
    for arn in documented() {
        for pattern in patterns(&document(&arn).unwrap().policy()) {
            if catalogue.matching(pattern).next().is_none() {
                unlisted.insert(pattern.service().unwrap_or("*").to_owned());
            }
        }
    }
    assert_eq!(
        unlisted.iter().map(String::as_str).collect::<Vec<_>>(),
        ["deepcomposer", "deepracer", "iot1click"]
    );
}

fn patterns(policy: &Policy) -> impl Iterator<Item = &ActionPattern> {
    policy
        .statements()
        .iter()
        .flat_map(|statement| statement.actions().listed())
}

#[test]
fn documents_have_their_version_and_date() {
    let administrator = documented_by_name("AdministratorAccess");
    assert_eq!(administrator.version.as_str(), "v1");
    assert_eq!(administrator.date, "2015-02-06");
    assert_eq!(
        administrator.text,
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
    );
    let read_only = documented_by_name("ReadOnlyAccess");
    assert_eq!(read_only.version.as_str(), "v190");
    assert_eq!(read_only.date, "2026-09-24");
    assert_eq!(
        format!("{read_only:?}"),
        "ManagedDocument(v190 of 2026-09-24)"
    );
}

#[test]
fn a_document_that_is_not_compiled_in_is_unknown() {
    assert_eq!(document(&arn("AmazonEC2FullAccess")), None);
    for text in [
        "arn:aws:iam::123456789012:policy/ReadOnlyAccess",
        "arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess",
    ] {
        assert_eq!(document(&text.parse().unwrap()), None, "{text}");
    }
}
