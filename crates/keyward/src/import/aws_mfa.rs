//! The credentials file as aws-mfa keeps it: `[NAME-long-term]` holds the key and its device,
//! `[NAME]` the session made from them. The key goes to the vault under NAME.

use keyward_core::config::Section;
use keyward_core::id::{MfaSerial, ProfileName};

use super::aws_files::{AwsFile, Holds, ID, LONG_TERM, NOT_OF_AWS, SECRET, look};
use super::{FoundKey, Harvest, ProcessLine};

/// The key under which aws-mfa keeps the device.
const DEVICE: &str = "aws_mfa_device";

/// The keys that aws-mfa writes into `[NAME]`.
const SESSION: &[&str] = &[
    ID,
    SECRET,
    "aws_session_token",
    "aws_security_token",
    "expiration",
    "assumed_role",
    "assumed_role_arn",
];

/// Every key that aws-mfa uses.
pub(crate) fn harvest(file: &AwsFile) -> Harvest {
    let mut harvest = Harvest::default();
    for long_term in file.set.profiles() {
        let Some(name) = long_term.name.as_str().strip_suffix(LONG_TERM) else {
            continue;
        };
        let place = format!("section `[{}]` at {}", long_term.name, long_term.origin);
        let Ok(profile) = name.parse::<ProfileName>() else {
            harvest.miss(place, "no profile name is left without its ending");
            continue;
        };
        let given = match look(&long_term.section) {
            Holds::Key(given) => given,
            Holds::Nothing => continue,
            Holds::Temporary => {
                harvest.ignore(place, "temporary credentials end by themselves");
                continue;
            }
            Holds::OfAnotherMaker => {
                harvest.ignore(place, NOT_OF_AWS);
                continue;
            }
            Holds::Spoilt(why) => {
                harvest.miss(place, why);
                continue;
            }
        };
        let mfa_serial = match device(&long_term.section) {
            Ok(serial) => serial,
            Err(why) => {
                harvest.miss(place, why);
                continue;
            }
        };
        let mut removals = vec![file.removal(&long_term.name, &[ID, SECRET, DEVICE])];
        let session = file.set.profile(&profile).map(|p| look(&p.section));
        match session {
            Some(Holds::Temporary) => removals.push(file.removal(&profile, SESSION)),
            Some(Holds::Key(other)) if other.access_key_id != given.access_key_id => {
                harvest.miss(
                    place,
                    format!("`[{profile}]` holds a long-lived key of its own; import that first, or take it out"),
                );
                continue;
            }
            Some(Holds::Key(_)) => removals.push(file.removal(&profile, &[ID, SECRET])),
            Some(Holds::Nothing | Holds::OfAnotherMaker | Holds::Spoilt(_)) | None => {}
        }
        if long_term.section.value("assume_role").is_some() {
            harvest.ignore(
                format!("`assume_role` of `[{}]`", long_term.name),
                format!(
                    "a role is a profile of its own: `role_arn`, and `source_profile = {profile}`"
                ),
            );
        }
        harvest.keys.push(FoundKey {
            profile,
            given,
            mfa_serial,
            place: long_term.origin.to_string(),
            removals,
            process: ProcessLine::Keep,
        });
    }
    harvest
}

fn device(section: &Section) -> Result<Option<MfaSerial>, &'static str> {
    let Some(text) = section.value(DEVICE) else {
        return Ok(None);
    };
    let serial: MfaSerial = text
        .parse()
        .map_err(|_| "its `aws_mfa_device` is not an MFA serial")?;
    if serial.is_security_key() {
        return Err("its device is a security key, and STS accepts no codes from one");
    }
    Ok(Some(serial))
}

#[cfg(test)]
mod tests;
