"""The practice account as boto3 sees it: every noun of IAM is made, changed, refused and deleted.
Each refusal must have a code that AWS documents for the action, each answer the members that AWS's
own model requires."""

import csv
import io
import json
import re

import boto3
import botocore.config
import botocore.exceptions

from harness import home, practice
from harness.case import case, equal, holds

ACCOUNT = "123456789012"
#: Codes that any action may refuse with.
COMMON = {"AccessDenied", "InvalidClientTokenId", "Throttling", "ValidationError"}
DOCUMENT = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]},
    indent=2,
)
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
GUARDED = f"arn:aws:iam::{ACCOUNT}:policy/own/p"


def _trust(principal: str = f"arn:aws:iam::{ACCOUNT}:root", action: str = "sts:AssumeRole") -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Iam:
    """An IAM client whose every answer is held against botocore's model of the service."""

    def __init__(self, url: str, key: dict[str, str]) -> None:
        self._settings = {
            "endpoint_url": url,
            "region_name": "us-east-1",
            "config": botocore.config.Config(retries={"total_max_attempts": 1}),
        }
        self._client = boto3.client("iam", **self._settings, **_as_parameters(key))
        self._model = self._client.meta.service_model

    def __call__(self, action: str, **parameters) -> dict:
        """Calls an action that must succeed."""
        answer = self._call(action, parameters)
        shape = self._model.operation_model(action).output_shape
        if shape is not None:
            _complete(shape, answer, action)
        return answer

    def refused(self, code: str, action: str, **parameters) -> None:
        """Calls an action that must be refused, with a code and status that AWS documents."""
        try:
            self._call(action, parameters)
        except botocore.exceptions.ClientError as error:
            found = error.response["Error"]["Code"]
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        else:
            raise AssertionError(f"{action} with {parameters} went through, wanted {code}")
        equal(found, code, f"the refusal of {action} with {parameters}")
        shapes = self._model.operation_model(action).error_shapes
        documented = {shape.metadata.get("error", {}).get("code", shape.name): shape for shape in shapes}
        if code not in COMMON:
            holds(code in documented, f"{action} has no {code} in AWS's model: {sorted(documented)}")
            equal(status, documented[code].metadata["error"]["httpStatusCode"], f"the status of {action}'s {code}")

    def pages(self, action: str, of: str, **parameters) -> list:
        """All items of a list, two to a page, by botocore's own paginator."""
        method = botocore.xform_name(action)
        pages = self._client.get_paginator(method).paginate(PaginationConfig={"PageSize": 2}, **parameters)
        return [item for page in pages for item in page[of]]

    def sts(self, key: dict[str, str]):
        """A client of STS on the same server."""
        return boto3.client("sts", **self._settings, **_as_parameters(key))

    def _call(self, action: str, parameters: dict) -> dict:
        return getattr(self._client, botocore.xform_name(action))(**parameters)


def _as_parameters(key: dict[str, str]) -> dict[str, str]:
    names = {
        "AccessKeyId": "aws_access_key_id",
        "SecretAccessKey": "aws_secret_access_key",
        "SessionToken": "aws_session_token",
    }
    return {names[name]: key[name] for name in names if name in key}


def _complete(shape, value, where: str) -> None:
    """Fails where a member that AWS's model requires is missing, or has a value that it rules out."""
    if shape.type_name == "structure":
        for name in shape.required_members:
            # AWS leaves the name out of what belongs to the root user; the model does not say so.
            holds(name in value or name == "UserName", f"{where} lacks {name}: {sorted(value)}")
        for name, member in shape.members.items():
            # The model wants 48 characters; AWS's own example has the 47 of an MD5 digest.
            if name in value and name != "Fingerprint":
                _complete(member, value[name], f"{where}.{name}")
    elif shape.type_name == "list":
        for item in value:
            _complete(shape.member, item, where)
    elif shape.type_name == "string" and isinstance(value, str):
        limits = shape.metadata
        holds(len(value) >= limits.get("min", 0), f"{where} is too short: {value!r}")
        holds(len(value) <= limits.get("max", len(value)), f"{where} is too long: {value!r}")
        holds(value in limits.get("enum", [value]), f"{where} has no value of AWS's: {value!r}")
        pattern = limits.get("pattern")
        # Java's regular expressions have other character
        # classes than Python's.
        if pattern and "\\p" not in pattern:
            holds(re.fullmatch(pattern, value), f"{where} has no form of AWS's: {value!r}")


