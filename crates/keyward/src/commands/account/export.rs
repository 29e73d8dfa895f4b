//! `keyward account export`: a blueprint for another engine. Asks AWS nothing.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use keyward_account::desired::Desired;
use keyward_account::export::ExportedFile;
use keyward_account::export::cloudformation::{
    IDENTITY, LARGEST_INLINE_TEMPLATE, cloudformation, excess,
};
use keyward_account::export::policies::policies;
use keyward_account::export::terraform::terraform;

use crate::account::BlueprintFile;
use crate::aws_files::rewrite;
use crate::screen::error::{CliError, Given, elsewhere};
use crate::screen::ui::{CODE, GOOD, Ui};
use crate::system::locations;

/// Export a blueprint's account to another engine
///
/// keyward writes the files to a new folder, with a subfolder for each account if there are several.
/// They contain no secrets.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The blueprint
    #[arg(id = "blueprint", value_name = "FILE")]
    file: PathBuf,

    /// The engine
    #[arg(long, value_name = "ENGINE")]
    to: Engine,

    /// A new or empty folder for the files
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

/// The engine that reads the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Engine {
    /// Terraform or OpenTofu, with import blocks
    Terraform,
    /// AWS CloudFormation: a template for identity, and one for each stack of the blueprint
    #[value(name = "cloudformation")]
    CloudFormation,
    /// Tools that check policies: one JSON file a policy
    Policies,
}

/// Writes the files.
pub(crate) fn run(args: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let file = BlueprintFile::read(&args.file, ui)?;
    take_empty(&args.output)?;
    let several = file.blueprint.has_several_accounts();
    let mut written = 0;
    let mut largest = 0;
    for (spec, desired) in file.blueprint.accounts.iter().zip(file.desired()) {
        let folder = match &spec.name {
            Some(name) if several => args.output.join(name.as_str()),
            _ => args.output.clone(),
        };
        for file in exported(args.to, &desired) {
            let path = folder.join(&file.path);
            write(&path, &file.text).map_err(|e| unwritten(&path, &args.output, e))?;
            written += 1;
            if args.to == Engine::CloudFormation && file.path == IDENTITY {
                largest = file.text.len().max(largest);
                warn_of_excess(&path, &file, &desired, ui);
            }
        }
    }
    let folder = locations::show(&args.output);
    let files = if written == 1 { "file" } else { "files" };
    ui.say(format!("{GOOD}wrote{GOOD:#} {written} {files} to {folder}"));
    match args.to {
        Engine::Terraform => {
            ui.say("console passwords and access keys are not exported");
            ui.hint(format!(
                "in that folder: {CODE}terraform init && terraform plan{CODE:#} lists imports, and nothing to add, change or destroy while the account is as the blueprint says"
            ));
        }
        Engine::CloudFormation => say_what_is_missing(&file, largest, ui),
        Engine::Policies => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Warns of a template that CloudFormation refuses.
fn warn_of_excess(path: &Path, file: &ExportedFile, desired: &Desired, ui: &Ui) {
    if let Some(excess) = excess(desired, &file.text) {
        ui.warn(format!("`{}` has {excess}", locations::show(path)));
        ui.hint("split the blueprint, or use `keyward account apply`, which has no such limit");
    }
}

/// Lists what CloudFormation cannot make, and how to deploy the rest. `largest` is the size of the
/// largest template for identity.
fn say_what_is_missing(file: &BlueprintFile, largest: usize, ui: &Ui) {
    ui.say("console passwords and access keys are not exported");
    let blueprint = &file.blueprint;
    if blueprint.password_policy.is_some() {
        ui.say("the password policy is not exported: CloudFormation has no resource for it");
    }
    if blueprint.accounts.iter().any(|it| it.alias.is_some()) {
        ui.say("the account alias is not exported: CloudFormation has no resource for it");
    }
    let bucket = match largest > LARGEST_INLINE_TEMPLATE {
        true => " --s3-bucket BUCKET",
        false => "",
    };
    ui.hint(format!(
        "in a new account: {CODE}aws cloudformation deploy --template-file identity.yaml --stack-name identity --capabilities CAPABILITY_NAMED_IAM{bucket}{CODE:#}"
    ));
    ui.hint("in an account that keyward set up, these names are taken");
}

fn exported(engine: Engine, desired: &Desired) -> Vec<ExportedFile> {
    match engine {
        Engine::Terraform => vec![terraform(desired)],
        Engine::CloudFormation => cloudformation(desired),
        Engine::Policies => policies(&desired.account),
    }
}

/// Refuses a folder with something in it: files of an earlier export would stay.
fn take_empty(folder: &Path) -> Result<(), CliError> {
    let failed = || CliError::failed(format!("cannot write to `{}`", locations::show(folder)));
    match std::fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(CliError::usage(format!(
                "the folder `{}` is not empty",
                locations::show(folder)
            ))
            .hint("name another folder, or move this one away")),
        },
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(e) if e.kind() == io::ErrorKind::NotADirectory => Err(CliError::usage(format!(
            "`{}` is not a folder",
            locations::show(folder)
        ))
        .hint("the files need a folder: name a new or empty one with -o")),
        Err(e) => {
            let next = elsewhere(folder, Given::Folder, &e);
            Err(failed().because(e).hint_all(next))
        }
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        rewrite::make_folder(folder)?;
    }
    rewrite::create(path, text.as_bytes())
}

/// A file that could not be written. The person named the folder, not the file.
fn unwritten(path: &Path, folder: &Path, error: io::Error) -> CliError {
    let next = elsewhere(folder, Given::Folder, &error);
    let told = format!("`{}` could not be written", locations::show(path));
    CliError::failed(told).because(error).hint_all(next)
}
