use super::*;

#[test]
fn destinations_are_read_and_written_alike() {
    let check = |text: &str| assert_eq!(text.parse::<Destination>().unwrap().to_string(), text);
    check("github:example/site");
    check("github:example/site/production");
    check("github:example/site/a b/c");
    check("file:/etc/deploy/credentials");
    check("exec:vault kv put secret/deploy -");
}

#[test]
fn what_is_no_destination_is_refused() {
    let check = |text: &str| assert!(text.parse::<Destination>().is_err(), "{text}");
    check("");
    check("example/site");
    check("gitlab:example/site");
    check("github:example");
    check("github:example/");
    check("github:/site");
    check("github:example/site/");
    check("github:../site");
    check("github:exa mple/site");
    check("github:example/site?x=1");
    check("file:");
    check("exec: ");
    check("exec:a\nb");
}

#[test]
fn an_environment_may_hold_anything() {
    let Destination::GitHub(repository) = "github:example/site/a/b".parse().unwrap() else {
        panic!("it is a repository");
    };
    assert_eq!(repository.environment.as_deref(), Some("a/b"));
}

#[test]
fn secret_names_are_what_the_host_takes() {
    let names: SecretNames = "ID, SECRET".parse().unwrap();
    assert_eq!((names.id.as_str(), names.secret.as_str()), ("ID", "SECRET"));
    for text in [
        "",
        "ID",
        "ID,",
        "ID,id",
        "1D,SECRET",
        "ID,GITHUB_X",
        "I-D,S",
    ] {
        assert_eq!(text.parse::<SecretNames>(), Err(InvalidNames), "{text}");
    }
}
