//! The places where lines break.

use super::{wrap, wrap_around};

fn check(text: &str, hang: usize, expect: &str) {
    assert_eq!(wrap(text, 40, hang), expect, "{text}");
}

#[test]
fn words_stay_whole() {
    check("short\n", 0, "short\n");
    check(
        "one two three four five six seven eight nine ten\n",
        0,
        "one two three four five six seven eight\nnine ten\n",
    );
    check(
        "hint: one two three four five six seven eight nine ten",
        6,
        "hint: one two three four five six seven\n      eight nine ten",
    );
    check(
        "  in: one two three four five six seven eight\nnext\n",
        4,
        "  in: one two three four five six seven\n      eight\nnext\n",
    );
    let address = format!("see https://example.com/{}", "a".repeat(60));
    check(&address, 0, &address.replace("see ", "see\n"));
}

#[test]
fn commands_stay_whole() {
    check(
        "the command to run is now `keyward add work`, then go on",
        0,
        "the command to run is now\n`keyward add work`, then go on",
    );
    check(
        "a quote of `one two three four five six seven eight nine ten eleven twelve` is broken",
        0,
        "a quote of `one two three four five six\nseven eight nine ten eleven twelve` is\nbroken",
    );
    check(
        "an open ` is no quote at all, and nothing waits",
        0,
        "an open ` is no quote at all, and\nnothing waits",
    );
    check(
        "`one` two three four five six `seven` eight nine",
        0,
        "`one` two three four five six `seven`\neight nine",
    );
}

#[test]
fn a_part_stays_whole_however_wide_it_is() {
    let whole = "keyward remove admin --revoke";
    let text = format!("hint: once another can do it: {whole}, then go on");
    assert_eq!(
        wrap_around(whole, &text, 40, 6),
        format!("hint: once another can do it:\n      {whole},\n      then go on")
    );
    let wide = format!("hint: run: {}end", "keyward ".repeat(9));
    let whole = &wide["hint: run: ".len()..];
    assert_eq!(
        wrap_around(whole, &wide, 40, 6),
        format!("hint: run:\n      {whole}")
    );
}

#[test]
fn colours_take_no_room() {
    check(
        "\x1b[33mwarning:\x1b[0m one two three four five 678",
        0,
        "\x1b[33mwarning:\x1b[0m one two three four five 678",
    );
}

#[test]
fn colours_before_the_indent_do_not_hide_it() {
    check(
        "\x1b[2m  in: one two three four five six seven eight\x1b[0m\n",
        4,
        "\x1b[2m  in: one two three four five six seven\n      eight\x1b[0m\n",
    );
}

#[test]
fn a_line_below_another_goes_on_at_its_own_depth() {
    check(
        "          one two three four five six seven\n",
        10,
        "          one two three four five six\n          seven\n",
    );
}

#[test]
fn a_narrow_terminal_breaks_by_itself() {
    let text = "one two three four five six seven";
    assert_eq!(wrap(text, 10, 0), text);
}
