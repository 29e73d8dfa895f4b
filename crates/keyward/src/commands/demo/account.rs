//! `keyward demo --account`: from the root key of an empty account to a newcomer's first role
//! call, and back to nothing.

use std::io::Read as _;

use keyward_core::Credentials;
use keyward_core::secret::MfaCode;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{Demo, told};
use crate::environment as env;
use crate::practice::Practice;
use crate::screen::error::CliError;
use crate::screen::ui::{CODE, GOOD, STRONG};

/// The newcomer.
const USER: &str = "alice";

impl Demo<'_> {
    /// The whole story.
    pub(super) fn account_story(&self) -> Result<(), CliError> {
        self.line(&format!(
            "{STRONG}keyward demo --account{STRONG:#}  an empty practice account on 127.0.0.1 with nothing but its root key\n"
        ))?;
        let identity = age::x25519::Identity::generate();
        self.write_blueprint(&identity)?;
        self.apply()?;
        let key = self.receive(&identity)?;
        self.enrol(&key)?;
        self.first_role()?;
        self.thief_of(&key)?;
        self.destroy()?;
        self.line(&format!(
            "\n{GOOD}{STRONG}It holds.{STRONG:#}{GOOD:#} Begin with your own: {CODE}keyward account init -o account.toml{CODE:#}"
        ))
    }

    fn write_blueprint(&self, identity: &age::x25519::Identity) -> Result<(), CliError> {
        self.step(1, "A blueprint for a team, with Alice, who gave an age key")?;
        let mut command = self.practice.keyward()?;
        command.args(["account", "init", "--template", "team"]);
        let template = self.run("keyward account init --template team", command, "")?;
        let text = template
            .stdout
            .replace("profile = \"admin\"", "profile = \"root\" ")
            .replace(
                "# pgp = \"keybase:alice\"\n# password = true\n# access_key = true",
                &format!("age = \"{}\"\naccess_key = true", identity.to_public()),
            );
        self.expect(
            text.contains("\nage = "),
            "the template has no place for Alice's key",
        )?;
        let path = self.practice.home_folder().join("team.toml");
        crate::aws_files::rewrite::create(&path, text.as_bytes())
            .map_err(|e| CliError::failed("the blueprint cannot be written").because(e))
    }

    fn apply(&self) -> Result<(), CliError> {
        self.step(2, "The root key applies it")?;
        let ran = self.account("apply")?;
        let chain = ran.stderr.lines().find(|line| line.contains("to create"));
        self.show(chain.unwrap_or_default(), None)?;
        let done = ran.stderr.lines().find(|line| line.starts_with("done"));
        self.show(done.unwrap_or_default(), Some(ran.took))?;
        let again = self.account("plan")?;
        self.expect(
            again.stdout.contains("nothing to change"),
            "the plan is not empty after apply",
        )
    }

    /// Decrypts Alice's key and stores it, as her invitation says.
    fn receive(&self, identity: &age::x25519::Identity) -> Result<Credentials, CliError> {
        self.step(3, "Alice decrypts her first key into her vault")?;
        let path = self
            .practice
            .home_folder()
            .join("keyward/hand-outs")
            .join(Practice::account().as_str())
            .join(format!("{USER}.json"));
        let sheet = std::fs::read_to_string(path)
            .map_err(|e| CliError::failed("the hand-out cannot be read").because(e))?;
        let sheet: Value =
            serde_json::from_str(&sheet).map_err(|_| told("the hand-out is not JSON"))?;
        let sealed = sheet["access_key"][0]["text"]
            .as_str()
            .ok_or_else(|| told("the hand-out holds no access key"))?;
        let plain = decrypt(sealed, identity).ok_or_else(|| told("the hand-out stays closed"))?;
        let mut command = self.practice.keyward()?;
        command.args(["add", USER, "--stdin"]);
        let ran = self.run(
            &format!("age --decrypt -i key.txt alice.age | keyward add {USER} --stdin"),
            command,
            &plain,
        )?;
        self.show(ran.stderr.lines().next().unwrap_or_default(), None)?;
        credentials(&plain).ok_or_else(|| told("the hand-out holds another kind of secret"))
    }

    /// Enrols the phone with two codes; the guard leaves this to a key without MFA.
    fn enrol(&self, key: &Credentials) -> Result<(), CliError> {
        self.step(
            4,
            "Her phone becomes her MFA device; nothing else works before",
        )?;
        let aws = self.client();
        self.refused("list roles", aws.list_roles(key).err())?;
        let name = USER.parse().map_err(|_| told("no user name"))?;
        let device = aws.create_virtual_mfa_device(key, USER, None)?;
        let server = &self.practice.server;
        let codes = (
            server.code(&device.serial),
            server.next_code(&device.serial),
        );
        let (Some(first), Some(second)) = codes else {
            return Err(told("the phone shows no codes"));
        };
        aws.enable_mfa_device(key, &name, &device.serial, (&first, &second))?;
        let config = self.practice.config_file();
        let text = std::fs::read_to_string(&config).unwrap_or_default();
        let account = Practice::account();
        let profiles = format!(
            "{text}\n[profile {USER}]\nregion = eu-central-1\nmfa_serial = {}\n\n[profile ReadOnly]\nrole_arn = arn:aws:iam::{account}:role/ReadOnly\nsource_profile = {USER}\n",
            device.serial
        );
        std::fs::write(&config, profiles)
            .map_err(|e| CliError::failed("the profiles cannot be written").because(e))?;
        self.line(&format!("   {GOOD}enrolled{GOOD:#} {}", device.serial))
    }

    fn first_role(&self) -> Result<(), CliError> {
        self.step(5, "One code, and the role works")?;
        let serial = format!("arn:aws:iam::{}:mfa/{USER}", Practice::account());
        let serial = serial.parse().map_err(|_| told("no serial"))?;
        let code: MfaCode = self
            .practice
            .server
            .fresh_code(&serial)
            .ok_or_else(|| told("the phone shows no fresh code"))?;
        let mut command = self.practice.keyward()?;
        let program = command.get_program().to_owned();
        command
            .args(["exec", "ReadOnly", "--"])
            .arg(program)
            .arg("whoami")
            // The practice phone's code; a person would type it.
            .env(env::MFA_CODE, code.expose());
        let ran = self.run("keyward exec ReadOnly -- keyward whoami", command, "")?;
        self.expect(
            ran.stdout.contains("assumed-role/ReadOnly/"),
            "the role was not assumed",
        )?;
        self.show(
            ran.stdout.lines().next().unwrap_or_default(),
            Some(ran.took),
        )
    }

    fn thief_of(&self, key: &Credentials) -> Result<(), CliError> {
        self.step(6, "A thief copied Alice's key, but not the phone")?;
        let aws = self.client();
        self.refused(
            "make a second access key",
            aws.create_access_key(key, None).err(),
        )?;
        self.refused("list roles", aws.list_roles(key).err())
    }

    fn destroy(&self) -> Result<(), CliError> {
        self.step(7, "What the blueprint made goes again, and nothing else")?;
        let ran = self.account("destroy")?;
        let done = ran.stderr.lines().find(|line| line.starts_with("done"));
        self.show(done.unwrap_or_default(), Some(ran.took))
    }

    fn account(&self, verb: &str) -> Result<super::Ran, CliError> {
        let mut command = self.practice.keyward()?;
        command.current_dir(self.practice.home_folder());
        command.args(["account", verb, "team.toml"]);
        if verb != "plan" {
            command.arg("--yes");
        }
        let shown = format!("keyward account {verb} team.toml");
        self.run(&shown, command, "")
    }
}

fn decrypt(sealed: &str, identity: &age::x25519::Identity) -> Option<Zeroizing<String>> {
    let armored = age::armor::ArmoredReader::new(sealed.as_bytes());
    let decryptor = age::Decryptor::new(armored).ok()?;
    let mut reader = decryptor
        .decrypt(std::iter::once(identity as &dyn age::Identity))
        .ok()?;
    let mut plain = Zeroizing::new(String::new());
    reader.read_to_string(&mut plain).ok()?;
    Some(plain)
}

fn credentials(plain: &str) -> Option<Credentials> {
    let key: Value = serde_json::from_str(plain).ok()?;
    Some(Credentials {
        access_key_id: key["AccessKeyId"].as_str()?.parse().ok()?,
        secret_access_key: key["SecretAccessKey"].as_str()?.parse().ok()?,
        session_token: None,
        expires_at: None,
        account_id: None,
    })
}
