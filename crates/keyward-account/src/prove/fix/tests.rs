use super::add_fixes;
use crate::prove::tests::world::proof_of;
use crate::prove::{Finding, Promise};
use crate::templates::Template;

fn findings(text: &str) -> Vec<Finding> {
    let mut proof = proof_of(text);
    add_fixes(&mut proof, text);
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
