//! The writer against the characters that break XML.

use super::{Xml, escape};

#[track_caller]
fn check(input: &str, expect: &str) {
    assert_eq!(escape(input), expect, "escape of {input:?}");
}

#[test]
fn text_cannot_leave_its_element() {
    check("a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;");
    check("tab\tline\nreturn\r", "tab\tline\nreturn&#xD;");
    check("nul\u{0} bell\u{7}", "nul\u{fffd} bell\u{fffd}");
    check("ünïcode stays", "ünïcode stays");
}

#[test]
fn lists_hold_members_and_absent_values_no_element() {
    let mut xml = Xml::new();
    xml.list("Users", ["a", "b"], |xml, name| {
        xml.text("UserName", name).maybe("Path", None::<&str>);
    });
    xml.list("Tags", Vec::<&str>::new(), |_, _| {});
    assert_eq!(
        xml.into_string(),
        "<Users><member><UserName>a</UserName></member><member><UserName>b</UserName></member></Users>\
         <Tags></Tags>"
    );
}
