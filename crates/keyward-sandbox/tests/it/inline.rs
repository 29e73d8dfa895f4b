//! Embedded policies.

use crate::client::{DOCUMENT, Office};

#[test]
fn an_embedded_policy_is_put_read_replaced_and_deleted() {
    let office = Office::open();
    office.role("r");
    for (kind, name) in [("User", "bob"), ("Group", "team"), ("Role", "r")] {
        let parameter = format!("{kind}Name");
        let holder = (parameter.as_str(), name);
        let named = [holder, ("PolicyName", "p")];
        let put = |document: &str| {
            let params = [holder, ("PolicyName", "p"), ("PolicyDocument", document)];
            office.call(&format!("Put{kind}Policy"), &params)
        };
        put(DOCUMENT).is("OK");
        put(&DOCUMENT.replace("Allow", "Deny")).is("OK");
        let seen = office.ok(&format!("Get{kind}Policy"), &named);
        assert_eq!(seen.text(&parameter).unwrap(), name);
        let text = seen.text("PolicyDocument").unwrap();
        assert!(text.contains("%22Deny%22"), "{text}");
        assert!(
            text.contains("%0A%20%20") && text.contains("%22%2A%22"),
            "{text}"
        );
        let listed = office.ok(&format!("List{kind}Policies"), &[holder]);
        assert!(listed.body.contains("<member>p</member>"));
        let delete = || office.call(&format!("Delete{kind}Policy"), &named);
        delete().is("OK");
        let noun = kind.to_lowercase();
        let missing = format!("404 NoSuchEntity: The {noun} policy with name p cannot be found.");
        delete().is(&missing);
        office
            .call(&format!("Get{kind}Policy"), &named)
            .is(&missing);
        let outcome = put("{}").outcome();
        assert!(
            outcome.starts_with("400 MalformedPolicyDocument"),
            "{outcome}"
        );
    }
}

#[test]
fn all_embedded_policies_of_one_owner_share_a_quota() {
    let office = Office::open();
    office.role("r");
    office.ok("CreateGroup", &[("GroupName", "g")]);
    for (kind, name, most) in [
        ("User", "bob", 2048),
        ("Group", "g", 5120),
        ("Role", "r", 10_240),
    ] {
        let parameter = format!("{kind}Name");
        let put = |policy: &str, size: usize| {
            let bare =
                r#"{"Id":"","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
            let id = format!("\"Id\":\"{}\"", "i".repeat(size - bare.len()));
            let document = bare.replace("\"Id\":\"\"", &id) + "\n \t";
            let params = [
                (parameter.as_str(), name),
                ("PolicyName", policy),
                ("PolicyDocument", document.as_str()),
            ];
            office.call(&format!("Put{kind}Policy"), &params)
        };
        let noun = kind.to_lowercase();
        let limit = format!(
            "409 LimitExceeded: Maximum policy size of {most} bytes exceeded for {noun} {name}"
        );
        put("one", most + 1).is(&limit);
        put("one", most - 200).is("OK");
        put("two", 201).is(&limit);
        put("two", 200).is("OK");
        // A replacement counts in place of what it replaces.
        put("one", most - 200).is("OK");
        put("one", most - 199).is(&limit);
    }
}