def _start(place: home.Home) -> tuple[practice.Practice, Iam]:
    """An empty account of which only the root user's key is known."""
    root = {"id": practice.ALICE[0], "secret": practice.ALICE[1]}
    state = {"version": 1, "accounts": [{"id": ACCOUNT, "root": {"access_keys": [root]}}]}
    account = practice.Practice(place, place.write("account.json", json.dumps(state)))
    key = {"AccessKeyId": practice.ALICE[0], "SecretAccessKey": practice.ALICE[1]}
    return account, Iam(account.url, key)


@case
def users_groups_and_what_they_hold(place: home.Home) -> None:
    """A user can be deleted only after everything that belongs to it."""
    _, iam = _start(place)
    user = {"UserName": "alice"}
    iam("CreateUser", Path="/people/", Tags=[{"Key": "team", "Value": "red"}], **user)
    iam.refused("EntityAlreadyExists", "CreateUser", UserName="ALICE")
    iam.refused("ValidationError", "CreateUser", UserName="a b")
    iam.refused("NoSuchEntity", "CreateUser", UserName="x", PermissionsBoundary=GUARDED)
    iam.refused("InvalidInput", "TagUser", Tags=[{"Key": "a", "Value": ""}, {"Key": "A", "Value": ""}], **user)
    iam("TagUser", Tags=[{"Key": "Team", "Value": "blue"}], **user)
    equal(iam("ListUserTags", **user)["Tags"], [{"Key": "Team", "Value": "blue"}], "tags")
    iam("UntagUser", TagKeys=["TEAM"], **user)
    iam("UpdateUser", NewUserName="carol", NewPath="/", **user)
    iam("UpdateUser", UserName="carol", NewUserName="alice")
    iam.refused("NoSuchEntity", "GetUser", UserName="carol")

    group = {"GroupName": "ops"}
    iam("CreateGroup", **group)
    iam.refused("EntityAlreadyExists", "CreateGroup", GroupName="Ops")
    iam("AddUserToGroup", **group, **user)
    iam.refused("NoSuchEntity", "AddUserToGroup", GroupName="no", **user)
    equal([found["UserName"] for found in iam("GetGroup", **group)["Users"]], ["alice"], "members")
    iam.refused("DeleteConflict", "DeleteGroup", **group)
    iam("UpdateGroup", NewGroupName="crew", **group)
    group = {"GroupName": "crew"}

    iam("AttachUserPolicy", PolicyArn=READ_ONLY, **user)
    iam("PutUserPolicy", PolicyName="own", PolicyDocument=DOCUMENT, **user)
    iam.refused("MalformedPolicyDocument", "PutUserPolicy", PolicyName="own", PolicyDocument="{}", **user)
    iam.refused("LimitExceeded", "PutUserPolicy", PolicyName="big", PolicyDocument=_sized(2100), **user)
    read = iam("GetUserPolicy", PolicyName="own", **user)["PolicyDocument"]
    equal(read, json.loads(DOCUMENT), "an embedded document")
    iam("PutUserPermissionsBoundary", PermissionsBoundary=READ_ONLY, **user)
    iam("CreateLoginProfile", Password="Pr4ctice!", PasswordResetRequired=True, **user)
    iam.refused("EntityAlreadyExists", "CreateLoginProfile", Password="Pr4ctice!", **user)
    iam("UpdateAccountPasswordPolicy", MinimumPasswordLength=20)
    iam.refused("PasswordPolicyViolation", "UpdateLoginProfile", Password="Sh0rt!", **user)
    holds(iam("GetLoginProfile", **user)["LoginProfile"]["PasswordResetRequired"], "the password need not be changed")
    key = iam("CreateAccessKey", **user)["AccessKey"]["AccessKeyId"]
    iam("CreateAccessKey", **user)
    iam.refused("LimitExceeded", "CreateAccessKey", **user)
    ssh = iam("UploadSSHPublicKey", SSHPublicKeyBody=f"ssh-rsa {_RSA}", **user)["SSHPublicKey"]["SSHPublicKeyId"]
    iam.refused("DuplicateSSHPublicKey", "UploadSSHPublicKey", SSHPublicKeyBody=f"ssh-rsa {_RSA}", **user)
    iam.refused("InvalidPublicKey", "UploadSSHPublicKey", SSHPublicKeyBody="ssh-rsa AAAA", **user)
    certificate = iam("UploadSigningCertificate", CertificateBody=_PEM, **user)["Certificate"]["CertificateId"]
    iam.refused("MalformedCertificate", "UploadSigningCertificate", CertificateBody="no", **user)
    bearer = iam("CreateServiceSpecificCredential", ServiceName="codecommit.amazonaws.com", **user)
    bearer = bearer["ServiceSpecificCredential"]["ServiceSpecificCredentialId"]
    iam.refused("NotSupportedService", "CreateServiceSpecificCredential", ServiceName="s3.amazonaws.com", **user)

    for action, parameters in [
        ("DeleteLoginProfile", {}),
        ("DeleteAccessKey", {"AccessKeyId": key}),
        ("DeleteAccessKey", {"AccessKeyId": None}),
        ("DeleteSSHPublicKey", {"SSHPublicKeyId": ssh}),
        ("DeleteSigningCertificate", {"CertificateId": certificate}),
        ("DeleteServiceSpecificCredential", {"ServiceSpecificCredentialId": bearer}),
        ("DeleteUserPolicy", {"PolicyName": "own"}),
        ("DetachUserPolicy", {"PolicyArn": READ_ONLY}),
        ("RemoveUserFromGroup", group),
    ]:
        iam.refused("DeleteConflict", "DeleteUser", **user)
        if parameters == {"AccessKeyId": None}:
            parameters = {"AccessKeyId": iam("ListAccessKeys", **user)["AccessKeyMetadata"][0]["AccessKeyId"]}
        iam(action, **parameters, **user)
        iam.refused("NoSuchEntity", action, **parameters, **user)
    iam("DeleteUser", **user)
    iam("DeleteGroup", **group)
    _nothing_is_left(iam)


