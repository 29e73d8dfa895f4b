use std::collections::BTreeMap;

use crate::cli::Cli;

use super::{GROUPS, with_short_usage};

/// Every page of help, on a terminal of that many columns.
fn pages(command: &clap::Command, columns: usize, out: &mut Vec<String>) {
    let mut own = command.clone().term_width(columns);
    own.build();
    let page = own.render_long_help().ansi().to_string();
    out.push(anstream::adapter::strip_str(&with_short_usage(&page, columns)).to_string());
    let below = own.get_subcommands().filter(|below| !below.is_hide_set());
    below.for_each(|below| pages(below, columns, out));
}

#[test]
fn the_usage_of_every_command_fits_the_terminal() {
    for columns in [60, 80] {
        let mut all = Vec::new();
        pages(&Cli::definition(), columns, &mut all);
        for page in &all {
            let usage = page.lines().skip_while(|line| !line.starts_with("Usage:"));
            for line in usage.take_while(|line| !line.is_empty()) {
                assert!(line.chars().count() <= columns, "{columns}: {line}");
            }
        }
    }
}

#[test]
fn every_visible_command_has_one_place_on_the_first_page() {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for name in GROUPS.iter().flat_map(|(_, names)| names.iter()) {
        *places.entry(name).or_default() += 1;
    }
    let definition = Cli::definition();
    let visible: BTreeMap<&str, usize> = definition
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .map(|command| (command.get_name(), 1))
        .collect();
    assert_eq!(places, visible);
}

#[test]
fn the_first_page_fits_eighty_columns() {
    let page = Cli::definition().render_help().to_string();
    for line in page.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(page.contains("\nGet credentials:\n  exec "), "{page}");
    assert!(page.contains("\nGlobal options:\n"), "{page}");
}
