use super::*;

/// `tags` are shown as `key=value` with `|` between; a mistake as its message.
fn check(text: &str, expect: &str) {
    let got = match parse(text) {
        Ok(tags) => tags
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect::<Vec<_>>()
            .join("|"),
        Err(error) => error.to_string(),
    };
    assert_eq!(got, expect, "{text:?}");
}

#[test]
fn tags_are_pairs_between_commas() {
    check("tag1=value1", "tag1=value1");
    check(
        "tag2=value2,tag3=value3,tag4=value4",
        "tag2=value2|tag3=value3|tag4=value4",
    );
    check(
        " tagA = val A ,  tagB=value B  ,\ttagC =value C ",
        "tagA=val A|tagB=value B|tagC=value C",
    );
    check("equation=a=b", "equation=a=b");
    check("empty=", "empty=");
}

#[test]
fn a_piece_that_is_no_pair_is_a_mistake() {
    check("", "a tag is empty");
    check(" ", "a tag is empty");
    check("tagA=valueA,", "a tag is empty");
    check("tagA=valueA,tagB", "`tagB` is not `key=value`");
    check("tagOne,tagTwo=valueTwo", "`tagOne` is not `key=value`");
    check("tagA=valueA,tagB,tagC=valueC", "`tagB` is not `key=value`");
    check("=value", "`=value` is not `key=value`");
    check("Team=a,team=b", "`team` is given twice");
}

#[test]
fn empty_pieces_of_a_key_list_are_dropped() {
    for (text, expect) in [
        ("tag1,", vec!["tag1"]),
        (",tagA", vec!["tagA"]),
        ("tagC , tagD,tagE", vec!["tagC", "tagD", "tagE"]),
        ("", vec![]),
        (",", vec![]),
    ] {
        assert_eq!(parse_keys(text), expect, "{text:?}");
    }
}
