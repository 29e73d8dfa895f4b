use proptest::prelude::*;

use crate::config::{ConfigFile, ConfigSet, FileKind, Problem};

/// A config file, and its parsed content: `Ok` lists profiles as `name{key=value;…}` in order, with
/// `\n` for a joined line; `Err` is the line and what is wrong there.
#[track_caller]
fn check(text: &str, expect: Result<&str, (usize, Problem)>) {
    let found = ConfigSet::load(Some(("config", text)), None)
        .map(|set| show(&set))
        .map_err(|e| (e.origin.line, e.problem));
    assert_eq!(found, expect.map(str::to_owned), "{text:?}");
}

fn show(set: &ConfigSet) -> String {
    let profiles: Vec<String> = set
        .profiles()
        .map(|p| {
            let keys: Vec<String> = p
                .section
                .iter()
                .map(|(k, p)| format!("{k}={}", p.value))
                .collect();
            format!("{}{{{}}}", p.name, keys.join(";"))
        })
        .collect();
    profiles.join(" ").replace('\n', "\\n")
}

#[test]
fn keys_and_values_are_read_as_the_sdks_read_them() {
    for (text, expect) in [
        ("", ""),
        ("[default]", "default{}"),
        (
            "[default]\nregion = us-east-1\n",
            "default{region=us-east-1}",
        ),
        (
            "[default]\r\nregion=us-east-1\r\n",
            "default{region=us-east-1}",
        ),
        ("[profile a]\nREGION \t=\t x \t\n", "a{region=x}"),
        ("[profile a]\nrole_arn =\n", "a{role_arn=}"),
        ("[profile a]\nk = a=b=c\n", "a{k=a=b=c}"),
        ("[profile a]\nk = ünïcode 🐱\n", "a{k=ünïcode 🐱}"),
        ("[profile a]\nk = \"quoted\"\n", "a{k=\"quoted\"}"),
        ("[profile a]\nk = %(x)s\n", "a{k=%(x)s}"),
        ("[profile a]\nin valid = x\nb = 1\n", "a{b=1}"),
        ("[profile a]\nin valid = x\n more\nb = 1\n", "a{b=1}"),
        (
            "[profile a]\nA_b-c/d.e%f@g:h+9 = x\n",
            "a{a_b-c/d.e%f@g:h+9=x}",
        ),
        (
            "[profile a]\nk = 1234567890123456789012345678901234567890\n",
            "a{k=1234567890123456789012345678901234567890}",
        ),
        (
            "[profile a]\ncredential_process = x --format=json -n\n",
            "a{credential_process=x --format=json -n}",
        ),
    ] {
        check(text, Ok(expect));
    }
}

#[test]
fn a_comment_needs_the_first_column_or_a_blank() {
    for (value, expect) in [
        ("us-east-1 # prod", "us-east-1"),
        ("us-east-1\t; prod", "us-east-1"),
        ("us-east-1  # extra", "us-east-1"),
        ("us-east-1 #no-space-after", "us-east-1"),
        ("us-east-1 #", "us-east-1"),
        ("us-east-1 ;", "us-east-1"),
        ("x # a ; b # c", "x"),
        (
            "https://example.com/path#anchor",
            "https://example.com/path#anchor",
        ),
        ("https://example.com#", "https://example.com#"),
        ("foo#bar", "foo#bar"),
        ("foo;bar # baz", "foo;bar"),
        ("foo; bar", "foo; bar"),
        ("# a note", ""),
    ] {
        check(
            &format!("[profile a]\nk = {value}\n"),
            Ok(&format!("a{{k={expect}}}")),
        );
    }
    check("# top\n;top\n[profile a]\n#k = 1\n;k = 2\n", Ok("a{}"));
    check("[profile a]\nk=#x\n", Ok("a{k=#x}"));
}

