use super::*;

/// Returns the result for a host that prints `answer`.
fn told(answer: &str) -> Result<Identity, OpenSlotError> {
    let identity = age::plugin::Identity::default_for_plugin("keywardtest").unwrap();
    let words = ["sh", "-c", "cat > /dev/null; printf \"$0\"", answer];
    let host = CommandLine::new(words.map(str::to_owned).to_vec()).unwrap();
    let access = Access::unattended();
    let identity = identity.to_string().parse().unwrap();
    unwrap(
        &host,
        &identity,
        Path::new("/slot.age"),
        b"wrapped",
        &access,
    )
}

#[test]
fn answers_become_what_the_plugin_itself_would_have_been() {
    let vault = Identity::generate();
    let good = format!("done\\n{}", vault.expose().as_str());
    assert_eq!(told(&good).unwrap().recipient(), vault.recipient());
    for (answer, expect) in [
        (
            "unavailable\\n`age-plugin-x`",
            "`age-plugin-x` is not available",
        ),
        ("damaged\\n", "`/slot.age` is damaged"),
        ("refused\\nno device", "the plugin refused"),
        (
            "done\\nnonsense",
            "the age plugin gave something that is not an age identity",
        ),
        ("", "the plugin refused"),
        ("other\\nword", "the plugin refused"),
    ] {
        assert_eq!(told(answer).unwrap_err().to_string(), expect, "{answer}");
    }
}

#[test]
fn a_request_that_is_none_is_refused() {
    let access = Access::unattended();
    let missing = age::plugin::Identity::default_for_plugin("keywardtestnone").unwrap();
    for (request, expect) in [
        (String::new(), "refused\nit was asked for something else"),
        (
            "wrap\nx\ny".to_owned(),
            "refused\nit was asked for something else",
        ),
        (
            format!("eat\n{missing}\ny"),
            "refused\nit was asked for something else",
        ),
        (
            format!("unwrap\n{missing}\ny"),
            "unavailable\n`age-plugin-keywardtestnone`",
        ),
    ] {
        let answer = host_plugin(request.as_bytes(), &access);
        assert_eq!(String::from_utf8_lossy(&answer), expect, "{request}");
    }
}

#[test]
fn a_plugin_that_may_be_started_nowhere_is_passed_over() {
    let identity = age::plugin::Identity::default_for_plugin("keywardtest").unwrap();
    let identity: PluginIdentity = identity.to_string().parse().unwrap();
    let access = Access {
        plugins: Plugins::Nowhere("it has no name".to_owned()),
        ..Access::unattended()
    };
    let file = Path::new("/slot.age");
    let opened = super::super::unwrap(&identity, file, b"wrapped", &access);
    let wrapped = super::super::wrap(&identity, &Identity::generate(), &access);
    for error in [opened.unwrap_err(), wrapped.unwrap_err()] {
        assert_eq!(
            error.to_string(),
            "a process of its own for the age plugin is not available"
        );
        let source = std::error::Error::source(&error).unwrap();
        assert_eq!(source.to_string(), "it has no name");
    }
}
