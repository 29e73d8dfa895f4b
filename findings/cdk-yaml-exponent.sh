#!/usr/bin/env bash
# cfn-flip writes an external id that the AWS CDK reads as another one.
#
# CloudFormation reads YAML 1.1:
# <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html>. In
# YAML 1.1 a number with an exponent has a point, so `31e7` is a text. cfn-flip 1.3.0 keeps to
# that when it turns a JSON template into YAML and writes the text without quotation marks:
# <https://pypi.org/project/cfn-flip/>. `CfnInclude` of aws-cdk-lib 2.276.0 and yaml-cfn 0.3.2
# for npm read YAML 1.2, where it is the number 310000000. The CDK then changes the external id
# in the trust policy, the role's name and the tag, without a warning. This affects templates
# that pass through both tools, and ids and hashes that happen to have this form.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 9 20 py cfn-flip==1.3.0
npm_packages js aws-cdk-lib@2.276.0 constructs@10.8.1 yaml-cfn@0.3.2

cat > "$work/template.json" << 'EOF'
{"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": {
  "RoleName": "31e7",
  "Tags": [{"Key": "commit", "Value": "31e7"}],
  "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "123456789012"},
    "Condition": {"StringEquals": {"sts:ExternalId": "31e7"}}}]}}}}}
EOF
"$work/py/bin/cfn-flip" "$work/template.json" > "$work/template.yaml"
"$work/py/bin/cfn-flip" "$work/template.yaml" > "$work/again.json"

cat > "$work/js/read.cjs" << 'EOF'
const fs = require('fs');
const cdk = require('aws-cdk-lib');
const { CfnInclude } = require('aws-cdk-lib/cloudformation-include');
const { yamlParse } = require('yaml-cfn');

const [, , place] = process.argv;
function show(name, template) {
  const { RoleName, Tags, AssumeRolePolicyDocument } = template.Resources.Role.Properties;
  const id = AssumeRolePolicyDocument.Statement[0].Condition.StringEquals['sts:ExternalId'];
  console.log(`${name}:`, JSON.stringify([RoleName, Tags[0].Value, id]));
}
function included(file) {
  const app = new cdk.App({ outdir: `${place}/out` });
  new CfnInclude(new cdk.Stack(app, 'Stack'), 'Template', { templateFile: `${place}/${file}` });
  app.synth();
  return JSON.parse(fs.readFileSync(`${place}/out/Stack.template.json`, 'utf8'));
}
show('cfn-flip and back', JSON.parse(fs.readFileSync(`${place}/again.json`, 'utf8')));
show('CDK, JSON', included('template.json'));
show('CDK, YAML', included('template.yaml'));
show('yaml-cfn', yamlParse(fs.readFileSync(`${place}/template.yaml`, 'utf8')));
EOF
{
  grep -E 'RoleName|ExternalId' "$work/template.yaml" | sed 's/^ */cfn-flip writes: /'
  node "$work/js/read.cjs" "$work"
} > "$work/seen"

expect << 'EOF'
cfn-flip writes: RoleName: 31e7
cfn-flip writes: sts:ExternalId: 31e7
cfn-flip and back: ["31e7","31e7","31e7"]
CDK, JSON: ["31e7","31e7","31e7"]
CDK, YAML: ["310000000","310000000",310000000]
yaml-cfn: [310000000,310000000,310000000]
EOF