#[test]
fn headers_name_profiles() {
    for (text, expect) in [
        (
            "[profile a]# x\n[profile b]; y\n[profile c] # z\n",
            "a{} b{} c{}",
        ),
        // boto3 and the AWS CLI end a header at its bracket, whatever is before it.
        (
            "[profile #a]\nk=1\n[profile b#c]\nk=2\n[profile d ;e] # f\nk=3\n[profile g]\nk=4\n",
            "g{k=4}",
        ),
        (
            "[profile '#a']\nk=1\n[profile \"b;c\"] # d\n",
            "#a{k=1} b;c{}",
        ),
        ("[sso-session team#1]\n[#]\n[;a]\n[profile b]", "b{}"),
        ("[profile\ta]", "a{}"),
        ("[profile \ta \t]", "a{}"),
        ("[  profile   a ]", "a{}"),
        (
            "[profile some-thing:long/the_one%only.foo@bar+]",
            "some-thing:long/the_one%only.foo@bar+{}",
        ),
        ("[profile A]\n[profile a]", "A{} a{}"),
        (
            "[profile a!b]\nk=1\n[profile in valid]\nk=2\n[profile b]\nk=3",
            "b{k=3}",
        ),
        ("[a]\nk=1\n[profilea]\n[profile]\n[profile ]\n[]\n[ ]\n", ""),
        (
            "[DEFAULT]\nregion=us-east-1\n[default]\nregion=us-west-2\n",
            "default{region=us-west-2}",
        ),
        (
            "[sso-session a]\nk=1\n[services b]\n[sso-sessiona]\n[sso-sesion a]\n",
            "",
        ),
        ("[profile \"a b\"]\nk=1\n[profile 'c']\n", "a b{k=1} c{}"),
        (
            "[profile \"a b]\n[profile \"\"]\n[profile \"a\\b\"]\n[profile \" a\"]\n",
            "",
        ),
    ] {
        check(text, Ok(expect));
    }
}

#[test]
fn indented_lines_continue_the_key_above() {
    for (text, expect) in [
        ("[profile a]\nk = v\n -more\n", "a{k=v\\n-more}"),
        (
            "[profile a]\nk = v\n\t more \t\n  and = more\n",
            "a{k=v\\nmore\\nand = more}",
        ),
        ("[profile a]\nk = v\n more # kept\n", "a{k=v\\nmore # kept}"),
        ("[profile a]\nk = v # gone\n more\n", "a{k=v\\nmore}"),
        (
            "[profile a]\ns3 =\n  x = 20\n\ty=\n",
            "a{s3=\\nx = 20\\ny=}",
        ),
        (
            "[profile a]\ns3 =\n  in valid = 20\n",
            "a{s3=\\nin valid = 20}",
        ),
        (
            "[profile a]\ns3 =\n x = 1\n\t \n\n# note\n y = 2\nk = 3\n",
            "a{s3=\\nx = 1\\ny = 2;k=3}",
        ),
        (
            "[profile a]\r\ns3 =\r\n x = 1\r\n y = 2\r\n",
            "a{s3=\\nx = 1\\ny = 2}",
        ),
        ("[profile a]\ns3 = # note\n x = 1\n", "a{s3=\\nx = 1}"),
    ] {
        check(text, Ok(expect));
    }
}

#[test]
fn later_values_of_one_file_win() {
    for (text, expect) in [
        (
            "[profile a]\nk=1\n[profile b]\n[profile a]\nm=2\n",
            "a{k=1;m=2} b{}",
        ),
        ("[profile a]\nk=1\nK=2\n", "a{k=2}"),
        ("[profile a]\nK=1\n[profile a]\nk=2\n", "a{k=2}"),
        ("[profile default]\nk=1\n[default]\nm=2\n", "default{k=1}"),
        ("[default]\nm=2\n[profile default]\nk=1\n", "default{k=1}"),
        (
            "[profile default]\nk=1\n[default]\nm=2\n[profile default]\nn=3",
            "default{k=1;n=3}",
        ),
        ("[profile \"a\"]\nk=1\n[profile a]\nm=2\n", "a{m=2}"),
    ] {
        check(text, Ok(expect));
    }
}

