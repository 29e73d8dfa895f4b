use super::*;

fn entry(name: &str) -> ActionEntry<'static> {
    Catalogue::built_in()
        .find(name)
        .unwrap_or_else(|| panic!("{name} is not listed"))
}

/// The names of an action's resource types, the optional ones with `?` after them.
fn types(name: &str) -> Vec<String> {
    match entry(name).resources() {
        Resources::Any => vec!["*".into()],
        Resources::Unknown => vec!["unknown".into()],
        Resources::Types(types) => types
            .map(|one| match one.necessity() {
                Necessity::Required => one.name().into(),
                Necessity::Optional => format!("{}?", one.name()),
            })
            .collect(),
    }
}

fn matching(pattern: &str) -> Vec<String> {
    let pattern = ActionPattern::parse(pattern).unwrap();
    Catalogue::built_in()
        .matching(&pattern)
        .map(|action| action.to_string())
        .collect()
}

#[test]
fn everything_of_the_sources_is_there() {
    let catalogue = Catalogue::built_in();
    assert_eq!(catalogue.date(), "2026-09-26");
    assert_eq!(catalogue.services().len(), 460);
    assert_eq!(catalogue.actions().len(), 22_407);
    let count = |level| {
        catalogue
            .actions()
            .filter(|action| action.level() == level)
            .count()
    };
    assert_eq!(count(AccessLevel::List), 3_760);
    assert_eq!(count(AccessLevel::Read), 5_970);
    assert_eq!(count(AccessLevel::Tagging), 723);
    assert_eq!(count(AccessLevel::Write), 11_526);
    assert_eq!(count(AccessLevel::PermissionsManagement), 428);
}

#[test]
fn services_and_actions_are_in_order_and_listed_once() {
    let catalogue = Catalogue::built_in();
    let services: Vec<&str> = catalogue.services().collect();
    assert!(services.is_sorted_by(|a, b| a < b));
    let mut sections: Vec<&str> = catalogue.actions().map(ActionEntry::service).collect();
    sections.dedup();
    assert_eq!(sections, services);
    for service in services {
        let pattern = ActionPattern::parse(&format!("{service}:*")).unwrap();
        let names: Vec<String> = catalogue
            .matching(&pattern)
            .map(|action| action.name().to_lowercase())
            .collect();
        assert!(names.is_sorted_by(|a, b| a < b), "{service}");
    }
}

#[test]
fn every_action_is_found_in_any_case() {
    let catalogue = Catalogue::built_in();
    for action in catalogue.actions() {
        let upper = action.to_string().to_ascii_uppercase();
        assert_eq!(catalogue.find(&upper), Some(action));
        assert!(action.to_action().is(&upper));
    }
}

#[test]
fn what_is_not_listed_is_not_found() {
    let catalogue = Catalogue::built_in();
    for name in [
        "",
        ":",
        "iam",
        "iam:",
        "iam:GetUsr",
        "nosuch:GetUser",
        "iam:GetUser:x",
    ] {
        assert_eq!(catalogue.find(name), None, "{name}");
    }
}

#[test]
fn self_service_actions_have_their_documented_resource_types() {
    assert_eq!(types("iam:CreateVirtualMFADevice"), ["mfa"]);
    assert_eq!(types("iam:TagMFADevice"), ["mfa"]);
    assert_eq!(types("iam:DeleteVirtualMFADevice"), ["mfa?", "sms-mfa?"]);
    for name in [
        "iam:EnableMFADevice",
        "iam:DeactivateMFADevice",
        "iam:ResyncMFADevice",
        "iam:GetMFADevice",
        "iam:ChangePassword",
        "iam:GetLoginProfile",
        "iam:CreateLoginProfile",
        "iam:UpdateLoginProfile",
        "iam:GetUser",
        "iam:CreateAccessKey",
        "iam:GetAccessKeyLastUsed",
        "iam:TagUser",
    ] {
        assert_eq!(types(name), ["user"], "{name}");
    }
    // Without a name it lists the devices of the caller.
    assert_eq!(types("iam:ListMFADevices"), ["user?"]);
    for name in [
        "iam:ListVirtualMFADevices",
        "iam:GetAccountPasswordPolicy",
        "iam:GetAccountSummary",
        "iam:ListUsers",
        "iam:ListAccountAliases",
        "sts:GetSessionToken",
        "sts:GetCallerIdentity",
    ] {
        assert_eq!(types(name), ["*"], "{name}");
    }
}

#[test]
fn a_role_is_all_that_can_be_passed() {
    assert_eq!(types("iam:PassRole"), ["role"]);
    assert_eq!(entry("iam:passrole").to_string(), "iam:PassRole");
}

#[test]
fn levels_are_the_documented_ones() {
    for (name, level) in [
        ("iam:ListUsers", AccessLevel::List),
        ("iam:GetUser", AccessLevel::Read),
        ("iam:TagUser", AccessLevel::Tagging),
        ("iam:PassRole", AccessLevel::Write),
        ("iam:AttachUserPolicy", AccessLevel::PermissionsManagement),
        ("s3:PutBucketPolicy", AccessLevel::PermissionsManagement),
    ] {
        assert_eq!(entry(name).level(), level, "{name}");
    }
}

#[test]
fn newer_actions_are_listed_without_their_resource_types() {
    for name in [
        "iam:GetRequestAuthorizationDetails",
        "account:ReopenAccount",
        "kms:Decapsulate",
    ] {
        assert_eq!(types(name), ["unknown"], "{name}");
    }
}

