//! The worlds of the how-to pages: a home, an account, and stand-ins for the programs that the
//! pages call.

use std::path::Path;

use keyward_sandbox::Sandbox;
use keyward_testkit::{Home, PASSPHRASE};

use super::stand_ins;
use crate::account::Rehearsal;
use crate::book::outputs::{audited, carol, erin, made, owner, stored};
use crate::plugin::IDENTITY;
use crate::practice::{KEY_ID, Practice, SECRET, SERIAL};
use crate::rotate::host::{Host, TOKEN};

/// A home beside an account, and what stands for the placeholders of a page.
pub(super) struct World {
    place: Place,
    instead: Vec<(&'static str, String)>,
}

enum Place {
    /// alice, with a phone.
    Person(Practice),
    /// The root user's key as `admin`.
    Owner(Rehearsal),
}

const ACCOUNT: &str = "123456789012";

const PROFILES: &str = "\
[profile work]
region = eu-central-1
mfa_serial = arn:aws:iam::123456789012:mfa/alice

[profile admin]
region = eu-central-1
source_profile = work
role_arn = arn:aws:iam::123456789012:role/Administrator

[profile work-admin]
source_profile = work
role_arn = arn:aws:iam::123456789012:role/Administrator

[profile readonly]
region = eu-central-1
source_profile = work
role_arn = arn:aws:iam::123456789012:role/ReadOnly
";

impl World {
    fn new(place: Place) -> Self {
        let mut world = Self {
            place,
            instead: Vec::new(),
        };
        stand_ins::install(world.home());
        world.put("AGE-PLUGIN-YUBIKEY-1…", IDENTITY);
        let own = Path::new(env!("CARGO_BIN_EXE_keyward")).parent().unwrap();
        let bin = world.home().path().join("bin");
        let path = format!("{}:{}:/usr/bin:/bin", bin.display(), own.display());
        world.home_mut().set("PATH", path);
        world.home_mut().set("BROWSER", "firefox");
        world
    }

    /// Runs keyward, which must succeed.
    fn has_run(&self, words: &[&str]) {
        let _ = self.home().run(words).ok();
    }

    fn put(&mut self, placeholder: &'static str, text: impl Into<String>) {
        self.instead.push((placeholder, text.into()));
    }

    /// A line with what stands for its placeholders.
    pub(super) fn fill_in(&self, line: &str) -> String {
        let parts = self.instead.iter();
        parts.fold(line.to_owned(), |line, (from, to)| line.replace(from, to))
    }

    pub(super) fn home(&self) -> &Home {
        match &self.place {
            Place::Person(practice) => practice,
            Place::Owner(rehearsal) => rehearsal,
        }
    }

    fn home_mut(&mut self) -> &mut Home {
        match &mut self.place {
            Place::Person(practice) => practice,
            Place::Owner(rehearsal) => rehearsal,
        }
    }

    fn account(&self) -> &Sandbox {
        match &self.place {
            Place::Person(practice) => &practice.account,
            Place::Owner(rehearsal) => &rehearsal.server,
        }
    }

    /// A code of alice's phone that was not used.
    pub(super) fn code(&self) -> Option<String> {
        let code = self.account().fresh_code(&SERIAL.parse().unwrap())?;
        Some(code.expose().to_owned())
    }

    /// Does at AWS what a line asks of the AWS CLI.
    pub(super) fn carry_out(&self, line: &str) {
        let mut words = line.split(' ').skip_while(|word| *word != "iam");
        let (Some(_), Some(action)) = (words.next(), words.next()) else {
            return;
        };
        let mut value = |flag: &str| words.find(|word| *word == flag).and_then(|_| words.next());
        let Some(name) = value("--user-name") else {
            return;
        };
        let key = value("--access-key-id");
        self.account().with_accounts(|accounts| {
            let account = accounts.account_mut(&ACCOUNT.parse().unwrap()).unwrap();
            let user = account.users.get_mut(&name.parse().unwrap()).unwrap();
            match action {
                "delete-login-profile" => user.login = None,
                "delete-access-key" => user.keys.retain(|held| Some(held.id.as_str()) != key),
                "untag-user" => drop(user.tags.remove("keyward:handed-out")),
                _ => {}
            }
        });
    }