#[test]
fn what_the_sdks_refuse_is_refused_with_its_line() {
    for (text, line, problem) in [
        ("[default]\n[profile a\n", 2, Problem::UnclosedHeader),
        ("[profile a#b\n", 1, Problem::UnclosedHeader),
        ("[profile a # b] c\n", 1, Problem::UnclosedHeader),
        ("[profile a] x\n", 1, Problem::UnclosedHeader),
        ("[profile a] x # y]\n", 1, Problem::UnclosedHeader),
        ("# c\nk = v\n", 2, Problem::OutsideSection),
        (" k = v\n", 1, Problem::OutsideSection),
        ("[default]\nregion: us-east-1\n", 2, Problem::NoEquals),
        ("[default]\n\u{200b}\n", 2, Problem::Hidden),
        ("[default]\n\u{a0}\n", 2, Problem::Hidden),
        ("[default]\nregion us-east-1 # = x\n", 2, Problem::NoEquals),
        ("[default]\n= orphan\n", 2, Problem::NoKey),
        (
            "[default]\n  region = us-east-1\n",
            2,
            Problem::StrayContinuation,
        ),
        (
            "[default]\nk=v\n[default]\n -more\n",
            4,
            Problem::StrayContinuation,
        ),
        ("[default]\ns3 =\n  invalid\n", 3, Problem::NestedNoEquals),
        ("[default]\ns3 =\n  = 20\n", 3, Problem::NestedNoKey),
        ("\u{feff}[default]\n", 1, Problem::ByteOrderMark),
        ("[default]\rregion = x\r", 1, Problem::UnclosedHeader),
    ] {
        check(text, Err((line, problem)));
    }
}

#[test]
fn an_indented_comment_is_a_comment_as_in_most_sdks() {
    for (text, expect) in [
        ("[profile a]\nk = v\n  # x\n", "a{k=v}"),
        (
            "[profile a]\nk = v\n\t; x\n more\nj = 1\n",
            "a{k=v\\nmore;j=1}",
        ),
        ("[profile a]\ns3 =\n  # x\n  y = 2\n", "a{s3=\\ny = 2}"),
        ("[profile a]\n  # x\nk = v\n", "a{k=v}"),
        ("  ; x\n[profile a]\nk = v\n", "a{k=v}"),
        ("[profile a]\nk = v\n #\r\n", "a{k=v}"),
    ] {
        check(text, Ok(expect));
    }
}

#[test]
fn an_indented_line_of_white_space_of_any_kind_is_empty() {
    for text in [
        "[profile a]\nk = v\n \u{a0}\nj = 1\n",
        "[profile a]\n \u{c}\nk = v\nj = 1\n",
    ] {
        check(text, Ok("a{k=v;j=1}"));
    }
    let below = "[profile a]\nk = v\n \u{a0}\n more\ns3 =\n \u{2003}\n  y = 2\n";
    check(below, Ok("a{k=v\\nmore;s3=\\ny = 2}"));
}

#[test]
fn every_mistake_of_a_file_is_told_once() {
    for (text, expect) in [
        ("[default]\nk = v\n", vec![]),
        (
            "[default]\n[profile x\nfoo\n[y\n bar\n",
            vec![
                (2, Problem::UnclosedHeader),
                (3, Problem::NoEquals),
                (4, Problem::UnclosedHeader),
                (5, Problem::StrayContinuation),
            ],
        ),
        (
            "a = 1\nb = 2\n c\n[default]\n= x\n more\n",
            vec![(1, Problem::OutsideSection), (5, Problem::NoKey)],
        ),
        (
            "[default]\nfoo\n one\n two\ns3 =\n bad\n = 1\n k = v\n",
            vec![
                (2, Problem::NoEquals),
                (6, Problem::NestedNoEquals),
                (7, Problem::NestedNoKey),
            ],
        ),
        (
            "\u{feff}[default]\nfoo\n",
            vec![(1, Problem::ByteOrderMark), (2, Problem::NoEquals)],
        ),
    ] {
        let faults = ConfigFile::faults(FileKind::Config, "config", text);
        let told = faults.first.iter();
        let found: Vec<_> = told.map(|e| (e.origin.line, e.problem)).collect();
        assert_eq!(found, expect, "{text:?}");
        assert_eq!(faults.count, faults.first.len(), "{text:?}");
    }
}

