#!/usr/bin/env bash
# The AWS CDK keeps the path of an imported group in the group's name.
#
# `Group.fromGroupArn` imports a group, and `groupName` is its name; the page warns of paths only
# for an ARN that is a token:
# <https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_iam.Group.html>. With aws-cdk-lib
# 2.276.0 the literal ARN `...:group/team/admins` results in the name `team/admins`, while a user
# and a role lose the path, as they should. The template then lists `team/admins` under `Groups` of
# a policy, and IAM has no such name, since it forbids a slash in a group's name:
# <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html>. This affects stacks
# that attach policies to existing groups in a path.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

npm_packages js aws-cdk-lib@2.276.0 constructs@10.8.1

cat > "$work/js/synthesise.mjs" << 'EOF'
import fs from 'node:fs';
import cdk from 'aws-cdk-lib';
import iam from 'aws-cdk-lib/aws-iam';

const app = new cdk.App({ outdir: process.argv[2] });
const stack = new cdk.Stack(app, 'Stack');
const arn = (kind) => `arn:aws:iam::123456789012:${kind}/team/admins`;
const user = iam.User.fromUserArn(stack, 'User', arn('user'));
const role = iam.Role.fromRoleArn(stack, 'Role', arn('role'));
const group = iam.Group.fromGroupArn(stack, 'Group', arn('group'));
console.log('user:', user.userName);
console.log('role:', role.roleName);
console.log('group:', group.groupName);
new iam.Policy(stack, 'Policy', {
  groups: [group],
  statements: [new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] })],
});
app.synth();
const template = JSON.parse(fs.readFileSync(`${process.argv[2]}/Stack.template.json`, 'utf8'));
const policy = Object.values(template.Resources).find((it) => it.Type === 'AWS::IAM::Policy');
console.log('Groups in the template:', JSON.stringify(policy.Properties.Groups));
EOF
node "$work/js/synthesise.mjs" "$work/out" > "$work/seen"

expect << 'EOF'
user: admins
role: admins
group: team/admins
Groups in the template: ["team/admins"]
EOF