#[test]
fn arn_formats_are_filled_by_the_names_of_their_placeholders() {
    let Resources::Types(mut types) = entry("iam:GetUser").resources() else {
        panic!("GetUser takes a user");
    };
    let user = types.next().unwrap();
    let formats: Vec<ArnFormat<'_>> = user.formats().collect();
    assert_eq!(
        formats[0].as_str(),
        "arn:${Partition}:iam::${Account}:user/${UserNameWithPath}"
    );
    assert_eq!(formats.len(), 1);
    assert_eq!(
        formats[0].placeholders().collect::<Vec<_>>(),
        ["Partition", "Account", "UserNameWithPath"]
    );
    let arn = formats[0].fill(|name| match name {
        "Partition" => "aws",
        "Account" => "123456789012",
        _ => "alice",
    });
    assert_eq!(arn, "arn:aws:iam::123456789012:user/alice");
}

#[test]
fn names_that_are_words_are_those_of_known_characters() {
    let mut words = Vec::new();
    for action in Catalogue::built_in().actions() {
        let Resources::Types(types) = action.resources() else {
            continue;
        };
        for format in types.flat_map(ResourceType::formats) {
            let service = format.as_str().split(':').nth(2).unwrap();
            let own = format.placeholders().filter(|name| format.is_word(name));
            words.extend(own.map(|name| format!("{service} {name}")));
        }
    }
    words.sort();
    words.dedup();
    assert_eq!(
        words,
        [
            "codepipeline ActionName",
            "codepipeline PipelineName",
            "codepipeline StageName",
            "dynamodb TableName",
            "s3 AccessPointName",
            "s3 BucketName",
        ]
    );
}

#[test]
fn every_arn_format_is_an_arn_once_it_is_filled() {
    for action in Catalogue::built_in().actions() {
        let Resources::Types(types) = action.resources() else {
            continue;
        };
        assert!(types.len() > 0, "{action}");
        for format in types.flat_map(ResourceType::formats) {
            let arn = format.fill(|_| "x");
            assert!(arn.starts_with("arn:x:"), "{action}: {format}");
            assert!(arn.split(':').count() >= 6, "{action}: {format}");
            assert!(
                !arn.contains(['$', '{', '}', ' ', ',']),
                "{action}: {format}"
            );
        }
    }
}

#[test]
fn a_type_may_have_two_formats() {
    let Resources::Types(types) = entry("lex:GetBot").resources() else {
        panic!("GetBot takes a bot");
    };
    assert!(
        types
            .map(|one| one.formats().count())
            .any(|count| count == 2)
    );
}

#[test]
fn patterns_cover_what_they_say() {
    assert_eq!(matching("iam:getuser"), ["iam:GetUser"]);
    assert_eq!(
        matching("IAM:*MFADevice"),
        [
            "iam:CreateVirtualMFADevice",
            "iam:DeactivateMFADevice",
            "iam:DeleteVirtualMFADevice",
            "iam:EnableMFADevice",
            "iam:GetMFADevice",
            "iam:ResyncMFADevice",
            "iam:TagMFADevice",
            "iam:UntagMFADevice",
        ]
    );
    assert!(matching("iam:GetUsr").is_empty());
    assert!(matching("nosuch:*").is_empty());
    assert_eq!(matching("*").len(), Catalogue::built_in().actions().len());
}

#[test]
fn a_broken_catalogue_is_refused_with_its_line() {
    let broken = |text: &str| read::read(text.into()).unwrap_err().to_string();
    let line = |number| format!("line {number} of the catalogue cannot be read");
    assert_eq!(broken(""), line(1));
    assert_eq!(broken("keyward-actions 2 2026-01-31\n"), line(1));
    let head = "keyward-actions 1 2026-01-31\n";
    for (text, number) in [
        ("GetUserR\n", 2),
        (">iam\nuser\n", 3),
        (">iam\nGetUserX\n", 3),
        (">iam\nGetUserR0\n", 3),
        (">iam\n:user arn\n", 3),
        (">iam\n:user\tarn:x\nGetUserR0\nPutUserW1\n", 5),
        (">iam\n:user\tarn:x\nGetUserR-\n", 4),
        (">iam\n:user\tarn:x\nGetUserR~0\n", 4),
        (">iam\n:user\tarn:x\n\n", 4),
        // The numbers restart with each service.
        (">iam\n:user\tarn:x\n>sts\nGetUserR0\n", 5),
    ] {
        assert_eq!(broken(&format!("{head}{text}")), line(number), "{text}");
    }
}

#[test]
fn a_pattern_covers_the_same_actions_as_a_search_of_all() {
    let catalogue = Catalogue::built_in();
    for text in [
        "iam:GetUser",
        "IAM:getuser",
        "iam:Get",
        "iam:Get*",
        "iam:gEt*User",
        "iam:?etUser",
        "iam:G?tUser*",
        "iam:zz*",
        "iam:*",
        "*:*",
        "*",
        "sts:AssumeRole*",
        "none:Get*",
    ] {
        let pattern = ActionPattern::parse(text).unwrap();
        let all = catalogue.actions();
        let all: Vec<String> = all
            .filter(|action| pattern.may_cover(*action))
            .map(|action| action.to_string())
            .collect();
        assert_eq!(matching(text), all, "{text}");
    }
}

#[test]
fn the_kept_answers_about_a_text_are_those_of_the_text() {
    let catalogue = Catalogue::built_in();
    for text in [
        "**",
        "s3*",
        "*:Get?bject",
        "i*:*User",
        " iam:GetUser ",
        "nothing",
    ] {
        let pattern = ActionPattern::unclear(text);
        for _ in 0..2 {
            let kept: Vec<usize> = catalogue.matching(&pattern).map(|a| a.number()).collect();
            let tried = catalogue
                .actions()
                .filter(|action| pattern.may_cover(*action));
            assert_eq!(
                kept,
                tried.map(|a| a.number()).collect::<Vec<_>>(),
                "{text}"
            );
        }
    }
}
