"""`keyward lock` and clients of a server that is running: what they say when nothing is handed out."""

from harness import home, node, practice
from harness.case import each, holds

BOTO3 = [home.PYTHON, "-c", "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"]
CLI = [home.AWS_CLI, "sts", "get-caller-identity", "--query", "Arn", "--output", "text"]


@each([("boto3", lambda: BOTO3), ("the AWS CLI", lambda: CLI), ("the JavaScript SDK", node.container)])
def a_lock_is_heard_by(place: home.Home, command) -> None:
    """It works; after a lock, the client shows the server's message."""
    account = practice.Practice(place)
    script = '"$@" && "$0" lock && { "$@"; code=$?; "$0" status; exit $code; }'
    words = ["exec", "readonly", "--server", "--", "sh", "-c", script, home.KEYWARD, *command()]
    done = place.keyward(*words, code=None, environment={"KEYWARD_MFA_CODE": account.code()})
    holds("forgot 2 sessions" in done.stderr, f"it did not work before: {done.stdout}{done.stderr}")
    holds(done.returncode != 0, "credentials were handed out after the lock")
    said = done.stdout + done.stderr
    holds("locked by keyward lock" in said, f"no reason in: {said[-800:]}")
    holds("answers `locked` since `keyward lock`" in said, f"`status` names no server: {said[-800:]}")
