"""Random IAM cases, weighted towards MFA conditions, trust policies and boundaries.

A case is what `crates/keyward-iam/examples/decide.rs` reads. Some hold a construct that the simulator
takes in another way than AWS's documentation; `simulators_reading` writes such a case as the simulator
reads it, so that a difference is explained only if our verdict on that reading is the simulator's."""

import copy
import random

HOME = "123456789012"
AWAY = "111122223333"
ADMIN = f"arn:aws:iam::{HOME}:role/Admin"
OPS = f"arn:aws:iam::{HOME}:role/Ops"

#: Actions with resources of their own types.
ACTIONS = {
    "iam:GetUser": ["user/alice", "user/bob", "user/team/alice"],
    "iam:CreateAccessKey": ["user/alice", "user/bob"],
    "iam:ChangePassword": ["user/alice", "user/team/alice"],
    "iam:EnableMFADevice": ["user/alice", "user/bob"],
    "iam:DeactivateMFADevice": ["user/alice", "user/bob"],
    "iam:CreateVirtualMFADevice": ["mfa/alice", "mfa/alice-2", "mfa/bob"],
    "iam:PassRole": ["role/Admin", "role/team/Ops"],
    "iam:ListUsers": ["*"],
    "iam:GetAccountPasswordPolicy": ["*"],
    "s3:GetObject": ["arn:aws:s3:::bucket/key", "arn:aws:s3:::blue/a/b", "arn:aws:s3:::none/x"],
    "s3:ListBucket": ["arn:aws:s3:::bucket", "arn:aws:s3:::blue"],
    "s3:ListAllMyBuckets": ["*"],
    "ec2:DescribeInstances": ["*"],
    "sqs:SendMessage": ["arn:aws:sqs:eu-central-1:123456789012:jobs", "arn:aws:sqs:eu-central-1:111122223333:jobs"],
}

PATTERNS = [
    "*", "iam:*", "s3:*", "iam:Get*", "iam:*MFADevice", "iam:*AccessKey*", "IAM:getuser", "s3:?etObject",
    "iam:PassRole", "iam:List*", "ec2:Describe*", "sqs:*", "s3:List*", "iam:CreateVirtualMFADevice",
]  # fmt: skip

RESOURCES = [
    "*", "*", "*",
    "arn:aws:iam::*:user/${aws:username}",
    "arn:aws:iam::*:user/*/${aws:username}",
    "arn:aws:iam::123456789012:user/*",
    "arn:aws:iam::123456789012:user/a*",
    "arn:aws:iam::111122223333:user/*",
    "arn:aws:iam::*:mfa/${aws:username}",
    "arn:aws:iam::*:mfa/${aws:username}-*",
    "arn:aws:iam::*:role/*",
    "arn:aws:iam::123456789012:*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::bucket",
    "arn:aws:s3:::b*/*",
    "arn:aws:s3:::${aws:PrincipalTag/team, 'none'}/*",
    "arn:aws:s3:::${aws:PrincipalTag/team}/*",
    "arn:aws:s3:::${aws:SourceIdentity}/*",
    "arn:aws:sqs:*:*:jobs",
    "arn:aws:sqs:eu-*:123456789012:j?bs",
]  # fmt: skip

PRESENT, AGE = "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"

MFA_CONDITIONS = [
    ("Bool", PRESENT, ["true"]),
    ("Bool", PRESENT, ["false"]),
    ("BoolIfExists", PRESENT, ["true"]),
    ("BoolIfExists", PRESENT, ["false"]),
    ("Null", PRESENT, ["true"]),
    ("Null", PRESENT, ["false"]),
    ("NumericLessThan", AGE, ["3600"]),
    ("NumericLessThanIfExists", AGE, ["3600"]),
    ("NumericGreaterThan", AGE, ["3600"]),
    ("NumericGreaterThanEquals", AGE, ["60"]),
    ("NumericNotEquals", AGE, ["60"]),
    ("Null", AGE, ["true"]),
    ("StringEquals", PRESENT, ["true"]),
    ("StringNotEquals", PRESENT, ["true"]),
    ("Bool", PRESENT, ["${aws:SecureTransport}"]),
]

