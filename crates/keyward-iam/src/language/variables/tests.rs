//! Splitting texts at their variables.

use super::{Part, Value, VariableError, split};
use crate::language::version::Version;
use crate::request::Context;

/// Puts the request's values in, with `*` and `?` of the text shown as they are and escaped
/// characters in brackets.
fn check(text: &str, expect: Result<&str, VariableError>) {
    let mut context = Context::new();
    context
        .set("AWS:UserName", "alice")
        .set("aws:PrincipalTag/team", "blue");
    context.set_many("aws:TagKeys", vec!["a".into(), "b".into()]);
    let shown = split(text, Version::V2012).map(|parts| {
        parts
            .into_iter()
            .map(|part| match part {
                Part::Text(text) => text.to_owned(),
                Part::Escaped(c) => format!("[{c}]"),
                Part::Variable(v) => match v.value(&context) {
                    Value::Text(text) => text.to_owned(),
                    Value::Missing => "<absent>".to_owned(),
                    Value::Unknown => "<unknown>".to_owned(),
                },
            })
            .collect::<String>()
    });
    assert_eq!(shown, expect.map(str::to_owned), "{text}");
}

#[test]
fn variables_take_the_requests_value_or_their_default() {
    check("", Ok(""));
    check("user/*", Ok("user/*"));
    check("user/${aws:username}", Ok("user/alice"));
    check("${aws:username}${aws:principaltag/TEAM}!", Ok("aliceblue!"));
    check("${aws:SourceIdentity}", Ok("<absent>"));
    check("${aws:SourceIdentity, 'nobody'}", Ok("nobody"));
    check("${aws:SourceIdentity,'}'}-x", Ok("}-x"));
    check("${aws:username, 'nobody'}", Ok("alice"));
    check("${*}${?}${$}{x}", Ok("[*][?][$]{x}"));
    check("$x ${$}{aws:username}", Ok("$x [$]{aws:username}"));
}

#[test]
fn a_key_with_several_values_has_no_text() {
    check("${aws:TagKeys, 'none'}", Ok("<absent>"));
}

#[test]
fn broken_variables_are_refused() {
    check("${aws:username", Err(VariableError::Unclosed));
    check("${", Err(VariableError::Unclosed));
    check("${}", Err(VariableError::Nameless));
    check("${ , 'x'}", Err(VariableError::Nameless));
    check("${aws:user name}", Err(VariableError::BadName));
    check("${a${b}}", Err(VariableError::BadName));
    check("${aws:username, none}", Err(VariableError::BadDefault));
    check("${aws:username, 'none}", Err(VariableError::BadDefault));
    check("${aws:username, 'none'", Err(VariableError::Unclosed));
}

#[test]
fn the_older_version_knows_no_variables() {
    assert_eq!(
        split("${aws:username", Version::V2008),
        Ok(vec![Part::Text("${aws:username")])
    );
}
