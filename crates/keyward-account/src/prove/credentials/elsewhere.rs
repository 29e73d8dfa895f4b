//! Actions by which an identity may obtain the rights of a role in another service, or of a
//! permission set. They need no `iam:PassRole`, because the role was passed earlier.

/// An action on something that runs with a role.
#[derive(Debug, Clone, Copy)]
pub struct ThroughService {
    /// The action.
    pub action: &'static str,
    /// Further actions that it needs.
    pub with: &'static [&'static str],
    /// The services whose roles are used: their principals without `.amazonaws.com`.
    pub services: &'static [&'static str],
    /// What the action does, and to what: the end of "which …".
    pub what: &'static str,
}

const fn way(
    action: &'static str,
    services: &'static [&'static str],
    what: &'static str,
) -> ThroughService {
    ThroughService {
        action,
        with: &[],
        services,
        what,
    }
}

/// The actions on what runs with a role of a service.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html>
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html>
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html>
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html>
/// Source: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html>
/// Source: <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePresignedNotebookInstanceUrl.html>
/// Source: <https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html>
/// Source: <https://docs.aws.amazon.com/systems-manager/latest/userguide/hybrid-multicloud-service-role.html>
pub const THROUGH_SERVICES: [ThroughService; 19] = [
    way(
        "apprunner:UpdateService",
        &["tasks.apprunner"],
        "replaces the code of an App Runner service",
    ),
    ThroughService {
        action: "bedrock-agentcore:InvokeCodeInterpreter",
        with: &["bedrock-agentcore:StartCodeInterpreterSession"],
        services: &["bedrock-agentcore"],
        what: "runs code in an interpreter",
    },
    ThroughService {
        action: "cloudformation:ExecuteChangeSet",
        with: &["cloudformation:CreateChangeSet"],
        services: &["cloudformation"],
        what: "changes a stack",
    },
    way(
        "cloudformation:UpdateStack",
        &["cloudformation"],
        "changes a stack",
    ),
    way(
        "codebuild:StartBuild",
        &["codebuild"],
        "runs other commands in a build project",
    ),
    way(
        "codebuild:StartBuildBatch",
        &["codebuild"],
        "runs other commands in a build project",
    ),
    way(
        "codebuild:UpdateProject",
        &["codebuild"],
        "changes the commands of a build project",
    ),
    way(
        "ec2-instance-connect:SendSSHPublicKey",
        &["ec2"],
        "signs in to an instance",
    ),
    ThroughService {
        action: "ec2:ModifyInstanceAttribute",
        with: &["ec2:StartInstances", "ec2:StopInstances"],
        services: &["ec2"],
        what: "changes the first commands of an instance",
    },
    way(
        "ecs:ExecuteCommand",
        &["ecs-tasks"],
        "runs commands in a task",
    ),
    way(
        "elasticmapreduce:AddJobFlowSteps",
        &["ec2"],
        "runs commands on a cluster's instances",
    ),
    way(
        "glue:UpdateDevEndpoint",
        &["glue"],
        "adds an SSH key to a development endpoint",
    ),
    way(
        "lambda:UpdateFunctionCode",
        &["lambda"],
        "replaces the code of a function",
    ),
    way(
        "lambda:UpdateFunctionConfiguration",
        &["lambda"],
        "changes what a function loads",
    ),
    way(
        "rolesanywhere:CreateTrustAnchor",
        &["rolesanywhere"],
        "trusts certificates of its own for a profile",
    ),
    way(
        "rolesanywhere:UpdateTrustAnchor",
        &["rolesanywhere"],
        "trusts certificates of its own for a profile",
    ),
    way(
        "sagemaker:CreatePresignedNotebookInstanceUrl",
        &["sagemaker"],
        "opens a notebook",
    ),
    way(
        "ssm:SendCommand",
        &["ec2", "ssm"],
        "runs commands on an instance",
    ),
    way(
        "ssm:StartSession",
        &["ec2", "ssm"],
        "opens a shell on an instance",
    ),
];

/// The actions that change who holds which rights in IAM Identity Center: members of groups,
/// passwords of other people, assignments of permission sets, and the policies and limits of these.
///
/// Source: <https://docs.aws.amazon.com/singlesignon/latest/userguide/iam-auth-access-overview.html>
pub const THROUGH_IDENTITY_CENTER: [&str; 9] = [
    "identitystore:CreateGroupMembership",
    "sso-directory:AddMemberToGroup",
    "sso-directory:UpdatePassword",
    "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
    "sso:AttachManagedPolicyToPermissionSet",
    "sso:CreateAccountAssignment",
    "sso:DeletePermissionsBoundaryFromPermissionSet",
    "sso:PutInlinePolicyToPermissionSet",
    "sso:PutPermissionsBoundaryToPermissionSet",
];

/// The actions of a management account, or of one that it delegates to, that act in other accounts or
/// change what limits them: sessions of a root user, new accounts with a role that the caller may
/// assume, service control policies, and whom the organization trusts.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html>
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html>
pub const THROUGH_ORGANIZATION: [&str; 13] = [
    "organizations:AttachPolicy",
    "organizations:CreateAccount",
    "organizations:CreateGovCloudAccount",
    "organizations:DeletePolicy",
    "organizations:DetachPolicy",
    "organizations:DisablePolicyType",
    "organizations:EnableAWSServiceAccess",
    "organizations:MoveAccount",
    "organizations:PutResourcePolicy",
    "organizations:RegisterDelegatedAdministrator",
    "organizations:RemoveAccountFromOrganization",
    "organizations:UpdatePolicy",
    "sts:AssumeRoot",
];
