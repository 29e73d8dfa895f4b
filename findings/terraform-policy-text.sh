#!/usr/bin/env bash
# Parsers of Terraform files disagree on the text of a policy that has a variable.
#
# In a string or a heredoc of Terraform `$${` means the text `${`, which a policy needs for a variable
# of IAM, and only a string has escapes:
# <https://developer.hashicorp.com/terraform/language/expressions/strings>. tfparse 0.6.22, which
# evaluates the file with the library of Terraform, finds `${aws:username}` in both policies below, and
# so does hcl2-parser 1.0.3. @cdktf/hcl2json 0.21.0 leaves `$${`, so a program that reads its JSON sees
# another resource: <https://www.npmjs.com/package/@cdktf/hcl2json>. bc-python-hcl2 0.4.3 also leaves
# the escapes of a string: <https://pypi.org/project/bc-python-hcl2/>. python-hcl2 8.1.4 adds escapes
# to a heredoc when `preserve_heredocs` is off, and leaves `$${` too:
# <https://github.com/amplify-education/python-hcl2/issues/238>. What the last two return is then no
# JSON. This affects tools that check policies before a deployment.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 13 tfparse tfparse==0.6.22
python_packages 10 13 fork bc-python-hcl2==0.4.3
python_packages 10 13 hcl python-hcl2==8.1.4
npm_packages js @cdktf/hcl2json@0.21.0 hcl2-parser@1.0.3

mkdir "$work/module"
cat > "$work/module/main.tf" << 'EOF'
resource "aws_iam_policy" "heredoc" {
  policy = <<-EOT
    {"Resource": "arn:aws:s3:::home/$${aws:username}/*"}
  EOT
}
resource "aws_iam_policy" "string" {
  policy = "{\"Resource\": \"arn:aws:s3:::home/$${aws:username}/*\"}"
}
EOF
cat > "$work/show.py" << 'EOF'
import json


def show(tool, name, text):
    try:
        text = json.loads(text)["Resource"]
    except ValueError:
        text = "no JSON: " + text.strip()
    print(f"{tool}, {name}: {text}")
EOF
cat > "$work/tfparse_.py" << 'EOF'
import sys

from show import show
from tfparse import load_from_path

for found in load_from_path(sys.argv[1])["aws_iam_policy"]:
    show("tfparse", found["__tfmeta"]["path"].split(".")[1], found["policy"])
EOF
cat > "$work/hcl_.py" << 'EOF'
import sys

import hcl2
from show import show

tool, options = "bc-python-hcl2", {}
if hasattr(hcl2, "SerializationOptions"):
    tool = "python-hcl2"
    options["serialization_options"] = hcl2.SerializationOptions(
        strip_string_quotes=True, preserve_heredocs=False, explicit_blocks=False)
with open(f"{sys.argv[1]}/main.tf") as file:
    found = hcl2.load(file, **options)
for resource in found["resource"]:
    for name, block in resource["aws_iam_policy"].items():
        policy = block["policy"]
        show(tool, name, policy[0] if isinstance(policy, list) else policy)
EOF
cat > "$work/js/read.cjs" << 'EOF'
const fs = require('fs');
const hcl2json = require('@cdktf/hcl2json');
const { parseToObject } = require('hcl2-parser');
const text = fs.readFileSync(`${process.argv[2]}/main.tf`, 'utf8');
function show(tool, { resource }) {
  for (const [name, [{ policy }]] of Object.entries(resource.aws_iam_policy)) {
    console.log(`${tool}, ${name}: ${JSON.parse(policy).Resource}`);
  }
}
(async () => {
  show('@cdktf/hcl2json', await hcl2json.parse('main.tf', text));
  show('hcl2-parser', parseToObject(text)[0]);
  process.exit();
})();
EOF
{
  "$work/tfparse/bin/python" "$work/tfparse_.py" "$work/module" | sort
  node "$work/js/read.cjs" "$work/module"
  "$work/fork/bin/python" "$work/hcl_.py" "$work/module"
  "$work/hcl/bin/python" "$work/hcl_.py" "$work/module"
} 2> "$work/log" > "$work/seen"

expect << 'EOF'
tfparse, heredoc: arn:aws:s3:::home/${aws:username}/*
tfparse, string: arn:aws:s3:::home/${aws:username}/*
@cdktf/hcl2json, heredoc: arn:aws:s3:::home/$${aws:username}/*
@cdktf/hcl2json, string: arn:aws:s3:::home/$${aws:username}/*
hcl2-parser, heredoc: arn:aws:s3:::home/${aws:username}/*
hcl2-parser, string: arn:aws:s3:::home/${aws:username}/*
bc-python-hcl2, heredoc: arn:aws:s3:::home/$${aws:username}/*
bc-python-hcl2, string: no JSON: {\"Resource\": \"arn:aws:s3:::home/$${aws:username}/*\"}
python-hcl2, heredoc: no JSON: {\"Resource\": \"arn:aws:s3:::home/$${aws:username}/*\"}
python-hcl2, string: arn:aws:s3:::home/$${aws:username}/*
EOF
