//! Lines that a small terminal does not break.

use super::{WIDTH, shown_width, wrapped};

#[test]
fn lines_are_broken_between_words() {
    let text = "word ".repeat(40);
    let lines = wrapped(text.trim_end());
    assert_eq!(lines.join(" "), text.trim_end());
    assert!(lines.len() > 1 && lines.iter().all(|line| line.len() <= WIDTH));
}

#[test]
fn a_long_word_keeps_its_line_and_colours_take_no_room() {
    let arn = "x".repeat(100);
    assert_eq!(
        wrapped(&format!("see {arn} now")),
        ["see", arn.as_str(), "now"]
    );
    assert_eq!(shown_width("\u{1b}[32mgreen\u{1b}[0m"), 5);
}
