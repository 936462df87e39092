//! Telling a topic of SNS, and counting in CloudWatch.

use crate::client::Aws;
use crate::execute::AwsActuator;
use crate::outcome::Look;
use crate::permissions::{PUBLISH, PUT_METRIC_DATA};
use crate::signed::{CLOUDWATCH, Query, Service};
use serde_json::{Value, json};

const SNS: Service<Query> = Service {
    id: "SNS",
    name: "sns",
    version: "2010-03-31",
    protocol: Query,
};

/// The namespace of what this program counts.
pub const NAMESPACE: &str = "SesDoctor";
/// The metric of remediations, one for each run: once with the dimension `Outcome` alone, once with `By` and `Outcome`, and once for
/// each cause with `Cause` and `Outcome`.
pub const REMEDIATIONS: &str = "Remediations";

impl AwsActuator {
    /// Publishes to a topic, in the topic's own region. The subject is cut to what SNS takes.
    ///
    /// # Errors
    /// In words, when SNS did not take it.
    pub async fn publish(&self, topic: &str, subject: &str, message: &str) -> Result<(), String> {
        let region = topic.split(':').nth(3).unwrap_or_default();
        let subject: String = subject
            .chars()
            .map(|letter| {
                if (' '..='~').contains(&letter) {
                    letter
                } else {
                    '?'
                }
            })
            .take(99)
            .collect();
        let sns = self.aws().signed(SNS, region);
        let parameters = [
            ("TopicArn", topic),
            ("Subject", subject.as_str()),
            ("Message", message),
        ];
        let call = async { sns.call(PUBLISH, &parameters).await.map(drop) };
        self.answered(PUBLISH, call).await
    }

    /// Counts one remediation of these causes with this outcome; `automatic`: no person was at it.
    ///
    /// # Errors
    /// In words, when CloudWatch did not take it.
    pub async fn count_remediation(
        &self,
        causes: &[String],
        outcome: &str,
        automatic: bool,
    ) -> Result<(), String> {
        let cloudwatch = self.aws().signed(CLOUDWATCH, self.region());
        let input = json!({ "Namespace": NAMESPACE, "MetricData": data(causes, outcome, automatic) });
        let call = async { cloudwatch.call(PUT_METRIC_DATA, &input).await.map(drop) };
        self.answered(PUT_METRIC_DATA, call).await
    }

    async fn answered(&self, what: &str, call: impl Future<Output = Look<()>>) -> Result<(), String> {
        let aws: &Aws = self.aws();
        let answer = aws.within(what, call).await;
        answer.map_err(|trouble| aws.clean(&trouble.reason()))
    }
}

fn data(causes: &[String], outcome: &str, automatic: bool) -> Vec<Value> {
    let datum = |first: Option<(&str, &str)>| {
        let dimensions: Vec<Value> = first
            .into_iter()
            .chain([("Outcome", outcome)])
            .map(|(name, value)| json!({ "Name": name, "Value": value }))
            .collect();
        json!({ "MetricName": REMEDIATIONS, "Dimensions": dimensions, "Unit": "Count", "Value": 1.0 })
    };
    let by = if automatic { "automatic" } else { "person" };
    [None, Some(("By", by))]
        .into_iter()
        .chain(causes.iter().map(|cause| Some(("Cause", cause.as_str()))))
        .map(datum)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab_tests::{aws, lab_of};
    use ses_lab::World;

    const TOPIC: &str = "arn:aws:sns:eu-west-1:590318847726:mail-team";

    async fn lab(denied: &[&str]) -> (ses_lab::Lab, AwsActuator) {
        let mut world = World::parse("t", ses_lab::scenario("key-inactive").unwrap()).unwrap();
        world.topic.push(TOPIC.to_owned());
        world.faults.denied = denied.iter().map(|call| (*call).to_owned()).collect();
        let lab = lab_of(world).await;
        let aws = aws(&lab).await;
        let region = lab.world().client.region.clone();
        (lab, AwsActuator::new(aws, region))
    }

    #[tokio::test]
    async fn a_topic_is_told_in_its_own_region_with_a_subject_that_sns_takes() {
        let (lab, actuator) = lab(&[]).await;
        let subject = format!("päused\n{}", "x".repeat(200));
        actuator
            .publish(TOPIC, &subject, "words\nand more")
            .await
            .unwrap();
        let published = lab.published();
        assert_eq!(published[0].message, "words\nand more");
        let subject = published[0].subject.as_deref().unwrap();
        assert!(subject.starts_with("p?used?") && subject.len() == 99, "{subject}");
        let gone = actuator
            .publish("arn:aws:sns:eu-west-1:590318847726:gone", "s", "m")
            .await;
        assert!(gone.is_err(), "{gone:?}");
    }

    #[tokio::test]
    async fn a_remediation_is_counted_alone_by_who_made_it_and_by_cause() {
        let (lab, actuator) = lab(&[]).await;
        let causes = ["key-inactive".to_owned()];
        actuator
            .count_remediation(&causes, "applied", true)
            .await
            .unwrap();
        let data = lab.metric_data();
        let dimensions: Vec<_> = data.iter().map(|datum| datum.dimensions.len()).collect();
        assert_eq!(dimensions, [1, 2, 2]);
        assert!(
            data.iter()
                .all(|datum| (datum.namespace.as_str(), datum.value) == ("SesDoctor", 1.0))
        );
        let first = |at: usize| lab.metric_data()[at].dimensions[0].clone();
        let named = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(first(1), named("By", "automatic"));
        assert_eq!(first(2), named("Cause", "key-inactive"));
        actuator
            .count_remediation(&causes, "applied", false)
            .await
            .unwrap();
        assert_eq!(first(4), named("By", "person"));
    }

    #[tokio::test]
    async fn a_refusal_is_told_in_words() {
        let (_lab, actuator) = lab(&["sns:Publish", "cloudwatch:PutMetricData"]).await;
        let told = actuator.publish(TOPIC, "s", "m").await.unwrap_err();
        assert!(told.contains("sns:Publish"), "{told}");
        let counted = actuator
            .count_remediation(&[], "applied", false)
            .await
            .unwrap_err();
        assert!(counted.contains("cloudwatch:PutMetricData"), "{counted}");
    }
}