@case
def roles_and_policies(place: home.Home) -> None:
    """Trust, versions, sizes and the one place that each thing is used in."""
    _, iam = _start(place)
    role = {"RoleName": "Work"}
    iam("CreateRole", AssumeRolePolicyDocument=_trust(), MaxSessionDuration=7200, Description="d", **role)
    iam.refused("EntityAlreadyExists", "CreateRole", RoleName="work", AssumeRolePolicyDocument=_trust())
    other = {"RoleName": "other"}
    for code, document in [
        ("MalformedPolicyDocument", _trust(f"arn:aws:iam::{ACCOUNT}:user/nobody")),
        ("MalformedPolicyDocument", DOCUMENT),
        ("LimitExceeded", _sized(2100, json.loads(_trust()))),
    ]:
        iam.refused(code, "CreateRole", AssumeRolePolicyDocument=document, **other)
    document = {"AssumeRolePolicyDocument": _trust()}
    iam.refused("ValidationError", "CreateRole", MaxSessionDuration=43201, **document, **other)
    iam.refused("InvalidInput", "CreateRole", Path="/aws-service-role/x/", **document, **other)
    iam("UpdateRole", MaxSessionDuration=3600, **role)
    iam("UpdateRoleDescription", Description="again", **role)
    iam("UpdateAssumeRolePolicy", PolicyDocument=_trust(action="sts:*"), **role)
    iam("TagRole", Tags=[{"Key": "k", "Value": "v"}], **role)
    equal(iam("GetRole", **role)["Role"]["Tags"], [{"Key": "k", "Value": "v"}], "the role's tags")

    arn = iam("CreatePolicy", PolicyName="p", Path="/own/", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    equal(arn, GUARDED, "the policy's ARN")
    policy = {"PolicyArn": arn}
    iam.refused("EntityAlreadyExists", "CreatePolicy", PolicyName="P", PolicyDocument=DOCUMENT)
    iam.refused("LimitExceeded", "CreatePolicy", PolicyName="q", PolicyDocument=_sized(6200))
    for _ in range(4):
        iam("CreatePolicyVersion", PolicyDocument=DOCUMENT, SetAsDefault=True, **policy)
    iam.refused("LimitExceeded", "CreatePolicyVersion", PolicyDocument=DOCUMENT, **policy)
    iam.refused("DeleteConflict", "DeletePolicyVersion", VersionId="v5", **policy)
    iam("SetDefaultPolicyVersion", VersionId="v2", **policy)
    equal(len(iam.pages("ListPolicyVersions", "Versions", **policy)), 5, "versions")
    version = iam("GetPolicyVersion", VersionId="v2", **policy)["PolicyVersion"]
    equal(version["Document"], json.loads(DOCUMENT), "the version's document")

    iam("AttachRolePolicy", **policy, **role)
    iam("PutRolePermissionsBoundary", PermissionsBoundary=arn, **role)
    iam.refused("NoSuchEntity", "AttachRolePolicy", PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/no", **role)
    used = iam("ListEntitiesForPolicy", **policy)["PolicyRoles"]
    equal([found["RoleName"] for found in used], ["Work"], "who uses the policy")
    for action, parameters in [("DetachRolePolicy", policy), ("DeleteRolePermissionsBoundary", {})]:
        iam.refused("DeleteConflict", "DeletePolicy", **policy)
        iam(action, **parameters, **role)
    for number in (1, 3, 4, 5):
        iam.refused("DeleteConflict", "DeletePolicy", **policy)
        iam("DeletePolicyVersion", VersionId=f"v{number}", **policy)
    iam("DeletePolicy", **policy)
    iam.refused("NoSuchEntity", "GetPolicy", **policy)
    iam.refused("AccessDenied", "DeletePolicy", PolicyArn=READ_ONLY)

    iam("PutRolePolicy", PolicyName="own", PolicyDocument=DOCUMENT, **role)
    profile = {"InstanceProfileName": "machine"}
    iam("CreateInstanceProfile", **profile)
    iam("AddRoleToInstanceProfile", **profile, **role)
    iam.refused("LimitExceeded", "AddRoleToInstanceProfile", **profile, **role)
    for action, parameters in [("DeleteRolePolicy", {"PolicyName": "own"}), ("RemoveRoleFromInstanceProfile", profile)]:
        iam.refused("DeleteConflict", "DeleteRole", **role)
        iam(action, **parameters, **role)
    iam("DeleteRole", **role)
    iam.refused("NoSuchEntity", "DeleteRole", **role)
    iam("DeleteInstanceProfile", **profile)
    _nothing_is_left(iam)


@case
def the_account_as_a_whole(place: home.Home) -> None:
    """Details in pages, summary, report, alias, providers and devices."""
    _, iam = _start(place)
    for number in range(3):
        iam("CreateUser", UserName=f"user-{number}")
        iam("CreateRole", RoleName=f"role-{number}", AssumeRolePolicyDocument=_trust())
    iam("AttachRolePolicy", RoleName="role-0", PolicyArn=READ_ONLY)
    iam("PutRolePolicy", RoleName="role-0", PolicyName="own", PolicyDocument=DOCUMENT)
    details = iam("GetAccountAuthorizationDetails")
    equal([found["UserName"] for found in details["UserDetailList"]], [f"user-{n}" for n in range(3)], "users")
    role = details["RoleDetailList"][0]
    attached = [{"PolicyName": "ReadOnlyAccess", "PolicyArn": READ_ONLY}]
    equal(role["AttachedManagedPolicies"], attached, "what is attached")
    equal(role["RolePolicyList"][0]["PolicyDocument"], json.loads(DOCUMENT), "an embedded document")
    equal(role["AssumeRolePolicyDocument"], json.loads(_trust()), "a trust policy")
    equal(len(iam.pages("GetAccountAuthorizationDetails", "RoleDetailList")), 3, "roles over pages")
    in_use = iam("GetAccountAuthorizationDetails", Filter=["AWSManagedPolicy"])["Policies"]
    equal([found["Arn"] for found in in_use], [READ_ONLY], "AWS's policies in use")
    holds(READ_ONLY in [found["Arn"] for found in iam.pages("ListPolicies", "Policies", Scope="AWS")], "no ReadOnlyAccess")

    summary = iam("GetAccountSummary")["SummaryMap"]
    for name, wanted in {"Users": 3, "Roles": 3, "AccountAccessKeysPresent": 1, "AccountMFAEnabled": 0}.items():
        equal(summary[name], wanted, f"the summary's {name}")

    iam("CreateAccountAlias", AccountAlias="practised")
    iam.refused("EntityAlreadyExists", "CreateAccountAlias", AccountAlias="practised")
    equal(iam("ListAccountAliases")["AccountAliases"], ["practised"], "the alias")
    iam("DeleteAccountAlias", AccountAlias="practised")
    iam.refused("NoSuchEntity", "DeleteAccountAlias", AccountAlias="practised")

    iam.refused("ReportNotPresent", "GetCredentialReport")
    equal(iam("GenerateCredentialReport")["State"], "STARTED", "the report's state")
    iam.refused("ReportInProgress", "GetCredentialReport")
    rows = list(csv.DictReader(io.StringIO(iam("GetCredentialReport")["Content"].decode())))
    equal(rows[0]["user"], "<root_account>", "the report's first row")
    equal(rows[0]["access_key_1_active"], "true", "the root user's key")

    url = "https://token.actions.githubusercontent.com"
    provider = iam("CreateOpenIDConnectProvider", Url=url, ClientIDList=["sts.amazonaws.com"])
    provider = {"OpenIDConnectProviderArn": provider["OpenIDConnectProviderArn"]}
    iam.refused("EntityAlreadyExists", "CreateOpenIDConnectProvider", Url=url)
    iam.refused("InvalidInput", "CreateOpenIDConnectProvider", Url="http://x.example")
    iam("AddClientIDToOpenIDConnectProvider", ClientID="other", **provider)
    equal(iam("GetOpenIDConnectProvider", **provider)["ClientIDList"], ["other", "sts.amazonaws.com"], "audiences")
    iam("UpdateOpenIDConnectProviderThumbprint", ThumbprintList=["0" * 40], **provider)
    iam("DeleteOpenIDConnectProvider", **provider)
    iam.refused("NoSuchEntity", "GetOpenIDConnectProvider", **provider)

    device = iam("CreateVirtualMFADevice", VirtualMFADeviceName="phone")["VirtualMFADevice"]["SerialNumber"]
    iam.refused("EntityAlreadyExists", "CreateVirtualMFADevice", VirtualMFADeviceName="Phone")
    equal(len(iam("ListVirtualMFADevices")["VirtualMFADevices"]), 1, "devices")
    iam("DeleteVirtualMFADevice", SerialNumber=device)
    for action in ("ListServerCertificates", "ListSAMLProviders", "ListOpenIDConnectProviders"):
        iam(action)


@case
def a_role_made_by_the_root_user_is_assumed_at_once(place: home.Home) -> None:
    """From a root key to a working role; the root user itself may assume none."""
    account, iam = _start(place)
    iam("CreateUser", UserName="alice")
    role = iam("CreateRole", RoleName="Work", AssumeRolePolicyDocument=_trust())["Role"]["Arn"]
    iam("AttachRolePolicy", RoleName="Work", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role}
    assume = json.dumps({"Version": "2012-10-17", "Statement": [assume]})
    iam("PutUserPolicy", UserName="alice", PolicyName="assume", PolicyDocument=assume)
    key = iam("CreateAccessKey", UserName="alice")["AccessKey"]
    parameters = {"RoleArn": role, "RoleSessionName": "session"}
    session = iam.sts(key).assume_role(**parameters)["Credentials"]
    worker = Iam(account.url, session)
    equal(len(worker("ListUsers")["Users"]), 1, "users that the role sees")
    worker.refused("AccessDenied", "CreateUser", UserName="bob")
    root = {"AccessKeyId": practice.ALICE[0], "SecretAccessKey": practice.ALICE[1]}
    try:
        iam.sts(root).assume_role(**parameters)
    except botocore.exceptions.ClientError as error:
        equal(error.response["Error"]["Code"], "AccessDenied", "the refusal of the root user")
    else:
        raise AssertionError("the root user assumed a role")
    keys = iam("ListAccessKeys")["AccessKeyMetadata"]
    equal([found["AccessKeyId"] for found in keys], [practice.ALICE[0]], "the root user's keys")
    iam("DeleteAccessKey", AccessKeyId=practice.ALICE[0])
    iam.refused("InvalidClientTokenId", "ListUsers")


@case
def what_was_just_made_can_be_unknown(place: home.Home) -> None:
    """Eventual consistency and throttling, as faults."""
    account, iam = _start(place)
    account.fault(action="CreateUser", times=1, effect={"hide_new_entity_calls": 2})
    arn = iam("CreateUser", UserName="alice")["User"]["Arn"]
    iam.refused("NoSuchEntity", "GetUser", UserName="alice")
    role = {"RoleName": "r", "AssumeRolePolicyDocument": _trust(arn)}
    iam.refused("MalformedPolicyDocument", "CreateRole", **role)
    iam("CreateRole", **role)
    account.fault(action="GetRole", times=1, effect="throttle")
    iam.refused("Throttling", "GetRole", RoleName="r")
    iam("GetRole", RoleName="r")


def _nothing_is_left(iam: Iam) -> None:
    details = iam("GetAccountAuthorizationDetails")
    for name in ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"):
        equal(details[name], [], name)


def _sized(length: int, document: dict | None = None) -> str:
    """A document of that many characters without white space."""
    document = document or json.loads(DOCUMENT)
    bare = len(json.dumps({**document, "Id": ""}, separators=(",", ":")))
    return json.dumps({**document, "Id": "i" * (length - bare)})


_RSA = "AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7"
_PEM = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQg==\n-----END CERTIFICATE-----"
