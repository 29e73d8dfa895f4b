//! Drift of stacks: a detection is started, polled until it ends, and read. Each method is one
//! call, of as many pages as there are.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html>

use aws_sdk_cloudformation::types::{
    self as sdk, DifferenceType, StackDriftDetectionStatus, StackResourceDriftStatus,
};
use keyward_account::stacks::{DriftChange, PropertyDrift, ResourceDrift, StackPlace};
use keyward_core::Credentials;

use super::stacks::call_in;
use crate::aws::Aws;
use crate::error::{Action, CallError};
use crate::pages::Pages;
use crate::read::present;

/// The id of a detection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftDetectionId(String);

/// The progress of a detection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DriftDetection {
    /// CloudFormation is still checking.
    Running,
    /// Every resource that supports it was checked.
    Done,
    /// Some resources were not checked. The text is CloudFormation's.
    Failed(String),
}

impl Aws {
    /// `cloudformation:DetectStackDrift`. The caller also needs
    /// `cloudformation:DetectStackResourceDrift`, `cloudformation:BatchDescribeTypeConfigurations`
    /// and the rights to read the resources.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html>
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn detect_stack_drift(
        &self,
        credentials: &Credentials,
        place: &StackPlace,
    ) -> Result<DriftDetectionId, CallError> {
        let call = call_in("DetectStackDrift", credentials, &place.region);
        let answer = self.cloudformation(&call, |cloudformation| {
            let request = cloudformation.detect_stack_drift();
            request.stack_name(place.name.as_str()).send()
        })?;
        let action = Action::cloudformation("DetectStackDrift");
        let id = present(
            action,
            "StackDriftDetectionId",
            answer.stack_drift_detection_id,
        )?;
        Ok(DriftDetectionId(id))
    }

    /// `cloudformation:DescribeStackDriftDetectionStatus`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn drift_detection(
        &self,
        credentials: &Credentials,
        place: &StackPlace,
        id: &DriftDetectionId,
    ) -> Result<DriftDetection, CallError> {
        let call = call_in(
            "DescribeStackDriftDetectionStatus",
            credentials,
            &place.region,
        );
        let answer = self.cloudformation(&call, |cloudformation| {
            let request = cloudformation.describe_stack_drift_detection_status();
            request.stack_drift_detection_id(&id.0).send()
        })?;
        Ok(match answer.detection_status {
            Some(StackDriftDetectionStatus::DetectionComplete) => DriftDetection::Done,
            Some(StackDriftDetectionStatus::DetectionFailed) => {
                DriftDetection::Failed(answer.detection_status_reason.unwrap_or_default())
            }
            _ => DriftDetection::Running,
        })
    }

    /// `cloudformation:DescribeStackResourceDrifts`: the resources that the last detection found
    /// changed or gone.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn resource_drifts(
        &self,
        credentials: &Credentials,
        place: &StackPlace,
    ) -> Result<Vec<ResourceDrift>, CallError> {
        let action = Action::cloudformation("DescribeStackResourceDrifts");
        let mut found = Vec::new();
        let (mut pages, mut next) = (Pages::default(), None::<String>);
        loop {
            let call = call_in("DescribeStackResourceDrifts", credentials, &place.region);
            let answer = self.cloudformation(&call, |cloudformation| {
                cloudformation
                    .describe_stack_resource_drifts()
                    .stack_name(place.name.as_str())
                    .stack_resource_drift_status_filters(StackResourceDriftStatus::Deleted)
                    .stack_resource_drift_status_filters(StackResourceDriftStatus::Modified)
                    .set_next_token(next.clone())
                    .send()
            })?;
            let drifts = answer.stack_resource_drifts.unwrap_or_default();
            found.extend(drifts.into_iter().map(drifted));
            next = pages.next(action, answer.next_token)?;
            if next.is_none() {
                return Ok(found);
            }
        }
    }
}

fn drifted(drift: sdk::StackResourceDrift) -> ResourceDrift {
    let properties = drift.property_differences.unwrap_or_default().into_iter();
    ResourceDrift {
        id: drift.logical_resource_id.unwrap_or_default(),
        kind: drift.resource_type.unwrap_or_default(),
        change: match drift.stack_resource_drift_status {
            Some(StackResourceDriftStatus::Deleted) => DriftChange::Deleted,
            _ => DriftChange::Modified(properties.map(property).collect()),
        },
    }
}

/// An added property was expected to be absent; a removed one is.
fn property(difference: sdk::PropertyDifference) -> PropertyDrift {
    let kind = difference.difference_type;
    PropertyDrift {
        path: difference.property_path.unwrap_or_default(),
        expected: difference
            .expected_value
            .filter(|_| kind != Some(DifferenceType::Add)),
        actual: difference
            .actual_value
            .filter(|_| kind != Some(DifferenceType::Remove)),
    }
}
