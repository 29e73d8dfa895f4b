"""Shells that are not bash run what `env` prints for them, and end up with the very values."""

import json
import pathlib

from harness import home, node
from harness.case import each, equal

#: The environment of a program that a shell starts.
PRINT = """
import json, os
print(json.dumps([os.environ.get(name) for name in
    ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "STAYS")]))
"""
#: Characters with a meaning in one of the shells.
SECRET = "wJal'rXUtn\"FEMI/K7MDENG"
TOKEN = "a'b\"c\\d$e%f`g(h)*i~j{k}|l;m&n="
KEY = "ASIAIOSFODNN7EXAMPLE"

#: A shell, the command that runs a text of it, and the text: it takes what keyward prints, looks,
#: takes it back, and looks again.
SHELLS = [
    ("tcsh", lambda: [home.program("tcsh"), "-f", "-c"], 'eval "`{env}`"; {look}; eval "`{unset}`"; {look}'),
    ("elvish", lambda: [home.program("elvish"), "-norc", "-c"], "eval ({env} | slurp); {look}; eval ({unset} | slurp); {look}"),
    ("xonsh", lambda: [home.program("xonsh"), "--no-rc", "-c"], "execx($({env})); {look}; execx($({unset})); {look}"),
    ("nu", lambda: [node.nushell(), "-n", "-c"], "source set.nu; {look}; source unset.nu; {look}"),
]


@each([(shell, (shell, command, script)) for shell, command, script in SHELLS])
def what_env_prints_is_set_and_removed_by(place: home.Home, row) -> None:
    """Quotes and other signs stay text; a profile that was chosen before is gone."""
    shell, command, script = row
    pathlib.Path(place.environment["AWS_SHARED_CREDENTIALS_FILE"]).write_text(
        f"[p]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\naws_session_token = {TOKEN}\n"
    )
    words = command()
    look = f"{home.PYTHON} {place.write('look.py', PRINT)}"
    env, unset = f"{home.KEYWARD} env p --format {shell}", f"{home.KEYWARD} env --unset --format {shell}"
    # Nushell sources files that exist before it starts.
    place.write("set.nu", place.keyward("env", "p", "--format", "nu").stdout)
    place.write("unset.nu", place.keyward("env", "--unset", "--format", "nu").stdout)
    text = script.format(env=env, unset=unset, look=look)
    done = place.run("env", "-C", str(place.path), *words, text, environment={"AWS_PROFILE": "p", "STAYS": "yes"})
    looks = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    equal(looks, [[KEY, SECRET, TOKEN, None, "yes"], [None, None, None, None, "yes"]], f"what {shell} gave its programs")
