"""What keyward prints for PowerShell, read by a parser of PowerShell: it is what it should be and
nothing else, whatever stands in the values."""

import json
import os
import pathlib
import shutil

import tree_sitter
import tree_sitter_powershell
from harness import home
from harness.case import case, each, equal, holds

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
#: Text that would do something, were it not quoted: PowerShell's own quotes, the quotes of
#: printers, which it reads as its own, and a letter that a code page turns into one of them.
HOSTILE = [
    "a'b",
    "a''b;calc;'",
    "$(calc)",
    "${x}`n`'",
    'a"b"$x',
    "it\u2019s;calc;\u2018",
    "\u201acalc\u201b",
    "\u0111;calc;#",
    "\U0001f431",
    "@(calc)|calc&calc",
    "--%",
]


@case
def the_scripts_are_powershell(place: home.Home) -> None:
    """Also if keyward is in a folder with an unusual name."""
    folder = place.path / "it's $(calc) \u0111"
    folder.mkdir()
    program = folder / "keyward"
    # The whole program belongs beside the front.
    for name in ("keyward", "keyward-full"):
        source = pathlib.Path(home.KEYWARD).with_name(name)
        try:
            os.link(source, folder / name)
        except OSError:
            shutil.copy(source, folder / name)
    for verb in ("shell-init", "completions"):
        text = place.run(str(program), verb, "powershell").stdout
        holds(not set(text) & set("\u2018\u2019\u201a\u201b"), f"`{verb}` prints quotes that are none")
        equal(_strange(text), [], f"what is no PowerShell in `{verb}`")
    script = place.run(str(program), "shell-init", "powershell").stdout
    called = {_text(call) for call in _calls(script)}
    equal(called, {str(program)}, "what the script runs by its path")


@each([(repr(text), text) for text in HOSTILE])
def credentials_stay_text_of(place: home.Home, hostile: str) -> None:
    """Values from another program, as odd as they like."""
    # Credentials have no blanks.
    document = {
        "Version": 1,
        "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "SecretAccessKey": hostile,
        "SessionToken": f"token{hostile}",
        "Expiration": "2099-01-01T00:00:00Z",
    }
    answer = place.write("answer.json", json.dumps(document))
    place.config(f"[profile p]\nregion = eu-central-1\ncredential_process = cat {answer}\n")
    assigned = _assigned(place.keyward("env", "p", "--format", "powershell").stdout)
    equal(assigned["AWS_SECRET_ACCESS_KEY"], hostile, "the secret")
    equal(assigned["AWS_SESSION_TOKEN"], f"token{hostile}", "the token")
    equal(assigned["AWS_REGION"], "eu-central-1", "the region")


@each([(repr(text), text) for text in HOSTILE if not set(text) & set("'\";#")])
def names_stay_text_of(place: home.Home, hostile: str) -> None:
    """The lines behind `kw`, for a name that the AWS CLI would put in quotes. Some characters end a
    header."""
    place.config(f'[profile "{hostile} x"]\ncredential_process = true\n')
    lines = place.keyward("switch", "--shell", "powershell", "--", f"{hostile} x").stdout
    equal(_assigned(lines)["AWS_PROFILE"], f"{hostile} x", "the profile")


def _nodes(text: str) -> list[tree_sitter.Node]:
    """Every node of the script, in its order."""
    found, waiting = [], [PARSER.parse(text.encode()).root_node]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting += reversed(node.children)
    return found


def _strange(text: str) -> list[str]:
    """The texts that the parser does not read as PowerShell."""
    lines = text.splitlines()
    strange = [node for node in _nodes(text) if node.type == "ERROR" or node.is_missing]
    found = [lines[node.start_point.row].strip() for node in strange]
    # A method may take a block without parentheses, which this parser does not know yet.
    return [line for line in found if not line.startswith("$completions.Where{")]


def _calls(text: str) -> list[tree_sitter.Node]:
    """The text after each `&`."""
    return [node.children[1] for node in _nodes(text) if node.type == "command" and node.text.startswith(b"&")]


def _assigned(text: str) -> dict[str, str]:
    """The variables that the lines set; they do nothing else but remove some."""
    holds(text.isascii(), "a code page may change the lines")
    equal(_strange(text), [], "what is no PowerShell")
    found: dict[str, str] = {}
    for node in _nodes(text):
        if node.type == "command":
            words = node.text.decode().split()
            right = words[0] == "Remove-Item" and words[2:] == ["-ErrorAction", "SilentlyContinue"]
            holds(right and words[1].startswith("Env:"), f"a command: {words}")
        if node.type == "assignment_expression":
            name = node.children[0].text.decode()
            holds(name.startswith("$Env:"), f"an assignment to {name}")
            found[name.removeprefix("$Env:")] = _text(node.child_by_field_name("value"))
    return found


def _text(value: tree_sitter.Node) -> str:
    """The text that an expression of quoted words and numbered letters makes."""
    units: list[int] = []
    leaves, waiting = [], [value]
    while waiting:
        node = waiting.pop()
        if node.type == "verbatim_string_characters" or not node.children:
            leaves.append(node)
        else:
            waiting += reversed(node.children)
    for leaf in leaves:
        text = leaf.text.decode()
        if leaf.type == "verbatim_string_characters":
            inner = text[1:-1].replace("''", "'").encode("utf-16-le")
            units += [inner[at] | inner[at + 1] << 8 for at in range(0, len(inner), 2)]
        elif leaf.type == "hexadecimal_integer_literal":
            units.append(int(text, 16))
        else:
            holds(text in ("(", ")", "+", "[", "]", "char"), f"`{text}` in {value.text.decode()}")
    return b"".join(unit.to_bytes(2, "little") for unit in units).decode("utf-16-le")
