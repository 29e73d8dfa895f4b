#!/usr/bin/env bash
# cfn-flip and troposphere cannot write a template that computes an attribute's name.
#
# The attribute of `Fn::GetAtt` may be a `Ref`:
# <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getatt.html>.
# cfn-flip 1.3.0 turns JSON templates into YAML: <https://pypi.org/project/cfn-flip/>. At such
# an attribute it stops with a TypeError that names neither the resource nor the function,
# unless it writes the long form. troposphere 4.11.1 writes its YAML with cfn-flip, so
# `to_yaml()` fails where `to_json()` works. cfn-lint 1.58.0 finds no error in the template.
# This affects templates that choose an attribute by a parameter.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 10 13 py cfn-flip==1.3.0 troposphere==4.11.1 cfn-lint==1.58.0

cat > "$work/write.py" << 'EOF'
import os
import subprocess
import sys

import cfn_flip
from troposphere import GetAtt, Output, Parameter, Ref, Template
from troposphere.iam import User

template = Template()
template.add_parameter(Parameter("Which", Type="String", AllowedValues=["Arn"]))
template.add_resource(User("User"))
template.add_output(Output("Answer", Value=GetAtt("User", Ref("Which"))))
text = template.to_json()
path = os.path.join(sys.argv[1], "template.json")
with open(path, "w") as file:
    file.write(text)

for name, write in (
    ("troposphere, to_json", template.to_json),
    ("troposphere, to_yaml", template.to_yaml),
    ("troposphere, to_yaml in the long form", lambda: template.to_yaml(long_form=True)),
    ("cfn-flip", lambda: cfn_flip.to_yaml(text)),
    ("cfn-flip in the long form", lambda: cfn_flip.to_yaml(text, long_form=True)),
):
    try:
        answer = f"written, with {'Fn::GetAtt' if 'Fn::GetAtt' in write() else 'something else'}"
    except Exception as error:
        answer = f"{type(error).__name__}: {error}"
    print(f"{name}: {answer}")
lint = subprocess.run([os.path.join(os.path.dirname(sys.executable), "cfn-lint"), path],
                      capture_output=True, text=True)
print("cfn-lint, errors:", sum(line.startswith("E") for line in lint.stdout.splitlines()))
EOF
"$work/py/bin/python" "$work/write.py" "$work" > "$work/seen"

expect << 'EOF'
troposphere, to_json: written, with Fn::GetAtt
troposphere, to_yaml: TypeError: sequence item 1: expected str instance, ODict found
troposphere, to_yaml in the long form: written, with Fn::GetAtt
cfn-flip: TypeError: sequence item 1: expected str instance, ODict found
cfn-flip in the long form: written, with Fn::GetAtt
cfn-lint, errors: 0
EOF
