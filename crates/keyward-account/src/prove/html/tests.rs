use serde_json::json;

use super::*;
use crate::prove::prove;
use crate::prove::tests::fixtures::{Small, allow, trust, with_mfa};

#[test]
fn a_page_holds_headline_findings_people_and_graph_and_no_markup_of_the_account() {
    let mut open = allow(json!("s3:GetObject"), json!("*"));
    open["Sid"] = json!("<script>alert(1)</script>");
    let account = Small::default()
        .role("Ops", &[trust(with_mfa())], &[], &[])
        .user("/", "alice", &[])
        .with("own", &[open])
        .account();
    let accounts = [ProvenAccount::only(&account)];
    let page = page(&prove(&accounts), &accounts);
    for part in [
        "<p class=\"headline\">A stolen key without the phone can do 3 things at most (alice).</p>",
        "<strong class=\"high\">broken</strong>: without MFA, users only enrol a device",
        "can call <code>s3:GetObject</code>",
        "s3: GetObject",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<a href=\"#people\">What each person can do</a>",
        "<h2 id=\"people\">",
        "<a href=\"#reach\">Who reaches what</a>",
        "<h2 id=\"reach\">",
        "<a href=\"#person-0\">alice</a>",
        "with the key alone</summary>\n<div id=\"person-0\">",
        "<svg ",
    ] {
        assert!(page.contains(part), "{part}");
    }
    for forbidden in ["<script", "http://", "https://", "<img"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}
