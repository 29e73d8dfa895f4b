//! The limits on what a page may hold.

use super::{Escaped, Page, Prose, patch};

#[test]
fn texts_of_an_account_become_no_markup() {
    let text = Escaped("<a href='x'>&\"\u{7}").to_string();
    assert_eq!(text, "&lt;a href=&#39;x&#39;&gt;&amp;&quot; ");
}

#[test]
fn what_a_sentence_quotes_is_code() {
    let page = |text| Prose(text).to_string();
    assert_eq!(
        page("can call `s3:*` by `<p>`"),
        "can call <code>s3:*</code> by <code>&lt;p&gt;</code>"
    );
    assert_eq!(page("a single ` opens nothing"), "a single ` opens nothing");
}

#[test]
fn a_page_asks_for_nothing() {
    let page = Page {
        title: "<b>",
        body: String::new(),
    };
    let page = page.to_string();
    assert!(page.contains("<title>&lt;b&gt;</title>"));
    assert!(page.contains("default-src 'none'"));
    for forbidden in ["<script", "http://", "https://", "@import", "url("] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn edited_lines_keep_their_signs() {
    let mut out = String::new();
    patch(&mut out, "Fix", "  [roles.Ops]\n- trust = \"<x>\"");
    assert!(out.contains("<span class=\"high\">- trust = &quot;&lt;x&gt;&quot;</span>"));
    assert!(out.contains("<span class=\"faint\">  [roles.Ops]</span>"));
}
