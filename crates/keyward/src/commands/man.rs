//! `keyward man`: the manual pages, one for every command, from the same definitions as the help.
//! Packages call it while they are built. It writes nothing outside its folder.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap_mangen::Man;

use crate::cli::Cli;
use crate::screen::error::{CliError, Given, elsewhere};

/// Write the manual pages into a folder
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder; it is made if it is missing
    #[arg(value_name = "DIRECTORY")]
    directory: PathBuf,
}

/// Writes the pages.
pub(crate) fn run(args: &Args) -> Result<ExitCode, CliError> {
    let place = &args.directory;
    // The pages name the plain version: the build's commit is `--version`'s to show.
    let definition = Cli::definition().version(env!("CARGO_PKG_VERSION"));
    std::fs::create_dir_all(place)
        .and_then(|()| write_pages(definition, place))
        .map_err(|source| {
            let next = elsewhere(place, Given::Folder, &source);
            CliError::failed(format!(
                "could not write the manual pages into `{}`",
                place.display()
            ))
            .because(source)
            .hint_all(next)
        })?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a page for every command that the help shows.
fn write_pages(definition: clap::Command, place: &Path) -> io::Result<()> {
    let mut whole = definition.disable_help_subcommand(true);
    whole.build();
    let mut commands = vec![whole];
    while let Some(command) = commands.pop() {
        let below = command
            .get_subcommands()
            .filter(|below| !below.is_hide_set());
        commands.extend(below.cloned());
        page(command).generate_to(place)?;
    }
    Ok(())
}

/// A page, whose last line names the program, its version and the date of its build.
fn page(command: clap::Command) -> Man {
    Man::new(command)
        .date(build_date(env!("KEYWARD_VERSION")))
        .source(concat!("keyward ", env!("CARGO_PKG_VERSION")))
        .manual("User Commands")
}

/// The date in a version such as `0.1.0 (949f2ae4b9f4 2026-12-01)`. A build without one has a blank, because an
/// empty word would vanish from the line and move the next into its place.
fn build_date(version: &str) -> &str {
    let last = version.trim_end_matches(')').rsplit(' ').next();
    let is_date = |word: &&str| {
        word.len() == 10
            && word
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'-')
    };
    last.filter(is_date).unwrap_or(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_of_a_commit_has_its_date() {
        for (version, date) in [
            ("0.1.0 (949f2ae4b9f4 2026-12-01)", "2026-12-01"),
            ("0.1.0 (unknown 2026-12-01)", "2026-12-01"),
            ("0.1.0 (unknown)", " "),
            ("0.1.0 (debug build)", " "),
        ] {
            assert_eq!(build_date(version), date);
        }
    }
}
