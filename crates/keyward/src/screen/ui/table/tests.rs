//! Tables on wide and narrow terminals.

use super::*;

fn table() -> Table<3> {
    let mut table = Table::new(["PROFILE", "SOURCE", "SESSIONS"]);
    let rows = [
        ["alice", "vault", "session 11h 59m"],
        [
            "a-profile-with-a-long-name",
            "vault: another-long-name",
            "-",
        ],
    ];
    for row in rows {
        table.push(row.map(Cell::plain));
    }
    table
}

fn shown(columns: Option<usize>) -> String {
    let text: String = table().lines(columns, Ink::Colours).collect();
    anstream::adapter::strip_str(&text).to_string()
}

#[test]
fn columns_are_as_wide_as_their_widest_cell() {
    let expect = "\
PROFILE                     SOURCE                    SESSIONS
alice                       vault                     session 11h 59m
a-profile-with-a-long-name  vault: another-long-name  -
";
    assert_eq!(shown(None), expect);
}

#[test]
fn the_widest_columns_shrink_to_the_terminal() {
    let expect = "\
PROFILE          SOURCE           SESSIONS
alice            vault            session 11h 59m
a-profile-with…  vault: another…  -
";
    assert_eq!(shown(Some(49)), expect);
    for columns in 40..80 {
        for line in shown(Some(columns)).lines() {
            assert!(line.chars().count() <= columns, "{columns}: {line}");
        }
    }
}

#[test]
fn a_terminal_of_no_columns_keeps_names_recognisable() {
    assert!(shown(Some(0)).contains("a-profi…"));
}

#[test]
fn characters_that_take_two_columns_count_twice() {
    let mut table = Table::new(["PROFILE", "SOURCE"]);
    table.push(["開発環境の設定", "vault"].map(Cell::plain));
    let text: String = table.lines(None, Ink::Colours).collect();
    let text = anstream::adapter::strip_str(&text).to_string();
    assert_eq!(text, "PROFILE         SOURCE\n開発環境の設定  vault\n");
    let text: String = table.lines(Some(17), Ink::Colours).collect();
    let text = anstream::adapter::strip_str(&text).to_string();
    assert_eq!(text, "PROFILE    SOURCE\n開発環境…  vault\n");
}

#[test]
fn a_plain_table_has_the_same_text_without_colours() {
    let coloured: String = table().lines(None, Ink::Colours).collect();
    let plain: String = table().lines(None, Ink::Plain).collect();
    assert_ne!(coloured, plain);
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
}
