"""The Ruby SDK, as Debian packages it."""

import subprocess

from . import case, home

SDK = "ruby-aws-sdk-core"

#: Asks STS for the caller's identity, with the credentials that the SDK finds by itself. Debian's copy is older than the
#: variable that names an endpoint, so the program reads that one itself.
WHO = """
require "aws-sdk-core"
puts Aws::STS::Client.new(endpoint: ENV.fetch("AWS_ENDPOINT_URL")).get_caller_identity.arn
"""


def who() -> list[str]:
    """The command that prints the ARN the SDK gets."""
    ruby = home.program("ruby")
    if not _has_sdk(ruby):
        home.install(SDK)
    if not _has_sdk(ruby):
        raise case.Skip(f"the Debian package `{SDK}` is not installed")
    return [ruby, "-e", WHO]


def _has_sdk(ruby: str) -> bool:
    found = subprocess.run([ruby, "-e", 'require "aws-sdk-core"'], capture_output=True, timeout=home.PATIENCE)
    return found.returncode == 0
