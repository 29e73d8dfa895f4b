use keyward_iam::Policy;

use super::*;

#[test]
fn a_blueprint_name_can_be_a_statement_id() {
    assert_eq!(
        "team1".parse::<BlueprintName>().unwrap().to_string(),
        "team1"
    );
    for wrong in ["", "two words", "team-1", &"x".repeat(33)] {
        assert!(wrong.parse::<BlueprintName>().is_err(), "{wrong:?}");
    }
}

#[test]
fn a_tag_names_the_blueprint() {
    let name: BlueprintName = "team".parse().unwrap();
    let tags = Tags::from([name.tag()]);
    assert_eq!(blueprint_of(&tags), Some(name));
    assert_eq!(blueprint_of(&Tags::new()), None);
}

#[test]
fn the_reserved_inline_policy_names_the_blueprint_of_a_group() {
    let mut group = Group::new("admins".parse().unwrap());
    assert_eq!(blueprint_of_group(&group), None);
    let policy = Policy::parse(
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"team","Effect":"Allow",
            "Action":"sts:GetCallerIdentity","Resource":"*"}]}"#,
    )
    .unwrap();
    group
        .grants
        .inline
        .insert(GROUP_POLICY.parse().unwrap(), policy.into());
    assert_eq!(blueprint_of_group(&group).unwrap().as_str(), "team");
}

#[test]
fn the_reserved_path_names_the_blueprint_of_a_policy() {
    let name: BlueprintName = "team".parse().unwrap();
    let own: EntityPath = "/ops/".parse().unwrap();
    let path = policy_path(&name, &own);
    assert_eq!(path.as_str(), "/keyward/team/ops/");
    assert_eq!(blueprint_of_policy(&path), Some(name.clone()));
    assert_eq!(
        blueprint_of_policy(&policy_path(&name, &EntityPath::root())),
        Some(name)
    );
    assert_eq!(blueprint_of_policy(&own), None);
    assert_eq!(blueprint_of_policy(&"/keyward/".parse().unwrap()), None);
}
