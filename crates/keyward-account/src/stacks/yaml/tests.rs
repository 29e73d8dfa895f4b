use serde_json::json;

use super::write;

#[test]
fn a_template_reads_as_a_person_would_write_it() {
    let value = json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {
            "Vpc": {
                "Type": "AWS::EC2::VPC",
                "Properties": { "EnableDnsSupport": true, "Tags": [{ "Key": "Name", "Value": "a b" }] },
            },
            "Empty": {},
        },
        "List": ["one", ["two", 3], []],
    });
    insta::assert_snapshot!(write(&value), @r#"
    AWSTemplateFormatVersion: "2010-09-09"
    Resources:
      Vpc:
        Type: AWS::EC2::VPC
        Properties:
          EnableDnsSupport: true
          Tags:
            - Key: Name
              Value: a b
      Empty: {}
    List:
      - one
      - - two
        - 3
      - []
    "#);
}

#[test]
fn a_text_that_means_something_in_yaml_is_quoted() {
    for text in [
        "yes",
        "NO",
        "on",
        "null",
        "~",
        "",
        "1",
        "1e3",
        "0x1f",
        "-",
        "- a",
        "a: b",
        "a #b",
        "a:",
        "{a}",
        "[a]",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "%a",
        "@a",
        "`a`",
        "'a'",
        "\"a\"",
        " a",
        "a ",
        "2010-09-09",
        "a\nb",
        "a\tb",
        "ä",
        "\u{2028}",
        "\u{85}",
        "\u{1f600}",
        "${a}",
        "a\\b",
        "=",
        "<<",
        ".inf",
        "12:30",
    ] {
        let written = write(&json!({ "k": text }));
        let value = written.strip_prefix("k: ").unwrap();
        assert!(
            value.starts_with('"') && value.ends_with("\"\n"),
            "{written}"
        );
        assert!(
            value.trim_end().chars().all(|c| (' '..='~').contains(&c)),
            "{written}"
        );
    }
}

#[test]
fn common_texts_of_templates_need_no_quotes() {
    for text in [
        "AWS::EC2::VPC",
        "s3:GetBucketAcl",
        "a/b",
        "s3:*",
        "Three_Hours",
        "A b (c)",
    ] {
        assert_eq!(write(&json!(text)), format!("{text}\n"));
    }
}
