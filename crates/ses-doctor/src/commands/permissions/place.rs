//! Places in S3 as a policy can name them: nothing in them may mean more than itself.

use crate::error::CliError;
use ses_doctor_aws::grant::S3Place;

/// Where a trail delivers: `NAME`, an ARN, or `s3://BUCKET/PREFIX`. A star may end it where one is searched by its beginning.
pub(super) fn of_trail(text: &str, star: bool) -> Result<S3Place, CliError> {
    let named = text.strip_prefix("s3://").or(text.strip_prefix("arn:aws:s3:::"));
    let place = split(named.unwrap_or(text));
    let literal = place.path.strip_suffix('*').filter(|_| star);
    match is_bucket(&place.bucket) && is_literal(literal.unwrap_or(&place.path)) {
        true => Ok(place),
        false => Err(CliError::usage(
            format!("`{text}` is no place of a trail"),
            "give the name of a bucket, such as my-trail-bucket, or s3://BUCKET/PREFIX",
        )),
    }
}

/// Where Athena puts results.
pub(super) fn of_results(text: &str) -> Result<S3Place, CliError> {
    let place = text.strip_prefix("s3://").map(split);
    place
        .filter(|place| is_bucket(&place.bucket) && is_literal(&place.path))
        .ok_or_else(|| {
            CliError::usage(
                format!("`{text}` is no place for results"),
                "write s3://BUCKET/PREFIX/, as after `trail athena`",
            )
        })
}

fn split(text: &str) -> S3Place {
    let (bucket, path) = text.split_once('/').unwrap_or((text, ""));
    S3Place {
        bucket: bucket.to_owned(),
        path: path.to_owned(),
    }
}

/// The letters of bucket names, also of the oldest. (Amazon S3 User Guide, "General purpose bucket naming rules".)
fn is_bucket(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    name.len() >= 3 && name.bytes().all(fits)
}

/// Stars, question marks and `${…}` are patterns in a policy. (IAM User Guide, "IAM JSON policy elements: Resource".)
fn is_literal(path: &str) -> bool {
    !path.contains(['*', '?', '$', '"', '\\']) && !path.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_bucket_or_some_of_its_keys() {
        for (text, bucket, path) in [
            ("a-trail", "a-trail", ""),
            ("arn:aws:s3:::a-trail", "a-trail", ""),
            ("s3://a-trail/", "a-trail", ""),
            ("s3://a-trail/logs/AWSLogs/", "a-trail", "logs/AWSLogs/"),
            ("s3://a-trail/logs*", "a-trail", "logs*"),
        ] {
            let place = of_trail(text, true).unwrap();
            assert_eq!((place.bucket.as_str(), place.path.as_str()), (bucket, path));
        }
    }

    #[test]
    fn what_means_more_than_itself_is_refused() {
        for bad in [
            "",
            "*",
            "ab",
            "s3://",
            "s3://*/x",
            "s3://a-trail/a*b",
            "s3://a-trail/?",
            "s3://a-trail/${aws:username}",
        ] {
            assert!(of_trail(bad, true).is_err(), "{bad}");
            assert!(of_results(bad).is_err(), "{bad}");
        }
        assert!(of_trail("s3://a-trail/logs*", false).is_err());
        assert!(of_results("s3://results/*").is_err() && of_results("results").is_err());
    }
}
