//! Names of operators.

use super::{NAMES, Operator, OperatorError};

#[test]
fn every_name_reads_back_as_it_is_written() {
    for (name, ..) in NAMES {
        for prefix in ["", "ForAnyValue:", "ForAllValues:"] {
            for suffix in ["", "IfExists"] {
                let text = format!("{prefix}{name}{suffix}");
                let read = text
                    .parse::<Operator>()
                    .map(|operator| operator.to_string());
                let expect = match (*name, suffix) {
                    ("Null", "IfExists") => Err(OperatorError::NullIfExists),
                    _ => Ok(text.clone()),
                };
                assert_eq!(read, expect, "{text}");
            }
        }
    }
}

#[test]
fn other_names_are_refused() {
    for text in [
        "",
        "IfExists",
        "bool",
        "StringMatches",
        "BoolIfExistsIfExists",
        "ForAnyValues:Bool",
        "ForAllValues:ForAnyValue:Bool",
        "NotNull",
        "NotBool",
    ] {
        assert_eq!(
            text.parse::<Operator>(),
            Err(OperatorError::Unknown),
            "{text}"
        );
    }
}
