"""Terraform with its AWS provider, where the machine has both: the provider is a download of
hundreds of megabytes, so only a local mirror of it is used."""

import json
import os
import pathlib

from . import case, home

#: Folders that Terraform searches, its cache, and the usual folders for programs.
MIRRORS = [
    pathlib.Path.home() / ".terraform.d" / "plugins",
    pathlib.Path("/usr/local/share/terraform/plugins"),
    pathlib.Path("/usr/share/terraform/plugins"),
    *(pathlib.Path(folder) for folder in [os.environ.get("TF_PLUGIN_CACHE_DIR")] if folder),
    *sorted(pathlib.Path("/opt").glob("*")),
]

#: Asks STS who one is, and nothing else.
MAIN = {
    "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
    "provider": {"aws": {"skip_metadata_api_check": "true", "skip_requesting_account_id": True}},
    "data": {"aws_caller_identity": {"me": {}}},
    "output": {"arn": {"value": "${data.aws_caller_identity.me.arn}"}},
}


def initialised(place: home.Home, folder: pathlib.Path) -> str:
    """The program, after it took the provider of a local mirror into a folder."""
    terraform = home.program("terraform")
    mirrors = [mirror for mirror in MIRRORS if (mirror / "registry.terraform.io/hashicorp/aws").is_dir()]
    if not mirrors:
        raise case.Skip("no mirror of Terraform's AWS provider")
    place.run(terraform, f"-chdir={folder}", "init", "-input=false", f"-plugin-dir={mirrors[0]}")
    return terraform


def who(place: home.Home) -> list[str]:
    """The command that prints the ARN the provider gets."""
    home.program("terraform")
    place.write("terraform/main.tf.json", json.dumps(MAIN))
    folder = place.path / "terraform"
    terraform = initialised(place, folder)
    script = '"$0" -chdir="$1" apply -auto-approve -input=false >&2 && "$0" -chdir="$1" output -raw arn'
    return ["sh", "-c", script, terraform, str(folder)]
