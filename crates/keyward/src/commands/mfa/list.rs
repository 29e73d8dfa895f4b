//! `keyward mfa list`.

use std::process::ExitCode;

use anstyle::Style;
use keyward_aws::{DeviceKind, MfaDevice};
use keyward_core::id::ProfileName;
use keyward_core::secret::MfaCode;
use serde_json::{Value, json};

use crate::commands::print_json;
use crate::keys::iam_user::{KeyStore, Owner};
use crate::screen::error::CliError;
use crate::screen::ui::{Cell, FAINT, GOOD, STRONG, Table, Ui};
use crate::session::parse_code;
use crate::session::{CodeSource, open_vault};
use crate::state::local_state::LocalState;

/// List the user's MFA devices
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A profile of the user
    pub(super) profile: ProfileName,

    /// Print JSON
    #[arg(long)]
    json: bool,

    /// The current code, if the account does not list devices for a key without MFA
    #[arg(long, value_name = "C", value_parser = parse_code)]
    mfa_code: Option<MfaCode>,
}

/// The data of one line.
struct Row {
    device: MfaDevice,
    used: bool,
    seed_kept: bool,
}

/// Lists the devices.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let mut local = LocalState::load()?;
    let owner = Owner::of_current(&mut local, ui, &args.profile)?;
    let devices = match (owner.devices(ui)?, owner.device()) {
        (Some(devices), _) => devices,
        (None, Some(serial)) => {
            let codes = CodeSource::new(args.mfa_code)?;
            let session = owner.session(&local, ui, &codes, serial)?;
            owner.aws.list_mfa_devices(&session, Some(&owner.user))?
        }
        (None, None) => owner.aws.list_mfa_devices(&owner.key, Some(&owner.user))?,
    };
    let kept: Vec<_> = match owner.store {
        KeyStore::Vault => open_vault(&local, ui)?
            .document()
            .totp_serials()
            .cloned()
            .collect(),
        KeyStore::Files => Vec::new(),
    };
    let rows: Vec<Row> = devices
        .into_iter()
        .map(|device| Row {
            used: owner.device() == Some(&device.serial),
            seed_kept: kept.contains(&device.serial),
            device,
        })
        .collect();
    if args.json {
        print_json(ui, &rows.iter().map(Row::to_json).collect())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(["DEVICE", "KIND", "SINCE", "NOTES"]);
    for row in &rows {
        table.push(row.cells());
    }
    if !rows.is_empty() && table.fits(Ui::columns()) {
        ui.table(&table)?;
    } else {
        // A serial that is cut could not be copied.
        for row in &rows {
            ui.text(&row.lines(), 2)?;
        }
    }
    if rows.is_empty() {
        ui.say(format!(
            "{} has no MFA device in account {}",
            owner.user, owner.account
        ));
        ui.hint(format!("keyward mfa enroll {}", args.profile.argument()));
    } else if !rows.iter().any(|row| row.used) {
        ui.hint(format!(
            "no profile names one of them: keyward add {} --mfa-serial ARN --force, or `mfa_serial` in the profile",
            owner.holder.argument()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

impl Row {
    fn to_json(&self) -> Value {
        json!({
            "serial": self.device.serial.to_string(),
            "kind": kind(self.device.kind),
            "enabled_at": self.device.enabled_at.to_string(),
            "used_by_profile": self.used,
            "seed_in_vault": self.seed_kept,
        })
    }

    fn cells(&self) -> [Cell; 4] {
        let tint = if self.used { GOOD } else { Style::new() };
        [
            Cell::new(self.device.serial.to_string(), STRONG),
            Cell::plain(kind(self.device.kind)),
            Cell::new(self.day(), FAINT),
            Cell::new(self.notes(), tint),
        ]
    }

    /// The serial, and the rest below it.
    fn lines(&self) -> String {
        let notes = match self.notes() {
            notes if notes.is_empty() => notes,
            notes => format!(", {notes}"),
        };
        format!(
            "{STRONG}{}{STRONG:#}\n  {}, since {}{notes}\n",
            self.device.serial,
            kind(self.device.kind),
            self.day()
        )
    }

    /// Since when the user has it.
    fn day(&self) -> String {
        let time = self.device.enabled_at.to_string();
        time.get(..10).unwrap_or(&time).to_owned()
    }

    fn notes(&self) -> String {
        let mut notes = Vec::new();
        if self.used {
            notes.push("in use");
        }
        if self.seed_kept {
            notes.push("seed in the vault");
        }
        if self.device.kind == DeviceKind::SecurityKey {
            notes.push("console only: STS accepts no codes from it");
        }
        notes.join(", ")
    }
}

fn kind(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Virtual => "virtual",
        DeviceKind::Hardware => "hardware",
        DeviceKind::SecurityKey => "security key",
    }
}
