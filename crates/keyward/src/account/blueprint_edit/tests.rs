use super::*;

const TEXT: &str = r#"# The blueprint of the team.
version = 1   # the only version

[account]
id = "123456789012"

# ---- People ----

# The first of all.
[users.alice]
groups = ["admins"]   # for now

[users.alice.tags]
team = "ops"

# Joined in May.
[users.bob]
groups = []
"#;

fn check(text: &str, user: &str, expected: &str) {
    let without = without_user(text, &user.parse().unwrap()).unwrap();
    assert_eq!(without.as_deref(), Some(expected));
}

#[test]
fn everything_else_stays_as_it_is() {
    check(
        TEXT,
        "alice",
        r#"# The blueprint of the team.
version = 1   # the only version

[account]
id = "123456789012"

# ---- People ----

# Joined in May.
[users.bob]
groups = []
"#,
    );
    check(TEXT, "bob", &TEXT[..TEXT.find("\n# Joined").unwrap()]);
}

#[test]
fn comments_above_the_last_table_stay_at_the_end() {
    let text =
        "[groups.admins]\n\n# ---- People ----\n# [users.example]\n\n[users.zoe]\ngroups = []\n";
    check(
        text,
        "zoe",
        "[groups.admins]\n\n# ---- People ----\n# [users.example]\n",
    );
}

#[test]
fn every_way_to_write_a_user_is_found() {
    check(
        "[users]\nzoe.groups = []\nbob.groups = []\n",
        "zoe",
        "[users]\nbob.groups = []\n",
    );
    check(
        "users = { zoe = { groups = [] }, bob = {} }\n",
        "zoe",
        "users = { bob = {} }\n",
    );
    check("[users.\"a.b\"]\ngroups = []\n", "a.b", "");
}

#[test]
fn an_unknown_user_changes_nothing() {
    let unknown = "carol".parse().unwrap();
    assert_eq!(without_user(TEXT, &unknown).unwrap(), None);
    assert_eq!(without_user("version = 1\n", &unknown).unwrap(), None);
}

#[test]
fn line_endings_and_the_byte_order_mark_stay() {
    let bob = TEXT.find("\n# Joined").unwrap();
    let windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    check(&windows(TEXT), "bob", &windows(&TEXT[..bob]));
    // The lines of the people end in another way.
    let people = TEXT.find("# ----").unwrap();
    let mixed = |text: &str| {
        format!(
            "{}{}",
            &text[..people],
            text[people..].replace('\n', "\r\n")
        )
    };
    check(&mixed(TEXT), "bob", &mixed(&TEXT[..bob]));
}