    /// The notes of the programs that were started.
    pub(super) fn started(&self) -> String {
        self.home().read("started")
    }
}

/// alice with her profiles, before she has a vault.
pub(super) fn profiles() -> World {
    let mut practice = Practice::start();
    practice.config(PROFILES);
    practice.set("KEYWARD_TEST_PACE_MS", "1");
    let url = practice.account.url();
    practice.set("KEYWARD_SIGNIN_URL", format!("{url}/federation"));
    practice.set("KEYWARD_CONSOLE_URL", format!("{url}/console"));
    World::new(Place::Person(practice))
}

/// alice, whose key is in a vault as `work`.
pub(super) fn person() -> World {
    let world = profiles();
    let key = format!("{KEY_ID}\n{SECRET}\n");
    let words = ["add", "work", "--stdin", "--no-config", "--no-verify"];
    let _ = world.home().run_with_input(&words, &key).ok();
    world
}

/// alice, whose settings name accounts.
pub(super) fn named_accounts() -> World {
    let mut world = person();
    let settings = world.home().read("keyward/config.toml");
    world.home().write(
        "keyward/config.toml",
        &format!("{settings}assume_from = \"work\"\n[accounts]\nproduction = \"123456789012\"\n"),
    );
    // The function is used at once, since each line has a shell of its own.
    let used = "bash)\"; }; as prod ReadOnly && [ \"$AWS_PROFILE\" = production-ReadOnly ]";
    world.put("bash)\"; }", used);
    world
}

/// alice with an SSH key and an age key.
pub(super) fn slots() -> World {
    let mut world = person();
    let home = world.home();
    stand_ins::make_ssh_key(home);
    let identity = keyward_vault::Identity::generate();
    home.write("key.txt", &format!("{}\n", *identity.expose()));
    // Copies are never overwritten, so each gets a name of its own.
    world.put("backup.age --recipient \"", "ssh.age --recipient \"");
    world.put("backup.age --recipient age1", "age.age --recipient age1");
    world.put("backup.age --identity-file", "age.age --identity-file");
    world.put("age1…", identity.recipient());
    world.put("/mnt/c/Users/alice/", "");
    world
}

/// alice with a second passphrase for her vault.
pub(super) fn paper() -> World {
    let world = slots();
    world.home().write("paper", PASSPHRASE);
    world.has_run(&[
        "vault",
        "slot",
        "add",
        "passphrase",
        "--name",
        "paper",
        "--passphrase-file",
        "paper",
    ]);
    world
}

/// A vault of two states, of which the later is damaged.
pub(super) fn damaged() -> World {
    let mut world = older();
    world.home().write("keyward/vault.age", "damaged\n");
    world.put(
        "keyward vault restore --from FILE",
        "echo damaged > keyward/vault.age; keyward vault restore --from saved.age",
    );
    world
}

/// A vault whose older state was put back.
pub(super) fn older() -> World {
    let world = person();
    let (vault, saved) = ("keyward/vault.age", "saved.age");
    let path = |name: &str| world.home().path().join(name);
    std::fs::copy(path(vault), path(saved)).unwrap();
    let key = format!("{KEY_ID}\n{SECRET}\n");
    let words = ["add", "second", "--stdin", "--no-config", "--no-verify"];
    let _ = world.home().run_with_input(&words, &key).ok();
    std::fs::copy(path(saved), path(vault)).unwrap();
    world
}

/// alice, whose jobs get restricted sessions.
pub(super) fn jobs() -> World {
    let world = person();
    let more = "\n[profile partner]\nsource_profile = work\nexternal_id = practice\n\
        role_arn = arn:aws:iam::111122223333:role/ReadOnly\n\
        \n[profile deploy]\nsource_profile = readonly\nrole_arn = arn:aws:iam::111122223333:role/Deploy\n\
        \n[profile administrator]\nsource_profile = work\n\
        role_arn = arn:aws:iam::123456789012:role/Administrator\n";
    world.home().config(&format!("{PROFILES}{more}"));
    world.home().write(
        "only-this-bucket.json",
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::example/*"}}"#,
    );
    for job in ["nightly-report", "agent"] {
        stand_ins::program(world.home(), job, stand_ins::NOTE);
    }
    world
}

/// bob with his key and his team's file.
pub(super) fn newcomer() -> World {
    let world = profiles();
    world.home().config("");
    world.home().write("team.toml", crate::init::TEAM);
    world.home().write("key.txt", crate::init::BOB);
    world
}

/// alice beside a machine user, whose key is in a repository.
pub(super) fn machine_user() -> World {
    let mut world = person();
    let host = Host::start();
    world.home_mut().set("GITHUB_API_URL", host.url());
    world.home_mut().set("GH_TOKEN", TOKEN);
    world.put("deploy", "bob");
    world
}

/// alice, whose encrypted key has arrived.
pub(super) fn encrypted_key() -> World {
    let world = profiles();
    let key = format!(r#"{{"AccessKeyId":"{KEY_ID}","SecretAccessKey":"{SECRET}"}}"#);
    world.home().write("key.age", &key);
    let _ = keyward_testkit::finish(
        {
            let mut encode = world.home().command_of("sh");
            encode.args(["-c", "base64 key.age > key.b64"]);
            encode
        },
        "",
    );
    world
}

/// A key in the credentials file.
pub(super) fn in_the_clear() -> World {
    let world = profiles();
    world.home().write(
        ".aws/credentials",
        &format!("[work]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n"),
    );
    world
}

/// The same, with awsume's usual place for a device: beside the role.
pub(super) fn awsume() -> World {
    let world = in_the_clear();
    let line = format!("mfa_serial = {SERIAL}\n");
    let without = world.home().read(".aws/config").replace(&line, "");
    let role = "source_profile = work\n";
    assert!(without.contains(role), "{without}");
    let config = without.replace(role, &format!("{role}{line}"));
    world.home().write(".aws/config", &config);
    world
}

pub(super) fn awstools() -> World {
    let world = in_the_clear();
    world.home().write(
        ".config/awstools/config.toml",
        "keyRotationIntervalMinutes = 10080\n[profiles]\nmainAccount = \"work\"\n\
         [accounts]\nmain = \"123456789012\"\n",
    );
    world
}

pub(super) fn granted() -> World {
    let mut world = profiles();
    crate::import::lay_out(
        world.home(),
        ".granted/secure-storage-aws-iam-credentials",
        &["alice"],
    );
    world.put("corp.awsapps.com", "practice.awsapps.com");
    world
}

pub(super) fn aws_mfa() -> World {
    let world = profiles();
    world.home().write(
        ".aws/credentials",
        &format!(
            "[work-long-term]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n\
             aws_mfa_device = {SERIAL}\n"
        ),
    );
    world
}

/// The template of a team in an account, and what was saved of it.
pub(super) fn applied() -> World {
    let rehearsal = audited();
    let words = ["account", "render", "account.toml", "--json"];
    let details = rehearsal.run(&words).ok();
    rehearsal.write("details.json", &details);
    let words = ["account", "prove", "account.toml", "--json"];
    rehearsal.write("baseline.json", &rehearsal.run(&words).stdout);
    for file in ["regions.json", "prod.json"] {
        rehearsal.write(
            file,
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        );
    }
    let mut world = World::new(Place::Owner(rehearsal));
    world.put("-o account.toml", "-o adopted.toml");
    world.put("--profile ci", "--profile admin");
    world
}

/// An account before anything was saved of it, and the answers that the AWS CLI gets there.
pub(super) fn asked_by_the_aws_cli() -> World {
    let world = applied();
    let home = world.home();
    let details = home.read("details.json");
    let report = "user,arn,user_creation_time,password_enabled,password_last_used,\
        password_last_changed,password_next_rotation,mfa_active,\
        access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
        access_key_1_last_used_region,access_key_1_last_used_service,\
        access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,\
        access_key_2_last_used_region,access_key_2_last_used_service,\
        cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n\
        <root_account>,arn:aws:iam::123456789012:root,2023-11-14T22:13:20+00:00,not_supported,\
        no_information,not_supported,not_supported,true,\
        false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n";
    for (action, answer) in [
        ("get-account-authorization-details", details.as_str()),
        (
            "get-account-summary",
            r#"{"SummaryMap":{"AccountMFAEnabled":1,"AccountAccessKeysPresent":0}}"#,
        ),
        (
            "get-account-password-policy",
            r#"{"PasswordPolicy":{"MinimumPasswordLength":20}}"#,
        ),
        ("list-virtual-mfa-devices", r#"{"VirtualMFADevices":[]}"#),
        (
            "list-server-certificates",
            r#"{"ServerCertificateMetadataList":[]}"#,
        ),
        (
            "list-service-specific-credentials",
            r#"{"ServiceSpecificCredentials":[]}"#,
        ),
        ("list-ssh-public-keys", r#"{"SSHPublicKeys":[]}"#),
        ("generate-credential-report", r#"{"State":"COMPLETE"}"#),
        (
            "get-credential-report",
            &data_encoding::BASE64.encode(report.as_bytes()),
        ),
    ] {
        home.write(&format!("answers/{action}"), answer);
    }
    std::fs::remove_file(home.path().join("details.json")).unwrap();
    world
}

/// The root user, whose key is nowhere yet.
pub(super) fn root() -> World {
    let rehearsal = owner();
    rehearsal.config("");
    World::new(Place::Owner(rehearsal))
}

/// The key of the root user, and a blueprint with erin.
pub(super) fn new_account() -> World {
    World::new(Place::Owner(erin()))
}

/// The key of the root user in the vault.
pub(super) fn root_in_the_vault() -> World {
    World::new(Place::Owner(stored()))
}

/// An account that alice and bob are to get into.
pub(super) fn two_people() -> World {
    World::new(Place::Owner(made()))
}

/// An account without a blueprint of it.
pub(super) fn to_adopt() -> World {
    let rehearsal = audited();
    std::fs::remove_file(rehearsal.home.path().join("account.toml")).unwrap();
    World::new(Place::Owner(rehearsal))
}

/// An adopted account, whose blueprint was edited.
pub(super) fn adopted() -> World {
    let world = to_adopt();
    world.has_run(&[
        "account",
        "init",
        "--profile",
        "admin",
        "-o",
        "account.toml",
    ]);
    let text = world.home().read("account.toml");
    let edited = text.replace("min_length = 20", "min_length = 21");
    assert_ne!(text, edited);
    world.home().write("account.toml", &edited);
    world
}

/// An account that erin left a week ago.
pub(super) fn grace_is_over() -> World {
    let world = applied();
    world.has_run(&["account", "remove", "erin", "account.toml", "--yes"]);
    world.account().with_accounts(|accounts| {
        let account = accounts.account_mut(&ACCOUNT.parse().unwrap()).unwrap();
        let erin = account.users.get_mut(&"erin".parse().unwrap()).unwrap();
        let past = "2023-11-14T22:13:20Z".to_owned();
        erin.tags.insert("keyward:delete-after".to_owned(), past);
    });
    world
}

/// An account that erin left, and a blueprint with her again.
pub(super) fn comes_back() -> World {
    let world = applied();
    let with_erin = world.home().read("account.toml");
    world.has_run(&["account", "remove", "erin", "account.toml", "--yes"]);
    world.home().write("account.toml", &with_erin);
    world
}

/// carol in four accounts, after her laptop was lost.
pub(super) fn revoked() -> World {
    let mut world = many_accounts();
    world.has_run(&["account", "revoke", "carol", "account.toml", "--yes"]);
    let key = world.account().with_accounts(|accounts| {
        let account = accounts.account(&ACCOUNT.parse().unwrap()).unwrap();
        account.users[&"carol".parse().unwrap()].keys[0]
            .id
            .to_string()
    });
    world.put("AKIA…", key);
    world
}

/// alice, whose SDKs ask keyward for `readonly`.
pub(super) fn set_up() -> World {
    let world = person();
    world.has_run(&["setup", "readonly"]);
    world
}

/// carol in four accounts.
pub(super) fn many_accounts() -> World {
    let rehearsal = carol();
    let config = rehearsal.read(".aws/config");
    let people = config.split("[profile ").nth(1).unwrap();
    let admin = people.replace("people]", "[profile admin]");
    rehearsal.config(&format!("{config}\n{admin}"));
    World::new(Place::Owner(rehearsal))
}
