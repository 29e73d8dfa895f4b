//! `keyward demo`: the main job against a practice account, in one screen, without questions. Every step
//! runs this program or asks the practice account what happened. A step with another result ends the demo
//! with an error.

mod account;

use std::io::Write;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use keyward_aws::{Aws, AwsMessage, CallError};
use keyward_core::Credentials;
use keyward_core::chain::{AssumeRole, Endpoints};
use keyward_sandbox::Accounts;

use crate::environment as env;
use crate::practice::{self, Keys, Practice};
use crate::screen::error::CliError;
use crate::screen::ui::{BAD, CODE, FAINT, GOOD, STRONG, Ui};
use crate::state::local_state::now;

/// See it work: no network, no AWS account, no questions
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Show an account being set up: plan, apply, a newcomer's first role call, destroy
    #[arg(long)]
    account: bool,
}

/// Plays the demo.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    if args.account {
        let demo = Demo {
            ui,
            practice: Practice::start(
                Accounts::empty_with_root(Practice::account()),
                0,
                Keys::OfUsers,
            )?,
        };
        demo.account_story()?;
        return Ok(ExitCode::SUCCESS);
    }
    let demo = Demo {
        ui,
        practice: Practice::start(Accounts::practice(), 0, Keys::None)?,
    };
    demo.title()?;
    demo.store_the_key()?;
    demo.first_use()?;
    demo.second_use()?;
    demo.thief()?;
    demo.end()?;
    Ok(ExitCode::SUCCESS)
}

struct Demo<'a> {
    ui: &'a Ui,
    practice: Practice,
}

/// The output of a command, and the time that it took.
struct Ran {
    stdout: String,
    stderr: String,
    took: Duration,
}

