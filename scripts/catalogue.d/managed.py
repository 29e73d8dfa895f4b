"""The AWS-managed policies as text: the names of all, and the documents of a few.

    keyward-policy-names 1 DATE            keyward-policy-documents 1 DATE
    [PATH/]NAME                            [PATH/]NAME VERSION DATE
                                           DOCUMENT

DATE in the first line is the day of the newest change that the source knows. The names are in
the order of their bytes, a path counting as part of the name. A document is one line of JSON."""

import ast
import json
import pathlib
import zipfile

# What the blueprint's templates attach, what the checks compare with, what a plan puts in place of a
# boundary that moves, and what AWS attaches by itself when a person makes an API key.
DOCUMENTS = [
    "AWSBillingReadOnlyAccess",
    "AWSCloudShellFullAccess",
    "AWSDenyAll",
    "AWSMCPSignInOAuthAccessPolicy",
    "AWSSupportAccess",
    "AdministratorAccess",
    "AmazonBedrockLimitedAccess",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonSSMReadOnlyAccess",
    "CloudWatchLogsAPIKeyAccess",
    "IAMFullAccess",
    "IAMReadOnlyAccess",
    "IAMSelfManageServiceSpecificCredentials",
    "IAMUserChangePassword",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "SecretsManagerReadWrite",
    "SecurityAudit",
    "SignInLocalDevelopmentAccess",
    "job-function/Billing",
    "job-function/SystemAdministrator",
    "job-function/ViewOnlyAccess",
    "service-role/AWS_ConfigRole",
]
# The order in which AWS's documentation writes the elements.
ELEMENTS = ["Version", "Id", "Statement", "Sid", "Principal", "NotPrincipal", "Effect", "Action"]
ELEMENTS += ["NotAction", "Resource", "NotResource", "Condition"]


def read(package: pathlib.Path) -> dict:
    """The policies by path and name, without the slash in front."""
    with zipfile.ZipFile(package) as wheel:
        tree = ast.parse(wheel.read("moto/iam/aws_managed_policies.py").decode())
    (text,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id == "aws_managed_policies_data"
    ]
    policies = json.loads(text)
    return {policy["Path"].lstrip("/") + name: policy for name, policy in policies.items()}


def newest(policies: dict) -> str:
    return max(policy["UpdateDate"] for policy in policies.values())[:10]


def names(policies: dict) -> str:
    return "\n".join([f"keyward-policy-names 1 {newest(policies)}", *sorted(policies)]) + "\n"


def documents(policies: dict) -> str:
    lines = [f"keyward-policy-documents 1 {newest(policies)}"]
    for name in DOCUMENTS:
        policy = policies[name]
        lines.append(f"{name} {policy['DefaultVersionId']} {policy['UpdateDate'][:10]}")
        lines.append(json.dumps(ordered(policy["Document"]), separators=(",", ":")))
    return "\n".join(lines) + "\n"


def ordered(value, depth: int = 0):
    """The same document with the elements in AWS's order; what is below a condition stays as it is."""
    if isinstance(value, list):
        return [ordered(one, depth) for one in value]
    if not isinstance(value, dict) or depth == 2:
        return value
    keys = sorted(value, key=lambda key: ELEMENTS.index(key))
    return {key: ordered(value[key], depth + 1) for key in keys}
