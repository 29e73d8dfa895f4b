use std::collections::BTreeSet;

use super::edit::Edit;
use super::{Id, Trial, add_fixes, counts, is_worse};
use crate::prove::tests::fixtures::{as_proven, rendered};
use crate::prove::{Finding, Promise, SubjectKind, prove};
use crate::templates::Template;

fn findings(text: &str) -> Vec<Finding> {
    let accounts = rendered(text);
    let accounts = as_proven(&accounts);
    let mut proof = prove(&accounts);
    add_fixes(&mut proof, text, &accounts);
    proof.findings
}

#[test]
fn a_guard_that_is_off_is_fixed_by_one_line() {
    let text = Template::ReadonlyAdmin
        .text()
        .replace("guard = true", "guard = false");
    let findings = findings(&text);
    let missing = findings
        .iter()
        .find(|finding| finding.id == "guard/missing");
    let fix = missing.unwrap().fix.as_deref().unwrap();
    assert!(
        fix.contains("- guard = false") && fix.contains("+ guard = true"),
        "{fix}"
    );
}

#[test]
fn an_administrator_without_a_lesser_role_gets_one() {
    let text = Template::ReadonlyAdmin
        .text()
        .replace(r#"["ReadOnly", "Administrator"]"#, r#"["Administrator"]"#);
    let findings = findings(&text);
    let finding = findings
        .iter()
        .find(|finding| finding.breaks == Some(Promise::AdministratorsReadByDefault))
        .unwrap();
    let fix = finding.fix.as_deref().unwrap();
    assert!(
        fix.contains(r#"+ assume = ["ReadOnly", "Administrator"]"#),
        "{fix}"
    );
}

#[test]
fn rights_of_a_user_are_taken_away() {
    let text = Template::ReadonlyAdmin.text().replace(
        "[users.alice]\n",
        "[users.alice]\nmanaged = [\n  \"AdministratorAccess\",\n]\n",
    );
    let findings = findings(&text);
    let direct = findings.iter().find(|f| f.id == "admin-by-default/direct");
    let fix = direct.unwrap().fix.as_deref().unwrap();
    assert!(fix.contains("- managed = ["), "{fix}");
    assert!(fix.contains("- ]"), "{fix}");
}

/// A blueprint with one more role and text of its own, which bob may assume.
fn with_role(role: &str) -> String {
    let text = Template::ReadonlyAdmin.text();
    text.replace(
        r#"assume = ["ReadOnly"]"#,
        r#"assume = ["ReadOnly", "Ops"]"#,
    ) + "\n"
        + role
}

fn fix(text: &str, id: &str) -> String {
    let findings = findings(text);
    let found = findings.iter().find(|finding| finding.id == id);
    let found = found.unwrap_or_else(|| panic!("{findings:#?}"));
    let fix = found.fix.clone();
    fix.unwrap_or_else(|| panic!("no fix of {found:?}"))
}

#[test]
fn a_grant_to_pass_every_role_is_narrowed_as_in_the_templates() {
    let text = with_role(
        "[roles.Ops]\nmanaged = [\"ReadOnlyAccess\"]\n\n[roles.Ops.inline.pass]\nEffect = \"Allow\"\nAction = \"iam:PassRole\"\nResource = \"*\"\n",
    );
    assert_eq!(
        fix(&text, "widen/iam:PassRole"),
        "  [roles.Ops.inline.pass]\n- Resource = \"*\"\n+ Resource = \"arn:aws:iam::123456789012:role/workload/*\""
    );
}

#[test]
fn an_action_that_widens_is_taken_out_of_its_list() {
    let text = with_role(
        "[roles.Ops]\nmanaged = [\"ReadOnlyAccess\"]\n\n[roles.Ops.inline.own]\nEffect = \"Allow\"\nAction = [\"s3:PutObject\", \"iam:PutRolePolicy\"]\nResource = \"*\"\n",
    );
    assert_eq!(
        fix(&text, "widen/iam:PutRolePolicy"),
        "  [roles.Ops.inline.own]\n- Action = [\"s3:PutObject\", \"iam:PutRolePolicy\"]\n+ Action = [\"s3:PutObject\"]"
    );
}

#[test]
fn an_action_that_a_wildcard_grants_is_denied() {
    let text = with_role(
        "[roles.Ops]\nmanaged = [\"ReadOnlyAccess\"]\n\n[roles.Ops.inline.own]\nEffect = \"Allow\"\nAction = \"iam:Put*\"\nResource = \"*\"\n",
    );
    let fix = fix(&text, "widen/iam:PutRolePolicy");
    assert!(fix.contains("+ [roles.Ops.inline.deny-widening]"), "{fix}");
    assert!(fix.contains("+ Effect = \"Deny\""), "{fix}");
    assert!(fix.contains("+   \"iam:PutGroupPolicy\","), "{fix}");
    assert!(!fix.contains("\n- "), "{fix}");
}

#[test]
fn rights_over_other_users_are_denied_and_the_own_ones_stay() {
    let text = Template::ReadonlyAdmin.text().to_owned()
        + "\n[groups.unprivileged.inline.keys]\nEffect = \"Allow\"\nAction = \"iam:*AccessKey\"\nResource = \"*\"\n";
    let fix = fix(&text, "widen/iam:CreateAccessKey");
    assert!(
        fix.contains("+ [groups.unprivileged.inline.deny-on-others]"),
        "{fix}"
    );
    assert!(fix.contains("+ NotResource = ["), "{fix}");
}

#[test]
fn a_dead_grant_is_taken_out_and_the_rest_of_its_document_stays() {
    let role = r#"
[roles.Ops]
managed = ["ReadOnlyAccess"]
inline.own = """
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::example/*"
    },
    {
      "Effect": "Allow",
      "Action": "iam:CreateUser",
      "Resource": "arn:aws:s3:::example"
    }
  ]
}
"""
"#;
    let fix = fix(&with_role(role), "dead-grant/iam:CreateUser");
    assert!(
        fix.contains("-       \"Action\": \"iam:CreateUser\","),
        "{fix}"
    );
    assert!(!fix.contains("s3:GetObject"), "{fix}");
}

#[test]
fn a_managed_policy_of_dead_grants_alone_goes_whole() {
    let text = with_role(
        "[roles.Ops]\nmanaged = [\"ReadOnlyAccess\", \"dead\"]\n\n[policies.dead.document]\nEffect = \"Allow\"\nAction = \"iam:CreateUser\"\nResource = \"arn:aws:s3:::example\"\n",
    );
    let fix = fix(&text, "dead-grant/iam:CreateUser");
    assert!(fix.contains("+ managed = [\"ReadOnlyAccess\"]"), "{fix}");
    assert!(fix.contains("- [policies.dead.document]"), "{fix}");
}

#[test]
fn the_trust_policy_of_a_role_goes_in_each_form() {
    for trust in [
        "trust = { Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = \"*\" }",
        "trust.Effect = \"Allow\"\ntrust.Action = \"sts:AssumeRole\"\ntrust.Principal = \"*\"",
        "[roles.Ops.trust]\nEffect = \"Allow\"\nAction = \"sts:AssumeRole\"\nPrincipal = \"*\"",
        "[[roles.Ops.trust.Statement]]\nEffect = \"Allow\"\nAction = \"sts:AssumeRole\"\nPrincipal = \"*\"",
    ] {
        let role = format!("[roles.Ops]\nmanaged = [\"ReadOnlyAccess\"]\n{trust}\n");
        let fix = fix(&with_role(&role), "role-open-to/anyone");
        assert!(fix.contains("Principal = \"*\""), "{fix}");
        assert!(!fix.contains("+ "), "{fix}");
    }
}

#[test]
fn an_inline_policy_of_an_administrator_goes_whole() {
    for holder in ["users.bob", "groups.unprivileged"] {
        let text = Template::ReadonlyAdmin.text().to_owned()
            + &format!(
                "\n[{holder}.inline.all]\nEffect = \"Allow\"\nAction = \"*\"\nResource = \"*\"\n"
            );
        for id in [
            "admin-by-default/direct",
            "lift-guard/iam:RemoveUserFromGroup",
        ] {
            let fix = fix(&text, id);
            assert!(fix.contains(&format!("- [{holder}.inline.all]")), "{fix}");
        }
    }
}

/// A blueprint without keyward's self-service, with a policy of its own in its place.
fn own_enrolment(statements: &str) -> String {
    let text = Template::ReadonlyAdmin.text();
    let text = text.replace("enabled = true\nguard = true", "enabled = false");
    let text = text.replace("[groups.unprivileged]", &format!("[policies.own]\ndocument = '''\n{{\"Version\":\"2012-10-17\",\"Statement\":[{statements}]}}\n'''\n\n[groups.unprivileged]\nmanaged = [\"own\"]"));
    text.replace(
        "[groups.admins]\n",
        "[groups.admins]\nmanaged = [\"own\"]\n",
    )
}

const GUARD: &str = r#"{"Effect":"Deny","NotAction":["iam:CreateVirtualMFADevice","iam:EnableMFADevice","iam:GetUser","iam:ListMFADevices","iam:ListVirtualMFADevices","iam:ResyncMFADevice","sts:GetSessionToken"],"Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}"#;

const ENROL: &str = r#"{"Effect":"Allow","Action":["iam:CreateVirtualMFADevice","iam:EnableMFADevice","iam:GetUser","iam:ListMFADevices","iam:ResyncMFADevice"],"Resource":["arn:aws:iam::123456789012:user/${aws:username}","arn:aws:iam::123456789012:mfa/${aws:username}"]},{"Effect":"Allow","Action":"iam:ListVirtualMFADevices","Resource":"*"}"#;

#[test]
fn every_finding_about_enrolment_gets_a_proved_fix() {
    let text = own_enrolment(&format!("{ENROL},{GUARD}"));
    let all = findings(&text);
    let enrolment: Vec<&Finding> = all
        .iter()
        .filter(|f| f.id.starts_with("enrolment/"))
        .collect();
    let ids: Vec<&str> = enrolment.iter().map(|f| f.id.as_str()).collect();
    for id in [
        "enrolment/path",
        "enrolment/second-device",
        "enrolment/iam:ChangePassword",
    ] {
        assert!(ids.contains(&id), "{ids:?}");
    }
    for finding in enrolment {
        assert!(finding.fix.is_some(), "{finding:?}");
    }
    let path = fix(&text, "enrolment/path");
    assert!(path.contains(".inline.enrolment]"), "{path}");
    let password = fix(&text, "enrolment/iam:ChangePassword");
    assert!(password.contains("iam:ChangePassword"), "{password}");
    assert!(password.contains("NotAction"), "{password}");
}

/// A blueprint without a guard and with a role that alice assumes without MFA, because its own trust
/// policy names her.
fn own_trust(right_of_bob: &str) -> String {
    let text = Template::ReadonlyAdmin.text();
    let text = text.replace("guard = true", "guard = false");
    text.replace(
        "[users.bob]\n",
        &format!(
            "[roles.Elsewhere]\nmanaged = [\"AdministratorAccess\"]\ntrust = {{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = {{ AWS = \"arn:aws:iam::123456789012:user/alice\" }} }}\n\n[users.bob]\n{right_of_bob}"
        ),
    )
}

/// The findings that an edit without the trust policy removes, and whether it causes a new one.
fn without_trust(text: &str) -> (Option<BTreeSet<Id>>, bool) {
    let accounts = rendered(text);
    let accounts = as_proven(&accounts);
    let proof = prove(&accounts);
    let lines = text.lines().filter(|line| !line.starts_with("trust = "));
    let edited = lines.map(|line| format!("{line}\n")).collect();
    let edit = Edit::between(text.into(), edited);
    let trial = Trial::new(&proof, &accounts);
    let after = counts(&trial.prove(&edit.text).unwrap().findings);
    let new = is_worse(&after, &trial.known);
    (trial.gone(&edit), new)
}

#[test]
fn an_edit_that_gives_someone_a_right_is_no_fix() {
    // The default trust policy admits every user that the account permits, with MFA. In this
    // account there are none.
    let (gone, new) = without_trust(&own_trust(""));
    let id = (
        "role-without-mfa/Elsewhere".to_owned(),
        SubjectKind::User,
        "alice".to_owned(),
    );
    assert!(gone.unwrap().contains(&id) && !new);
    // It would admit bob.
    let right = "inline.assume = { Effect = \"Allow\", Action = \"sts:AssumeRole\", Resource = \"arn:aws:iam::123456789012:role/Elsewhere\" }\n";
    let (gone, new) = without_trust(&own_trust(right));
    assert!(gone.is_none() && !new, "{gone:?}");
}

#[test]
fn a_patch_shows_the_comments_that_it_removes_and_keeps_the_others() {
    let text = Template::ReadonlyAdmin.text().to_owned()
        + "\n# ---- Rights of our own ----\n\n# Bob needed it in May.\n[users.bob.inline.all]\nEffect = \"Allow\"\nAction = \"*\"\nResource = \"*\"\n\n# The end.\n";
    assert_eq!(
        fix(&text, "admin-by-default/direct"),
        "- # Bob needed it in May.\n- [users.bob.inline.all]\n- Effect = \"Allow\"\n- Action = \"*\"\n- Resource = \"*\""
    );
}

#[test]
fn a_comment_behind_an_action_stays_with_its_action() {
    let text = with_role(
        "[roles.Ops]\nmanaged = [\"ReadOnlyAccess\"]\n\n[roles.Ops.inline.own]\nEffect = \"Allow\"\nAction = [\n  \"s3:PutObject\", # uploads\n  \"iam:PutRolePolicy\", # an experiment\n  \"s3:GetObject\",\n]\nResource = \"*\"\n",
    );
    assert_eq!(
        fix(&text, "widen/iam:PutRolePolicy"),
        "  [roles.Ops.inline.own]\n-   \"iam:PutRolePolicy\", # an experiment"
    );
}

/// JSON has no comments, but TOML has some around the string that holds it.
#[test]
fn the_comments_around_a_json_document_stay_when_a_statement_leaves_it() {
    let dead =
        r#"{"Effect": "Allow", "Action": "iam:CreateUser", "Resource": "arn:aws:s3:::example"}"#;
    let used =
        r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example/*"}"#;
    for quotes in ["'''", "\"\"\""] {
        let string = |statements: &str| {
            let json = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
            match quotes {
                "'''" => format!("'''\n{json}\n'''"),
                _ => format!("\"\"\"\n{}\n\"\"\"", json.replace('"', "\\\"")),
            }
        };
        let role = |statements: &str| {
            format!(
                "[roles.Ops]\n# Apart.\n\n# Of the ticket.\ninline.own = {} # see the wiki\n# Behind.\n\nmanaged = [\"ReadOnlyAccess\"]\n# The end.\n",
                string(statements)
            )
        };
        let some = fix(
            &with_role(&role(&format!("{used}, {dead}"))),
            "dead-grant/iam:CreateUser",
        );
        for comment in ["Apart", "ticket", "Behind", "end"] {
            assert!(!some.contains(comment), "{some}");
        }
        // Lines that change show the comment before and after, others do not show it.
        assert_eq!(some.matches("see the wiki").count() % 2, 0, "{some}");
        // Its last statement takes the policy, and the comment above it, along.
        let all = fix(&with_role(&role(dead)), "dead-grant/iam:CreateUser");
        for comment in ["Apart", "Behind", "end"] {
            assert!(!all.contains(comment), "{all}");
        }
        assert!(all.contains("- # Of the ticket."), "{all}");
    }
}

#[test]
fn only_the_policy_behind_a_finding_leaves_its_list() {
    let text = Template::ReadonlyAdmin.text().replace(
        "[users.bob]\n",
        "[users.bob]\nmanaged = [\"SecurityAudit\", \"AmazonMacieFullAccess\", \"AdministratorAccess\"]\n",
    );
    let removed = |left: &str| {
        format!(
            "  [users.bob]\n- managed = [\"SecurityAudit\", \"AmazonMacieFullAccess\", \"AdministratorAccess\"]\n+ managed = [{left}]"
        )
    };
    assert_eq!(
        fix(&text, "unknown-policy/AmazonMacieFullAccess"),
        removed("\"SecurityAudit\", \"AdministratorAccess\"")
    );
    assert_eq!(
        fix(&text, "admin-by-default/direct"),
        removed("\"SecurityAudit\", \"AmazonMacieFullAccess\"")
    );
}

/// Writes the statements of a policy in one form.
type Form = fn(&[String]) -> String;

#[test]
fn a_call_of_enrolment_that_a_guard_or_a_grant_lacks_is_added_in_each_form() {
    let text = Template::ReadonlyAdmin.text();
    let text = text.replace("enabled = true\nguard = true", "enabled = false");
    let own = "Resource = \"arn:aws:iam::123456789012:user/${aws:username}\"";
    let users = "Action = [\"iam:EnableMFADevice\", \"iam:GetUser\", \"iam:ListMFADevices\", \"iam:ResyncMFADevice\", \"iam:ChangePassword\"]";
    let devices = "Action = \"iam:CreateVirtualMFADevice\"\nResource = [\"arn:aws:iam::123456789012:mfa/${aws:username}\", \"arn:aws:iam::123456789012:mfa/${aws:username}-*\"]";
    let account = "Action = [\"iam:ListVirtualMFADevices\", \"iam:GetAccountPasswordPolicy\"]\nResource = \"*\"";
    let spared = users.replace("Action", "NotAction").replace(
        "[",
        "[\"iam:CreateVirtualMFADevice\", \"iam:ListVirtualMFADevices\", \"iam:GetAccountPasswordPolicy\", \"sts:GetSessionToken\", ",
    );
    let condition = "Condition = { BoolIfExists = { \"aws:MultiFactorAuthPresent\" = \"false\" } }";
    let policy = |form: Form, users: &str, spared: &str| {
        let statements = [
            format!("Effect = \"Allow\"\n{users}\n{own}"),
            format!("Effect = \"Allow\"\n{devices}"),
            format!("Effect = \"Allow\"\n{account}"),
            format!("Effect = \"Deny\"\n{spared}\nResource = \"*\"\n{condition}"),
        ];
        format!("{text}\n{}", form(&statements))
    };
    let tables = |statements: &[String]| {
        let header = "[[groups.unprivileged.inline.own.Statement]]";
        let tables = statements.iter().map(|one| format!("{header}\n{one}\n\n"));
        tables.collect::<String>()
    };
    let list = |statements: &[String]| {
        let tables = statements.iter();
        let tables = tables.map(|one| format!("  {{ {} }},\n", one.replace('\n', ", ")));
        let tables: String = tables.collect();
        format!("[groups.unprivileged.inline]\nown = [\n{tables}]\n")
    };
    let forms: [Form; 2] = [tables, list];
    for form in forms {
        for missing in ["iam:ChangePassword", "iam:ResyncMFADevice"] {
            let without = |list: &str| list.replace(&format!(", \"{missing}\""), "");
            let id = format!("enrolment/{missing}");
            let granted = fix(&policy(form, &without(users), &spared), &id);
            assert!(granted.contains(".inline.enrolment"), "{granted}");
            assert!(granted.contains(missing), "{granted}");
            let guarded = fix(&policy(form, users, &without(&spared)), &id);
            assert!(guarded.contains(&format!("\"{missing}\"")), "{guarded}");
            assert!(guarded.contains("NotAction"), "{guarded}");
        }
    }
}

#[test]
fn policies_that_are_too_complex_are_advised_about_and_fixed_where_one_leaves_its_list() {
    let deny = |i: usize| {
        let spared: Vec<String> = (0..8)
            .map(|j| format!("\"arn:aws:s3:::*{i}x{j}*\""))
            .collect();
        format!(
            r#"{{"Effect":"Deny","Action":"s3:*","NotResource":[{}]}}"#,
            spared.join(",")
        )
    };
    let denies: Vec<String> = (0..8).map(deny).collect();
    let buckets: Vec<String> = (0..5).map(|i| format!("\"arn:aws:s3:::a{i}*\"")).collect();
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"s3:*","Resource":[{}],"Condition":{{"IpAddress":{{"aws:SourceIp":"203.0.113.0/24"}}}}}},{}]}}"#,
        buckets.join(","),
        denies.join(",")
    );
    let text = Template::ReadonlyAdmin.text();
    let inline = format!("{text}\n[users.bob.inline]\nmaze = '{document}'\n");
    let all = findings(&inline);
    let found = all.iter().find(|f| f.id == "too-complex/policies").unwrap();
    assert_eq!(found.fix, None);
    assert!(
        found.advice().contains("`NotResource`"),
        "{}",
        found.advice()
    );
    let managed = text.replace("[users.bob]\n", "[users.bob]\nmanaged = [\"maze\"]\n");
    let managed = format!("{managed}\n[policies.maze]\ndocument = '{document}'\n");
    assert_eq!(
        fix(&managed, "too-complex/policies"),
        "  [users.bob]\n- managed = [\"maze\"]"
    );
}
