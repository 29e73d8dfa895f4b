"""boto3 and the AWS CLI find keyward by themselves, through `credential_process` lines."""

from harness import clients, home, moto, practice
from harness.case import case, each, equal, holds

USER = "arn:aws:iam::123456789012:user/alice"
PROFILES = {
    "alice": USER,
    "readonly": "arn:aws:sts::123456789012:assumed-role/ReadOnly/alice",
    "administrator": "arn:aws:sts::123456789012:assumed-role/Administrator/alice",
    "partner": "arn:aws:sts::111122223333:assumed-role/ReadOnly/alice",
}
CLIENTS = [("boto3", clients.who_by_boto3), ("the AWS CLI", clients.who_by_cli)]


def _lines(place: home.Home) -> None:
    """One profile for tools beside each of the practice account's own."""
    path = place.environment["AWS_CONFIG_FILE"]
    with open(path, "a", encoding="utf-8") as file:
        for profile in PROFILES:
            file.write(f"\n[profile tools-{profile}]\n{clients.command_line(profile)}\n")


@each(CLIENTS)
def practice_credentials_reach(place: home.Home, who) -> None:
    """One code; then every profile, every account."""
    account = practice.Practice(place)
    _lines(place)
    place.environment["KEYWARD_MFA_CODE"] = account.code()
    for profile, arn in PROFILES.items():
        equal(who(place, f"tools-{profile}"), arn, f"who profile tools-{profile} is")
        place.environment.pop("KEYWARD_MFA_CODE", None)
    equal(len(account.journal("GetSessionToken")), 1, "codes spent")
    equal({entry["outcome"] for entry in account.journal()}, {"OK"}, "outcomes")


@case
def moto_credentials_reach_every_client(place: home.Home) -> None:
    """moto knows the second account too."""
    server = moto.Moto(place)
    place.passphrase("correct horse battery staple")
    place.store("alice", *server.user_with_key("alice"))
    place.config(
        f"[profile alice]\nregion = eu-central-1\nmfa_serial = {practice.SERIAL}\n"
        "[profile readonly]\nsource_profile = alice\nrole_arn = arn:aws:iam::123456789012:role/ReadOnly\n"
        "[profile administrator]\nsource_profile = alice\nrole_arn = arn:aws:iam::123456789012:role/Administrator\n"
        "[profile partner]\nsource_profile = alice\nrole_arn = arn:aws:iam::111122223333:role/ReadOnly\n"
    )
    _lines(place)
    place.environment["KEYWARD_MFA_CODE"] = "123456"
    for client, who in CLIENTS:
        for profile, arn in PROFILES.items():
            wanted = "arn:aws:sts::123456789012:user/moto" if arn == USER else arn
            equal(who(place, f"tools-{profile}"), wanted, f"who tools-{profile} is to {client}")


@each(CLIENTS)
def a_profile_may_name_itself_to(place: home.Home, who) -> None:
    """The line may be in the profile whose key the vault holds."""
    account = practice.Practice(place)
    place.config(f"[profile alice]\nmfa_serial = {practice.SERIAL}\n{clients.command_line('alice')}\n")
    place.environment["KEYWARD_MFA_CODE"] = account.code()
    equal(who(place, "alice"), USER, "who alice is")


@each(CLIENTS)
def a_role_is_taken_from_the_session_by(place: home.Home, who) -> None:
    """The tool itself assumes the role, from the session that keyward hands it."""
    account = practice.Practice(place)
    place.config(
        f"[profile alice]\nmfa_serial = {practice.SERIAL}\n{clients.command_line('alice')}\n"
        "[profile readonly]\nsource_profile = alice\nrole_session_name = tool\n"
        "role_arn = arn:aws:iam::123456789012:role/ReadOnly\n"
    )
    place.environment["KEYWARD_MFA_CODE"] = account.code()
    equal(who(place, "readonly"), "arn:aws:sts::123456789012:assumed-role/ReadOnly/tool", "who readonly is")


@case
def keyward_sandbox_runs_a_client_in_one_line(place: home.Home) -> None:
    """`keyward sandbox -- CMD` with the phone asked inside."""
    script = (
        'export KEYWARD_MFA_CODE=$("$0" sandbox --phone); '
        'exec "$0" exec readonly -- "$1" sts get-caller-identity --query Arn --output text'
    )
    done = place.keyward("sandbox", "--", "bash", "-c", script, home.KEYWARD, home.AWS_CLI)
    equal(done.stdout.strip(), PROFILES["readonly"], "who the client is")


@case
def boto3_shows_the_reason_when_a_person_is_needed(place: home.Home) -> None:
    """Without a terminal and a code the tool fails at once, with words that help."""
    practice.Practice(place)
    _lines(place)
    done = place.run(home.PYTHON, "-c", clients.BOTO3, "tools-alice", code=None)
    holds(done.returncode != 0, "boto3 found credentials")
    holds("there is no terminal to ask on" in done.stderr, f"no reason in: {done.stderr[-500:]}")
