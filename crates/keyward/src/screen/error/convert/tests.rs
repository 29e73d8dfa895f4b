//! The way back is shown where nothing but the slots' files can help.

use super::*;

#[test]
fn a_vault_behind_a_replaced_ssh_key_has_a_way_back() {
    let path = "/home/alice/.ssh/id_ed25519".into();
    let why = UnlockSlotError::Slot(OpenSlotError::OtherKey { path });
    let error = CliError::from(OpenAnyError::NoneOpens {
        tried: vec![("ssh".parse().unwrap(), why)],
    });
    let text = format!("{error:?}");
    for part in ["put the old key back", "keyward vault import FILE"] {
        assert!(text.contains(part), "{text}");
    }
}