#[test]
fn every_fault_is_counted_and_the_first_hundred_are_kept() {
    for count in [1, 100, 101, 150] {
        let text = format!("[default]\n{}", "no equals sign\n".repeat(count));
        let faults = ConfigFile::faults(FileKind::Config, "config", &text);
        assert_eq!((faults.first.len(), faults.count), (count.min(100), count));
    }
}

#[test]
fn a_value_of_100_kib_is_read_whole() {
    let long = "x".repeat(100 << 10);
    let set = ConfigSet::load(Some(("config", &format!("[default]\nk={long}"))), None).unwrap();
    let profile = set.profile(&"default".parse().unwrap()).unwrap();
    assert_eq!(profile.section.value("k").unwrap(), long);
}

#[test]
fn an_error_names_the_place_and_the_mend_and_repeats_nothing() {
    let error = ConfigFile::parse(
        FileKind::Credentials,
        "~/.aws/credentials",
        "[default]\naws_secret_access_key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "~/.aws/credentials:2: the line has no `=`"
    );
    assert_eq!(
        error.fix(),
        "write `key = value`, or start the line with `#` to make it a comment"
    );
}

/// Text of significant characters.
pub(crate) fn lines() -> impl Strategy<Value = String> {
    prop_oneof![
        "([a-c=#; \t\\[\\]\"'\r]{0,12}(\n|\r\n)){0,8}",
        "((\\[(profile |services )?[ab]\\]|[ab] ?= ?[a#]{0,2}| [a=]{1,3}|#[a ]?|)\r?\n){0,12}[ab= ]{0,3}",
        "\\PC{0,60}",
    ]
}

proptest! {
    #[test]
    fn every_file_gives_back_its_bytes(text in lines()) {
        if let Ok(file) = ConfigFile::parse(FileKind::Config, "config", &text) {
            prop_assert_eq!(file.to_string(), text);
        }
    }

    #[test]
    fn the_first_mistake_is_the_one_that_parsing_stops_at(text in lines()) {
        let first = ConfigFile::parse(FileKind::Config, "config", &text).err();
        let faults = ConfigFile::faults(FileKind::Config, "config", &text);
        prop_assert_eq!(first.as_ref(), faults.first.first());
        let lines: Vec<usize> = faults.first.iter().map(|fault| fault.origin.line).collect();
        let mut sorted = lines.clone();
        sorted.sort_unstable();
        prop_assert_eq!(lines, sorted);
    }

    #[test]
    fn no_text_makes_the_parser_panic(config in lines(), credentials in lines()) {
        let _ = ConfigSet::load(Some(("config", &config)), Some(("credentials", &credentials)));
    }
}

#[test]
fn the_fix_of_a_line_is_written_as_its_file_wants_it() {
    for (kind, text, problem, fix) in [
        (
            FileKind::Config,
            "k = v\n",
            Problem::OutsideSection,
            "`[profile NAME]`",
        ),
        (
            FileKind::Credentials,
            "k = v\n",
            Problem::OutsideSection,
            "`[NAME]`",
        ),
        (
            FileKind::Config,
            "[a\n",
            Problem::UnclosedHeader,
            "`[profile NAME]`",
        ),
        (
            FileKind::Credentials,
            "[a\n",
            Problem::UnclosedHeader,
            "`[NAME]`",
        ),
        (
            FileKind::Config,
            " [profile a]\n",
            Problem::IndentedHeader,
            "blanks before the `[`",
        ),
        (
            FileKind::Credentials,
            "[a]\n  [b]\n",
            Problem::IndentedHeader,
            "blanks before the `[`",
        ),
    ] {
        let error = ConfigFile::parse(kind, "file", text).unwrap_err();
        assert_eq!(error.problem, problem, "{text:?}");
        assert!(error.fix().contains(fix), "{text:?}: {}", error.fix());
    }
}
