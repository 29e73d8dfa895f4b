//! Roles for workflows of GitHub: the lines that `init` writes make a provider and a role whose
//! trust names one repository.

use super::Rehearsal;

fn init(place: &Rehearsal, github: &str) -> String {
    place.run(&["account", "init", "--github", github]).ok()
}

#[test]
fn init_writes_a_role_that_one_repository_may_assume() {
    let place = Rehearsal::start();
    let text = init(&place, "example/site");
    assert!(text.contains("github = [\"example/site:ref:refs/heads/main\"]"));
    place.write("account.toml", &text);
    let rendered = place
        .run(&["account", "render", "account.toml", "--json"])
        .ok();
    assert!(rendered.contains("repo:example/site:ref:refs/heads/main"));
    let _ = place.account("apply").ok();
    let _ = place.account("plan").ok();
    place.change(|account| {
        assert!(account.roles.contains_key("GitHub-example-site"));
        assert_eq!(account.oidc_providers.len(), 1);
    });
}

#[test]
fn a_subject_of_ones_own_is_taken_and_a_wildcard_is_refused() {
    let place = Rehearsal::start();
    let text = init(&place, "example/site:environment:production");
    assert!(text.contains("github = [\"example/site:environment:production\"]"));
    for open in ["example/*", "*/site:ref:refs/heads/main"] {
        let said = place
            .run(&["account", "init", "--github", open])
            .fails_with(2);
        assert!(said.contains("lets in other repositories"), "{said}");
    }
}
