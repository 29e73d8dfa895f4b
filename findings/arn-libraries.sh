#!/usr/bin/env bash
# Three libraries for ARNs lose parts of one or begin it with the wrong word.
#
# An ARN is `arn`, the partition, four more fields and a resource that may hold colons, slashes and
# a version: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>. aws-arn-parser
# 1.0.1 splits the resource at its colons too. It keeps the first piece and the last, which it
# files under the key `undefined`: <https://www.npmjs.com/package/aws-arn-parser>. aws-arn 0.1.0
# for Python keeps only what follows the last slash, and None of a resource with two colons. The
# ARN that it makes of what it read is then another one: <https://pypi.org/project/aws-arn/>.
# aws-arn 2.1.2 for npm makes ARNs that begin with `aws:arn`:
# <https://www.npmjs.com/package/aws-arn>. @aws-sdk/util-arn-parser 3.972.55 keeps all parts. This
# affects programs that write policies for the resources they read.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/shared.bash"

python_packages 9 14 py aws-arn==0.1.0
npm_packages js aws-arn@2.1.2 aws-arn-parser@1.0.1 @aws-sdk/util-arn-parser@3.972.55

here=eu-west-1:123456789012
arns=("arn:aws:lambda:$here:function:report" "arn:aws:lambda:$here:function:report:live"
  "arn:aws:secretsmanager:$here:secret:app/key-AbCdEf" "arn:aws:ssm:$here:parameter/app/key"
  "arn:aws:logs:$here:log-group:/aws/lambda/report:*" "arn:aws:iam::123456789012:role/team/Reader")
cat > "$work/js/read.cjs" << 'EOF'
const sdk = require('@aws-sdk/util-arn-parser');
const { default: Arn } = require('aws-arn');
const split = require('aws-arn-parser');
for (const text of process.argv.slice(2)) {
  const { arn, aws, service, region, namespace, ...rest } = split(text);
  console.log('SDK:', sdk.build(sdk.parse(text)) === text ? text : 'another');
  console.log('  aws-arn-parser:', JSON.stringify(rest));
}
const { service, region, accountId, resource: resourcePart } = sdk.parse(process.argv[2]);
console.log('aws-arn for npm:', String(new Arn({ service, region, accountId, resourcePart })));
EOF
cat > "$work/read.py" << 'EOF'
import sys

import aws_arn

for text in sys.argv[1:]:
    found = aws_arn.parse_arn(text)
    made = aws_arn.generate_arn(found["resource_id"], found["service"], found["sub_service"],
                                found["region"], found["account"], "aws")
    print(f"aws-arn for Python: {'the same' if made == text else made}")
EOF
{
  node "$work/js/read.cjs" "${arns[@]}"
  "$work/py/bin/python" "$work/read.py" "${arns[@]}"
} > "$work/seen"

expect << 'EOF'
SDK: arn:aws:lambda:eu-west-1:123456789012:function:report
  aws-arn-parser: {"relativeId":"function","undefined":"report"}
SDK: arn:aws:lambda:eu-west-1:123456789012:function:report:live
  aws-arn-parser: {"relativeId":"function","undefined":"live"}
SDK: arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/key-AbCdEf
  aws-arn-parser: {"relativeId":"secret","undefined":"app/key-AbCdEf"}
SDK: arn:aws:ssm:eu-west-1:123456789012:parameter/app/key
  aws-arn-parser: {"relativeId":"parameter/app/key"}
SDK: arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/report:*
  aws-arn-parser: {"relativeId":"log-group","undefined":"*"}
SDK: arn:aws:iam::123456789012:role/team/Reader
  aws-arn-parser: {"relativeId":"role/team/Reader"}
aws-arn for npm: aws:arn:lambda:eu-west-1:123456789012:function:report
aws-arn for Python: the same
aws-arn for Python: arn:aws:lambda:eu-west-1:123456789012:function:None
aws-arn for Python: arn:aws:secretsmanager:eu-west-1:123456789012:secret:key-AbCdEf
aws-arn for Python: arn:aws:ssm:eu-west-1:123456789012:parameter/key
aws-arn for Python: arn:aws:logs:eu-west-1:123456789012:log-group:None
aws-arn for Python: arn:aws:iam::123456789012:role/Reader
EOF
