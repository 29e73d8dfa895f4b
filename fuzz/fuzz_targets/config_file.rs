//! Any bytes as a config and a credentials file: nothing panics, every file keeps its bytes, an
//! edit is read back and leaves every other key alone, and every profile has a chain or an error.
#![no_main]

use keyward_core::chain::{
    self, Flags, Inputs, KeyHolder, LastCacheKeys, SimilarNames, StoredKey, StoredKeys,
};
use keyward_core::config::{ConfigFile, ConfigSet, FileKind, SectionRef};
use libfuzzer_sys::fuzz_target;

/// Separates the files, the key and the value of one input.
const SEPARATOR: char = '\u{1}';

fuzz_target!(|input: &str| {
    let mut parts = input.splitn(4, SEPARATOR);
    let mut next = || parts.next().unwrap_or_default();
    let (config, credentials, key, value) = (next(), next(), next(), next());
    for (kind, text) in [
        (FileKind::Config, config),
        (FileKind::Credentials, credentials),
    ] {
        let first = ConfigFile::parse(kind, "file", text).err();
        assert_eq!(
            first.as_ref(),
            ConfigFile::faults(kind, "file", text).first.first()
        );
    }
    let config = ConfigFile::parse(FileKind::Config, "config", config);
    let credentials = ConfigFile::parse(FileKind::Credentials, "credentials", credentials);
    let set = ConfigSet::merge(config.as_ref().ok(), credentials.as_ref().ok());
    // Reads every section and makes every diagnostic.
    let _ = set.to_json();
    // The key and the value serve as a variable, too.
    let environment = |name: &str| (name == key).then(|| value.to_owned());
    for profile in set.profiles() {
        resolve(&set, &profile.name, &environment);
    }
    let _ = chain::sign_in_endpoints("a", &set, &environment);
    for name in ["default", "a"] {
        let section = SectionRef::Profile(name.parse().expect("a profile name"));
        for file in [&config, &credentials].into_iter().flatten() {
            edit(file, &section, key, value);
        }
    }
});

/// With a key in the vault and without.
fn resolve(
    set: &ConfigSet,
    profile: &keyward_core::id::ProfileName,
    environment: &dyn Fn(&str) -> Option<String>,
) {
    let key = StoredKey {
        profile: "a".parse().expect("a profile name"),
        access_key_id: "AKIAIOSFODNN7EXAMPLE".parse().expect("a key id"),
        account_id: None,
        mfa_serial: None,
        owner: KeyHolder::User,
    };
    for stored_keys in [StoredKeys::default(), StoredKeys::from_iter([key])] {
        let inputs = Inputs {
            profile,
            config: set,
            stored_keys: &stored_keys,
            environment,
            flags: &Flags::default(),
            similar_names: SimilarNames::Listed,
            last_cache_keys: &LastCacheKeys::default(),
        };
        match chain::resolve(&inputs) {
            Ok(chain) => assert!(!chain.show().is_empty() && chain.to_json().is_object()),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

fn edit(before: &ConfigFile, section: &SectionRef, key: &str, value: &str) {
    let again = ConfigFile::parse(before.kind(), before.path(), before.as_str());
    assert_eq!(
        again.expect("a parsed file parses").to_string(),
        before.as_str()
    );
    let mut file = before.clone();
    if file.set(section, key, value).is_ok() {
        assert_eq!(file.get(section, key).as_deref(), Some(value));
        assert_eq!(others(before, section, key), others(&file, section, key));
        assert!(file.remove_key(section, key));
        assert_eq!(others(before, section, key), others(&file, section, key));
    }
    assert_eq!(file.contains(section), file.remove_section(section));
}

/// Every value of every profile, but that of one key.
fn others(file: &ConfigFile, section: &SectionRef, key: &str) -> Vec<(String, String, String)> {
    let set = match file.kind() {
        FileKind::Config => ConfigSet::merge(Some(file), None),
        FileKind::Credentials => ConfigSet::merge(None, Some(file)),
    };
    let mut all = Vec::new();
    for profile in set.profiles() {
        for (name, property) in profile.section.iter() {
            let own = *section == SectionRef::Profile(profile.name.clone());
            if !(own && name.eq_ignore_ascii_case(key)) {
                let profile = profile.name.to_string();
                all.push((profile, name.to_owned(), property.value.to_string()));
            }
        }
    }
    all
}
