//! `keyward man`: the manual pages, one for every command, from the same definitions as the help.
//! Packages call it while they are built. It writes nothing outside its folder.

use std::path::PathBuf;
use std::process::ExitCode;

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
        .and_then(|()| clap_mangen::generate_to(definition, place))
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
