use toml_edit::{DocumentMut, Item};

use super::{restore, retain};

/// Edits a document and restores its comments.
fn edited(text: &str, edit: impl FnOnce(&mut DocumentMut)) -> String {
    let before: DocumentMut = text.parse().unwrap();
    let mut after = before.clone();
    edit(&mut after);
    restore(&before, &mut after);
    after.to_string()
}

#[test]
fn a_comment_apart_from_a_removed_table_stays_and_one_directly_above_goes() {
    let text = "[users.alice]\na = 1\n\n# ---- Policies ----\n\n# Ours since May.\n[policies.dead]\nb = 1\n\n# Kept.\n[users.bob]\n";
    let left = edited(text, |document| {
        let _ = document.remove("policies");
    });
    assert_eq!(
        left,
        "[users.alice]\na = 1\n\n# ---- Policies ----\n\n# Kept.\n[users.bob]\n"
    );
}

#[test]
fn a_comment_above_the_last_table_stays_at_the_end() {
    let text = "[a]\n\n# One.\n\n# Two.\n\n[b]\n# Inside.\nc = 1\n\n# Three.\n";
    let left = edited(text, |document| {
        let _ = document.remove("b");
    });
    assert_eq!(left, "[a]\n\n# One.\n\n# Two.\n\n# Three.\n");
}

#[test]
fn comments_above_tables_that_go_together_stay_in_their_order() {
    let text = "# One.\n\n[a.x]\n\n# Two.\n\n[b]\n\n# Three.\n\n[[a.y]]\n# Four.\n\n[c]\n";
    let left = edited(text, |document| {
        let _ = document.remove("a");
    });
    assert_eq!(
        left,
        "# One.\n\n# Two.\n\n[b]\n\n# Three.\n\n# Four.\n\n[c]\n"
    );
}

#[test]
fn a_comment_apart_from_a_removed_key_stays() {
    for key in [
        "trust = 1",
        "trust.a = 1\ntrust.b.c = 2",
        "trust = [\n1,\n]",
    ] {
        let text = format!("[r]\na = 1\n\n# Apart.\n\n# Close.\n{key}\nb.c = 2\n");
        let left = edited(&text, |document| {
            let _ = document["r"].as_table_mut().unwrap().remove("trust");
        });
        assert_eq!(left, "[r]\na = 1\n\n# Apart.\n\nb.c = 2\n");
    }
}

#[test]
fn a_file_with_dos_line_ends_keeps_its_comments() {
    let left = edited("[a]\r\n\r\n# One.\r\n\r\n[b]\r\n\r\n[c]\r\n", |document| {
        let _ = document.remove("b");
    });
    assert_eq!(left.replace('\r', ""), "[a]\n\n# One.\n\n[c]\n");
}

/// A list without the elements `x`.
fn without_x(list: &str) -> String {
    let mut document: DocumentMut = format!("a = {list}\n").parse().unwrap();
    let array = document.get_mut("a").and_then(Item::as_array_mut).unwrap();
    retain(array, |_, value| value.as_str() != Some("x"));
    let text = document.to_string();
    let again: Result<DocumentMut, _> = text.parse();
    assert!(again.is_ok(), "{text}");
    text.strip_prefix("a = ").unwrap().trim_end().to_owned()
}

#[test]
fn a_comment_behind_an_element_belongs_to_it() {
    for (list, left) in [
        (r#"["a", "x", "b"]"#, r#"["a", "b"]"#),
        (r#"["a", "x"]"#, r#"["a"]"#),
        (
            "[\n  \"a\", # A.\n  \"x\", # X.\n  \"b\", # B.\n]",
            "[\n  \"a\", # A.\n  \"b\", # B.\n]",
        ),
        (
            "[\n  \"a\", # A.\n  # Above x.\n  \"x\", # X.\n]",
            "[\n  \"a\", # A.\n]",
        ),
        ("[\n  \"a\", # A.\n  \"x\" # X.\n]", "[\n  \"a\" # A.\n]"),
        (
            "[\n  # Apart.\n\n  # Close.\n  \"x\",\n  \"b\",\n]",
            "[\n  # Apart.\n\n  \"b\",\n]",
        ),
        (
            "[\n  \"a\", # A.\n  \"x\", \"b\"]",
            "[\n  \"a\", # A.\n  \"b\"]",
        ),
        (
            "[\n  \"a\",\n  \"x\", # X.\n  \"x\", # X.\n  \"b\",\n]",
            "[\n  \"a\",\n  \"b\",\n]",
        ),
    ] {
        assert_eq!(without_x(list), left, "{list}");
    }
}