CONDITIONS = [
    ("StringEquals", "aws:username", ["alice", "bob"]),
    ("StringNotEquals", "aws:username", ["alice"]),
    ("StringLike", "aws:username", ["a*", "b?b"]),
    ("StringNotLikeIfExists", "aws:username", ["a*"]),
    ("StringEqualsIgnoreCase", "aws:username", ["ALICE"]),
    ("StringEquals", "aws:PrincipalTag/team", ["blue"]),
    ("StringNotEquals", "aws:PrincipalTag/team", ["blue"]),
    ("StringEquals", "aws:PrincipalTag/team", ["${aws:PrincipalTag/team}"]),
    ("StringLike", "aws:PrincipalTag/team", ["${aws:SourceIdentity}*"]),
    ("StringEqualsIfExists", "aws:PrincipalTag/team", ["red"]),
    ("ArnLike", "aws:PrincipalArn", ["arn:aws:iam::*:user/*"]),
    ("ArnEquals", "aws:PrincipalArn", [f"arn:aws:iam::{HOME}:user/alice"]),
    ("ArnNotLike", "aws:PrincipalArn", ["arn:aws:iam::*:role/*"]),
    ("StringEquals", "aws:PrincipalAccount", [HOME]),
    ("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "2001:db8::/32"]),
    ("NotIpAddress", "aws:SourceIp", ["203.0.113.0/24"]),
    ("NotIpAddressIfExists", "aws:SourceIp", ["198.51.100.0/24"]),
    ("DateGreaterThan", "aws:CurrentTime", ["2026-01-01T00:00:00Z"]),
    ("DateLessThanEquals", "aws:CurrentTime", ["2026-06-01T00:00:00Z"]),
    ("Bool", "aws:SecureTransport", ["true"]),
    ("BoolIfExists", "aws:SecureTransport", ["false"]),
    ("StringEquals", "aws:RequestedRegion", ["eu-central-1", "us-east-1"]),
    ("StringNotEqualsIfExists", "aws:RequestedRegion", ["us-east-1"]),
    ("Null", "aws:TokenIssueTime", ["true"]),
    ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", ["o-1/r-1/ou-1/*"]),
    ("ForAllValues:StringLike", "aws:PrincipalOrgPaths", ["o-1/*"]),
    ("ForAllValues:StringNotLike", "aws:PrincipalOrgPaths", ["o-2/*"]),
    ("ForAnyValue:StringNotEquals", "aws:PrincipalOrgPaths", ["o-1/r-1/ou-1/"]),
]

#: What the simulator reads in its own way.
ODD_RESOURCES = ["arn:aws:iam::${aws:PrincipalAccount}:role/Admin", "arn:aws:sqs:*:${aws:PrincipalAccount}:jobs"]
ODD_CONDITIONS = [
    ("StringNotEquals", "aws:username", ["${aws:SourceIdentity}"]),
    ("StringNotLike", "aws:PrincipalArn", ["*${aws:PrincipalTag/team}"]),
    ("ForAnyValue:StringLikeIfExists", "aws:PrincipalOrgPaths", ["o-9/*"]),
    ("Null", "aws:Referer", ["true"]),
    ("Null", "aws:Referer", ["false"]),
]

#: The simulator's treatment of a condition that it never lets hold.
NEVER = ("StringEquals", "aws:PrincipalAccount", ["000000000000"])


def case(chance: random.Random) -> dict:
    """A random case."""
    odd = chance.random() < 0.15
    trust = chance.random() < 0.45
    session = chance.random() < 0.35
    away = trust and chance.random() < 0.25
    account = AWAY if away else HOME
    made: dict = {"context": _context(chance, account, session, odd)}
    if session:
        made["principal"] = f"arn:aws:sts::{account}:assumed-role/Ops/alice"
        made["role"] = f"arn:aws:iam::{account}:role/Ops"
    else:
        made["principal"] = f"arn:aws:iam::{account}:user/alice"
    if trust:
        made["action"], made["resource"] = "sts:AssumeRole", ADMIN
        made["trust"] = _document([_trust(chance, odd) for _ in range(chance.choice([1, 1, 2, 3]))])
    else:
        made["action"] = chance.choice(list(ACTIONS))
        on = chance.choice(ACTIONS[made["action"]])
        made["resource"] = on if on == "*" or on.startswith("arn:") else f"arn:aws:iam::{HOME}:{on}"
    documents = chance.choice([1, 1, 2])
    made["identity"] = [_policy(chance, odd, trust) for _ in range(documents)]
    if chance.random() < 0.35:
        made["boundary"] = _policy(chance, odd, trust, generous=True)
    if session and chance.random() < 0.3:
        made["session"] = _policy(chance, odd, trust, generous=True)
    if chance.random() < 0.15:
        levels = chance.choice([1, 2])
        made["service_control"] = [[_policy(chance, odd, trust, generous=True)] for _ in range(levels)]
    return made


def _context(chance: random.Random, account: str, session: bool, odd: bool) -> dict:
    context = {
        "aws:PrincipalAccount": account,
        "aws:PrincipalArn": f"arn:aws:iam::{account}:role/Ops" if session else f"arn:aws:iam::{account}:user/alice",
        "aws:SecureTransport": "true",
        "aws:CurrentTime": chance.choice(["2025-12-31T23:59:59Z", "2026-06-01T00:00:00Z", "2026-07-01T12:00:00Z"]),
    }
    if not session:
        context["aws:username"] = "alice"
    mfa = chance.choice(["absent", "false", "true", "stale"])
    if mfa == "false":
        context[PRESENT] = "false"
    elif mfa != "absent":
        context[PRESENT] = "true"
        context[AGE] = "60" if mfa == "true" else "7200"
    if mfa != "absent":
        context["aws:TokenIssueTime"] = "2026-05-31T12:00:00Z"
    for key, values in (
        ("aws:PrincipalTag/team", ["blue", "red"]),
        ("aws:SourceIp", ["203.0.113.9", "198.51.100.9", "2001:db8::1"]),
        ("aws:RequestedRegion", ["eu-central-1", "us-east-1", "eu-west-1"]),
        ("aws:SourceIdentity", ["blue", "alice"]),
        ("aws:PrincipalOrgPaths", [["o-1/r-1/ou-1/"], ["o-1/r-1/ou-1/", "o-1/r-1/ou-2/"], ["o-2/r-1/"]]),
    ):
        if chance.random() < 0.5:
            context[key] = chance.choice(values)
    if odd and chance.random() < 0.5:
        context["aws:Referer"] = chance.choice(["", "here"])
    return context


def _conditions(chance: random.Random, odd: bool) -> dict:
    block: dict = {}
    for _ in range(chance.choice([0, 1, 1, 2])):
        pool = MFA_CONDITIONS if chance.random() < 0.6 else CONDITIONS
        if odd and chance.random() < 0.4:
            pool = ODD_CONDITIONS
        operator, key, values = chance.choice(pool)
        block.setdefault(operator, {})[key] = values[0] if len(values) == 1 else values
    return block


def _statement(chance: random.Random, odd: bool, effect: str) -> dict:
    statement: dict = {"Effect": effect}
    conditions = _conditions(chance, odd)
    if conditions:
        statement["Condition"] = conditions
    return statement


def _policy(chance: random.Random, odd: bool, trust: bool, generous: bool = False) -> dict:
    statements = []
    if generous and chance.random() < 0.6:
        statements.append({"Effect": "Allow", "Action": "*", "Resource": "*"})
    for _ in range(chance.choice([1, 2, 2, 3])):
        statement = _statement(chance, odd, chance.choice(["Allow", "Allow", "Deny"]))
        patterns = [*PATTERNS, "sts:AssumeRole", "sts:*"] if trust else PATTERNS
        actions = chance.sample(patterns, chance.choice([1, 1, 2, 3]))
        if trust and chance.random() < 0.5:
            actions[0] = "sts:AssumeRole"
        resources = chance.sample([*RESOURCES, ADMIN] if trust else RESOURCES, chance.choice([1, 1, 2, 3]))
        if odd and chance.random() < 0.3:
            resources[0] = chance.choice(ODD_RESOURCES)
        statement["NotAction" if chance.random() < 0.2 else "Action"] = actions[0] if len(actions) == 1 else actions
        statement["NotResource" if chance.random() < 0.15 else "Resource"] = (
            resources[0] if len(resources) == 1 else resources
        )
        statements.append(statement)
    return _document(statements)


def _trust(chance: random.Random, odd: bool) -> dict:
    statement = _statement(chance, odd, "Deny" if chance.random() < 0.2 else "Allow")
    principals = [
        f"arn:aws:iam::{HOME}:root",
        HOME,
        f"arn:aws:iam::{HOME}:user/alice",
        f"arn:aws:iam::{HOME}:user/bob",
        OPS,
        f"arn:aws:sts::{HOME}:assumed-role/Ops/alice",
        f"arn:aws:iam::{AWAY}:root",
        f"arn:aws:iam::{AWAY}:user/alice",
        f"arn:aws:iam::{AWAY}:role/Ops",
    ]
    if chance.random() < 0.12:
        statement["Principal"] = chance.choice(["*", {"AWS": "*"}])
    else:
        chosen = chance.sample(principals, chance.choice([1, 1, 2]))
        statement["Principal"] = {"AWS": chosen[0] if len(chosen) == 1 else chosen}
    statement["Action"] = chance.choice(["sts:AssumeRole", ["sts:AssumeRole", "sts:TagSession"], "sts:*"])
    return statement


def _document(statements: list[dict]) -> dict:
    return {"Version": "2012-10-17", "Statement": statements}


def simulators_reading(one: dict) -> dict:
    """The case as the simulator reads it. Six constructs mean something else to it than to AWS:

    - A variable without a value in a negated operator: AWS lets the condition hold, because nothing
      equals a null value; to the simulator it never holds.
      https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value
    - `ForAnyValue:…IfExists` on an absent key: to AWS a missing key is not a failure; to the simulator
      the condition never holds.
      https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists
    - A variable before the name in an ARN: AWS documents variables for the last part only, so we take
      what they match as not known, which allows and does not deny; to the simulator they match nothing.
      https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-resourceelement
    - A variable without a value in `NotResource`: by AWS's page the pattern matches no resource, so the
      statement is about all of them; the simulator excepts every resource of the pattern's kind.
      https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value
    - A trust policy that names the session itself: AWS does not limit that by a session policy; the
      simulator does, as where the trust policy names everyone.
      https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-eval-logic
    - An empty value: to AWS's `Null` it resolves to a null data set; to the simulator the key is there.
      https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    """
    read = copy.deepcopy(one)
    if read["context"].get("aws:Referer") == "":
        # Only `Null` looks at this key.
        read["context"]["aws:Referer"] = "present"
    for document in _documents(read):
        for statement in document["Statement"]:
            _read_statement(statement, read["context"])
    if "session" in read and "trust" in read:
        for statement in read["trust"]["Statement"]:
            _name_everyone(statement, read["principal"])
    return read


def _name_everyone(statement: dict, session: str) -> None:
    listed = statement["Principal"]["AWS"] if isinstance(statement["Principal"], dict) else "*"
    listed = [listed] if isinstance(listed, str) else listed
    if statement["Effect"] == "Allow" and session in listed:
        statement["Principal"] = "*"


def _documents(one: dict) -> list[dict]:
    single = [one[name] for name in ("boundary", "session", "trust") if name in one]
    levels = [document for level in one.get("service_control", []) for document in level]
    return [*one["identity"], *single, *levels]


def _read_statement(statement: dict, context: dict) -> None:
    for element in ("Resource", "NotResource"):
        listed = statement.get(element, [])
        listed = [listed] if isinstance(listed, str) else listed
        read = ["arn:aws:iam::000000000000:role/none" if text in ODD_RESOURCES else text for text in listed]
        if read:
            statement[element] = read
    if "NotResource" in statement:
        listed = statement["NotResource"]
        listed = [listed] if isinstance(listed, str) else listed
        statement["NotResource"] = [
            _kind(text) + "*" if _unresolved(text, context) else text for text in listed
        ]
    never = False
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in list(keys.items()):
            texts = [values] if isinstance(values, str) else values
            negated = "Not" in operator.split(":")[-1]
            lost = negated and key in context and any(_unresolved(text, context) for text in texts)
            absent = operator.startswith("ForAnyValue") and operator.endswith("IfExists") and key not in context
            if lost or absent:
                del keys[key]
                never = True
    if never:
        operator, key, values = NEVER
        statement.setdefault("Condition", {}).setdefault(operator, {})[key] = values[0]


def _kind(arn: str) -> str:
    """The start of an ARN, up to the slash after its kind or to its variable."""
    before = arn[: arn.index("${")]
    return before[: before.index("/") + 1] if "/" in before else before


def _unresolved(text: str, context: dict) -> bool:
    start = text.find("${")
    if start < 0:
        return False
    name = text[start + 2 : text.index("}", start)]
    return "," not in name and name not in context