impl Demo<'_> {
    fn title(&self) -> Result<(), CliError> {
        self.line(&format!(
            "{STRONG}keyward demo{STRONG:#}  a strict practice AWS on 127.0.0.1; no network, no account, nothing of yours is touched\n"
        ))
    }

    fn store_the_key(&self) -> Result<(), CliError> {
        self.step(1, "Alice's access key goes into an encrypted vault")?;
        let key = format!(
            "{}\n{}\n",
            practice::ACCESS_KEY_ID,
            practice::SECRET_ACCESS_KEY
        );
        let mut command = self.practice.keyward()?;
        command.args(["add", practice::USER, "--stdin"]);
        let ran = self.run("keyward add alice --stdin", command, &key)?;
        self.expect(ran.stderr.contains("user/alice"), "the key is not Alice's")?;
        self.show(&ran.stderr, None)
    }

    fn first_use(&self) -> Result<(), CliError> {
        let phone = Practice::serial();
        let code = self
            .practice
            .server
            .code(&phone)
            .ok_or_else(|| told("the phone shows no code"))?;
        self.step(
            2,
            &format!(
                "First use of a role. Alice's phone shows {CODE}{}{CODE:#}; keyward types it",
                code.expose()
            ),
        )?;
        let mut command = self.whoami_through_readonly()?;
        // The practice phone's code; a person would type it.
        command.env(env::MFA_CODE, code.expose());
        let ran = self.run("keyward exec readonly -- keyward whoami", command, "")?;
        self.expect(
            ran.stdout.contains("assumed-role/ReadOnly/alice"),
            "the role was not assumed",
        )?;
        self.expect(
            self.calls("GetSessionToken") == 1 && self.calls("AssumeRole") == 1,
            "there was not one call per hop",
        )?;
        self.show(&ran.stdout, Some(ran.took))
    }

    fn second_use(&self) -> Result<(), CliError> {
        self.step(
            3,
            "The same again: no code, no call for credentials; they come from the cache",
        )?;
        self.practice.server.clear_journal();
        let ran = self.run(
            "keyward exec readonly -- keyward whoami",
            self.whoami_through_readonly()?,
            "",
        )?;
        self.expect(
            ran.stdout.contains("assumed-role/ReadOnly/alice"),
            "the role was not handed out",
        )?;
        self.expect(
            self.calls("GetSessionToken") == 0 && self.calls("AssumeRole") == 0,
            "the cache was not used",
        )?;
        self.show(&ran.stdout, Some(ran.took))
    }

    fn thief(&self) -> Result<(), CliError> {
        self.step(4, "A thief has copied the key, but not the phone")?;
        let key = Credentials {
            access_key_id: practice::ACCESS_KEY_ID
                .parse()
                .map_err(|_| told("the example key is not a key"))?,
            secret_access_key: practice::SECRET_ACCESS_KEY
                .parse()
                .map_err(|_| told("the example key is not a key"))?,
            session_token: None,
            expires_at: None,
            account_id: None,
        };
        let aws = self.client();
        let role = AssumeRole {
            role_arn: "arn:aws:iam::123456789012:role/ReadOnly"
                .parse()
                .map_err(|_| told("no role"))?,
            role_session_name: None,
            external_id: None,
            tags: Vec::new(),
            transitive_tag_keys: Vec::new(),
            source_identity: None,
            policy: None,
            policy_arns: Vec::new(),
        };
        let name = "thief".parse().map_err(|_| told("no session name"))?;
        let hour = Duration::from_secs(3600);
        self.refused(
            "assume the role ReadOnly",
            aws.assume_role(&key, &role, &name, hour, None).err(),
        )?;
        self.refused(
            "make a second access key",
            aws.create_access_key(&key, None).err(),
        )?;
        let session = aws.get_session_token(&key, hour, None)?;
        self.refused(
            "list roles, from a session without MFA",
            aws.list_roles(&session).err(),
        )
    }

    fn end(&self) -> Result<(), CliError> {
        self.line(&format!(
            "\n{GOOD}{STRONG}It holds.{STRONG:#}{GOOD:#} Begin with your own: {CODE}keyward init{CODE:#}, then {CODE}keyward exec PROFILE -- COMMAND{CODE:#}"
        ))
    }

    fn whoami_through_readonly(&self) -> Result<Command, CliError> {
        let mut command = self.practice.keyward()?;
        let program = command.get_program().to_owned();
        command
            .args(["exec", "readonly", "--"])
            .arg(program)
            .arg("whoami");
        Ok(command)
    }

    fn client(&self) -> Aws {
        let url = self.practice.server.url();
        Aws::new(keyward_aws::Settings {
            endpoints: Endpoints {
                sts: Some(url.as_str().into()),
                iam: Some(url.into()),
                ..Endpoints::default()
            },
            region: None,
            partition_hint: None,
            now,
            proxy_from_env: false,
        })
    }

    fn calls(&self, action: &str) -> usize {
        self.practice
            .server
            .journal()
            .iter()
            .filter(|entry| entry.action == action)
            .count()
    }

    fn run(&self, shown: &str, mut command: Command, input: &str) -> Result<Ran, CliError> {
        self.line(&format!("   {FAINT}${FAINT:#} {shown}"))?;
        let start = Instant::now();
        let failed =
            |e: std::io::Error| CliError::failed(format!("`{shown}` cannot run")).because(e);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        if let Some(mut stdin) = child.stdin.take() {
            // A command that reads nothing closes its end, which is not a failure of the demo.
            let _ = stdin.write_all(input.as_bytes());
        }
        let output = child.wait_with_output().map_err(failed)?;
        let took = start.elapsed();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let ran = Ran {
            stdout: text(output.stdout),
            stderr: text(output.stderr),
            took,
        };
        if output.status.success() {
            return Ok(ran);
        }
        Err(CliError::failed(format!(
            "`{shown}` ended with {}: {}",
            output.status,
            ran.stderr.trim()
        )))
    }

    fn refused(&self, attempt: &str, error: Option<CallError>) -> Result<(), CliError> {
        let Some(error) = error else {
            return Err(told(&format!("a thief could {attempt}")));
        };
        // Only AWS's own no counts; a call that got lost proves nothing.
        match std::error::Error::source(&error).and_then(|cause| cause.downcast_ref::<AwsMessage>())
        {
            Some(message) if matches!(message.code(), "AccessDenied" | "InvalidClientTokenId") => {
                self.line(&format!(
                    "   {BAD}refused{BAD:#}  {attempt:<42}{FAINT}{}{FAINT:#}",
                    message.code()
                ))
            }
            _ => Err(CliError::from(error)),
        }
    }

    fn expect(&self, holds: bool, otherwise: &str) -> Result<(), CliError> {
        if holds { Ok(()) } else { Err(told(otherwise)) }
    }

    fn step(&self, number: u8, text: &str) -> Result<(), CliError> {
        self.line(&format!("{STRONG}{number}{STRONG:#}  {text}"))
    }

    fn show(&self, text: &str, took: Option<Duration>) -> Result<(), CliError> {
        for (number, line) in text.lines().enumerate() {
            let time = match took.filter(|_| number == 0) {
                Some(took) => format!("  {GOOD}{} ms{GOOD:#}", took.as_millis()),
                None => String::new(),
            };
            self.line(&format!("   {line}{time}"))?;
        }
        Ok(())
    }

    fn line(&self, text: &str) -> Result<(), CliError> {
        self.ui.text(&format!("{text}\n"), 2)
    }
}

/// A step with an unexpected result.
fn told(what: &str) -> CliError {
    CliError::failed(format!("the demo went differently than described: {what}"))
}
