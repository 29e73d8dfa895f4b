use std::collections::BTreeMap;

use crate::cli::Cli;

use super::GROUPS;

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
