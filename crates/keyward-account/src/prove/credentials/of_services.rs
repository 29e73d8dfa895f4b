//! Actions that make a credential of one service: a password, a token, a link, a key or a
//! certificate. It works without the AWS credentials that asked for it.

/// The actions, and what each makes.
///
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
pub const OF_SERVICES: [(&str, &str); 60] = [
    (
        "acm-pca:IssueCertificate",
        "issues a certificate that a trust anchor of IAM Roles Anywhere may accept",
    ),
    ("airflow:CreateCliToken", "makes a token of Apache Airflow"),
    (
        "airflow:CreateWebLoginToken",
        "makes a sign-in to Apache Airflow",
    ),
    (
        "appsync:CreateApiKey",
        "makes a key of an API of up to a year",
    ),
    (
        "appsync:UpdateApiKey",
        "extends a key of an API by up to a year",
    ),
    (
        "athena:CreatePresignedNotebookUrl",
        "makes a link into a notebook",
    ),
    (
        "bedrock-agentcore:GetWorkloadAccessToken",
        "makes a token of a workload",
    ),
    (
        "bedrock-agentcore:GetWorkloadAccessTokenForJWT",
        "makes a token of a workload",
    ),
    (
        "bedrock-agentcore:GetWorkloadAccessTokenForUserId",
        "makes a token of a workload",
    ),
    (
        "codeconnections:GetConnectionToken",
        "makes a token of a source provider",
    ),
    (
        "codeconnections:GetIndividualAccessToken",
        "makes a token of a source provider",
    ),
    (
        "codestar-connections:GetConnectionToken",
        "makes a token of a source provider",
    ),
    (
        "codestar-connections:GetIndividualAccessToken",
        "makes a token of a source provider",
    ),
    (
        "cognito-identity:GetOpenIdToken",
        "makes a token with which an identity assumes a role",
    ),
    (
        "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
        "makes a token with which an identity assumes a role",
    ),
    (
        "connect:AdminGetEmergencyAccessToken",
        "makes a sign-in to Amazon Connect",
    ),
    (
        "connect:GetFederationToken",
        "makes a sign-in to Amazon Connect",
    ),
    (
        "datazone:GetDomainExecutionRoleCredentials",
        "makes credentials of a domain's role",
    ),
    (
        "datazone:GetEnvironmentCredentials",
        "makes credentials of an environment's role",
    ),
    (
        "deadline:AssumeFleetRoleForRead",
        "makes credentials of a fleet's role",
    ),
    (
        "deadline:AssumeFleetRoleForWorker",
        "makes credentials of a fleet's role",
    ),
    (
        "deadline:AssumeQueueRoleForRead",
        "makes credentials of a queue's role",
    ),
    (
        "deadline:AssumeQueueRoleForUser",
        "makes credentials of a queue's role",
    ),
    (
        "deadline:AssumeQueueRoleForWorker",
        "makes credentials of a queue's role",
    ),
    (
        "ds:ResetUserPassword",
        "sets the password of a person in a directory",
    ),
    (
        "elasticmapreduce:CreateStudioPresignedUrl",
        "makes a link into a studio",
    ),
    (
        "elasticmapreduce:GetClusterSessionCredentials",
        "makes a password of a cluster",
    ),
    (
        "emr-containers:GetManagedEndpointSessionCredentials",
        "makes credentials of an endpoint",
    ),
    (
        "finspace-api:GetProgrammaticAccessCredentials",
        "makes credentials of a person in FinSpace",
    ),
    (
        "gamelift:GetComputeAuthToken",
        "makes a token of a game server",
    ),
    (
        "gamelift:RequestUploadCredentials",
        "makes credentials for uploads",
    ),
    (
        "grafana:CreateWorkspaceApiKey",
        "makes a key of a Grafana workspace",
    ),
    (
        "grafana:CreateWorkspaceServiceAccountToken",
        "makes a key of a Grafana workspace",
    ),
    (
        "iot:CreateCertificateFromCsr",
        "makes a certificate of a device, with which it may get a role's credentials",
    ),
    (
        "iot:CreateKeysAndCertificate",
        "makes a certificate of a device, with which it may get a role's credentials",
    ),
    (
        "iot:RegisterCertificate",
        "takes in a certificate of a device",
    ),
    (
        "iot:RegisterCertificateWithoutCA",
        "takes in a certificate of a device",
    ),
    (
        "kinesisanalytics:CreateApplicationPresignedUrl",
        "makes a link into an application",
    ),
    (
        "lakeformation:GetTemporaryGluePartitionCredentials",
        "makes credentials for the data of a table",
    ),
    (
        "lakeformation:GetTemporaryGlueTableCredentials",
        "makes credentials for the data of a table",
    ),
    (
        "license-manager:CreateToken",
        "makes a token with which a role is assumed",
    ),
    (
        "license-manager:GetAccessToken",
        "makes a token with which a role is assumed",
    ),
    (
        "lightsail:CreateBucketAccessKey",
        "makes a long-term key of a bucket",
    ),
    (
        "lightsail:CreateContainerServiceRegistryLogin",
        "makes a password for images of 12 hours",
    ),
    (
        "lightsail:DownloadDefaultKeyPair",
        "hands out the private SSH key of instances",
    ),
    (
        "lightsail:GetInstanceAccessDetails",
        "makes an SSH certificate of an instance",
    ),
    (
        "lightsail:GetRelationalDatabaseMasterUserPassword",
        "hands out a password of a database",
    ),
    (
        "quicksight:GenerateEmbedUrlForRegisteredUser",
        "makes a link into QuickSight",
    ),
    (
        "quicksight:GetSessionEmbedUrl",
        "makes a link into QuickSight",
    ),
    (
        "redshift:GetClusterCredentials",
        "makes a password of a database",
    ),
    (
        "redshift:GetClusterCredentialsWithIAM",
        "makes a password of a database",
    ),
    (
        "s3:GetDataAccess",
        "makes credentials for the data of a grant of up to 12 hours",
    ),
    (
        "sagemaker:CreatePartnerAppPresignedUrl",
        "makes a link into an application",
    ),
    (
        "sagemaker:CreatePresignedDomainUrl",
        "makes a link into a domain, whose sessions have a role",
    ),
    (
        "sagemaker:CreatePresignedMlflowAppUrl",
        "makes a link into MLflow",
    ),
    (
        "sagemaker:CreatePresignedMlflowTrackingServerUrl",
        "makes a link into MLflow",
    ),
    (
        "sagemaker:CreatePresignedNotebookInstanceUrl",
        "makes a link into a notebook, whose instance has a role",
    ),
    (
        "ssm:CreateActivation",
        "registers outside machines, which get a role's credentials",
    ),
    (
        "ssm:GetAccessToken",
        "makes credentials for access to a node",
    ),
    (
        "transfer:ImportSshPublicKey",
        "adds an SSH key of a file server's user",
    ),
];
