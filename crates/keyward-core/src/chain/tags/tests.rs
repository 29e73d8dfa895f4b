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
        assert_eq!(parse_keys(text).unwrap(), expect, "{text:?}");
    }
}

#[test]
fn what_sts_refuses_is_refused_before_any_code_is_spent() {
    let many = |count: usize| {
        let tags: Vec<String> = (0..count).map(|n| format!("k{n}=v")).collect();
        tags.join(",")
    };
    assert_eq!(parse(&many(50)).unwrap().len(), 50);
    check(&many(51), "there are 51, and STS accepts at most 50");
    let longest = format!("{}={}", "k".repeat(128), "v".repeat(256));
    check(&longest, &longest);
    check(
        "aws:team=blue",
        "`aws:team` begins with `aws:`, which is reserved for AWS",
    );
    check(
        "AWS:team=blue",
        "`AWS:team` begins with `aws:`, which is reserved for AWS",
    );
    check("team=aws:blue", "team=aws:blue");
    check(
        &format!("{}=v", "k".repeat(129)),
        &format!(
            "the key of `{}` is longer than 128 characters",
            "k".repeat(40)
        ),
    );
    check(
        &format!("k={}", "v".repeat(257)),
        "the value of `k` is longer than 256 characters",
    );
    check(
        "team=a&b",
        "the value of `team` has the character `&`; letters, digits, blanks and `_.:/=+-@` are allowed",
    );
    check("équipe=Zürich 東京", "équipe=Zürich 東京");
    check("team=a\u{a0}b\u{3000}c", "team=a\u{a0}b\u{3000}c");
    for (value, sign) in [
        ("🙂", "🙂"),
        ("a→b", "→"),
        ("a\u{200b}b", "\u{200b}"),
        ("a–b", "–"),
    ] {
        check(
            &format!("team={value}"),
            &format!(
                "the value of `team` has the character `{sign}`; letters, digits, blanks and `_.:/=+-@` are allowed"
            ),
        );
    }
    let keys: Vec<String> = (0..51).map(|n| format!("k{n}")).collect();
    assert_eq!(parse_keys(&keys.join(",")), Err(InvalidTags::TooMany(51)));
    assert_eq!(
        parse_keys("aws:x"),
        Err(InvalidTags::Reserved("aws:x".to_owned()))
    );
}
