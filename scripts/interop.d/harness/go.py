"""The Go SDK v2, which Terraform and many other programs are made of: a small program, built
with Debian's compiler from Debian's copy of the SDK. Nothing is fetched but Debian packages."""

import hashlib
import pathlib
import shutil
import subprocess

from . import case, home

PLACE = pathlib.Path(__file__).parent.parent.parent.parent / ".interop" / "go"
#: Where Debian keeps the sources of Go libraries.
LIBRARIES = pathlib.Path("/usr/share/gocode")
SDK = "golang-github-aws-aws-sdk-go-v2-dev"

#: Asks STS for the caller's identity, with the credentials that the SDK finds by itself. Debian's copy is older than the
#: variable that names an endpoint, so the program reads that one itself.
WHO = """
package main

import (
    "context"
    "fmt"
    "os"

    "github.com/aws/aws-sdk-go-v2/aws"
    "github.com/aws/aws-sdk-go-v2/config"
    "github.com/aws/aws-sdk-go-v2/service/sts"
)

func main() {
    loaded, err := config.LoadDefaultConfig(context.Background())
    if err == nil {
        client := sts.NewFromConfig(loaded, func(options *sts.Options) {
            options.EndpointResolver = sts.EndpointResolverFromURL(os.Getenv("AWS_ENDPOINT_URL"))
        })
        var who *sts.GetCallerIdentityOutput
        who, err = client.GetCallerIdentity(context.Background(), nil)
        if err == nil {
            fmt.Println(aws.ToString(who.Arn))
            return
        }
    }
    fmt.Fprintln(os.Stderr, err)
    os.Exit(1)
}
"""

#: It is also older than the file with the container's token, so that one is read for it.
SCRIPT = """
if [ -n "${AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:-}" ]; then
    AWS_CONTAINER_AUTHORIZATION_TOKEN=$(cat "$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    export AWS_CONTAINER_AUTHORIZATION_TOKEN
fi
exec "$0"
"""


#: Prints the id of the key that the SDK finds by itself.
FOUND = """
package main

import (
    "context"
    "encoding/json"
    "fmt"
    "os"

    "github.com/aws/aws-sdk-go-v2/config"
)

func main() {
    loaded, err := config.LoadDefaultConfig(context.Background())
    if err == nil {
        found, missing := loaded.Credentials.Retrieve(context.Background())
        if missing == nil {
            text, _ := json.Marshal(map[string]string{"id": found.AccessKeyID})
            fmt.Println(string(text))
            return
        }
        err = missing
    }
    fmt.Fprintln(os.Stderr, err)
    os.Exit(1)
}
"""


def who() -> list[str]:
    """The command that prints the ARN the SDK gets."""
    return ["sh", "-c", SCRIPT, _program("who", WHO)]


def found() -> list[str]:
    """The command that prints which key the SDK finds, as JSON."""
    return [_program("found", FOUND)]


def _program(name: str, text: str) -> str:
    compiler = home.program("go", "golang-go")
    sources = LIBRARIES / "src" / "github.com" / "aws" / "aws-sdk-go-v2" / "service" / "sts"
    if not sources.is_dir():
        home.install(SDK)
    if not sources.is_dir():
        raise case.Skip(f"the Debian package `{SDK}` is not installed")
    program = PLACE / name
    stamp = PLACE / f"{name}.stamp"
    wanted = hashlib.sha256(text.encode()).hexdigest()
    if not program.exists() or not stamp.exists() or stamp.read_text() != wanted:
        _build(compiler, program, text)
        stamp.write_text(wanted)
    return str(program)


def _build(compiler: str, program: pathlib.Path, text: str) -> None:
    PLACE.mkdir(parents=True, exist_ok=True)
    source = program.with_suffix(".go")
    source.write_text(text)
    environment = {
        "PATH": str(pathlib.Path(compiler).parent) + ":/usr/bin:/bin",
        "HOME": str(PLACE),
        # Debian installs Go libraries in a `GOPATH`, without modules.
        "GO111MODULE": "off",
        "GOPATH": str(LIBRARIES),
        "GOCACHE": str(PLACE / "cache"),
        "GOFLAGS": "",
        "CGO_ENABLED": "0",
    }
    words = [compiler, "build", "-o", str(program), str(source)]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=600)
    case.equal(done.returncode, 0, f"how the client's build ended ({done.stderr.strip()[-300:]})")
    # The build cache is no longer needed.
    shutil.rmtree(PLACE / "cache", ignore_errors=True)
