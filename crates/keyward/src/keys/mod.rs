//! Long-lived keys and MFA devices at AWS: new keys, their users, enrolment and rotation.

pub(crate) mod enrol;
pub(crate) mod iam_user;
pub(crate) mod new_key;
pub(crate) mod rotation;
