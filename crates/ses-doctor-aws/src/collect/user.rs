//! [`Need::User`](ses_doctor_core::Need::User): IAM `GetUser`.

use super::convert::timestamp;
use super::user_of;
use crate::client::Aws;
use crate::outcome::{Judge, Look, Trouble};
use crate::permissions::GET_USER;
use crate::subject::Subject;
use ses_doctor_core::evidence::User;

pub(super) async fn look(aws: &Aws, subject: &Subject) -> Look<User> {
    let iam = aws.iam(subject.region.as_deref());
    of_name(&iam, user_of(subject)?).await
}

pub(super) async fn of_name(iam: &aws_sdk_iam::Client, name: &str) -> Look<User> {
    let answer = iam.get_user().user_name(name).send().await.judge(GET_USER)?;
    let user = answer
        .user
        .ok_or_else(|| Trouble::failed("iam:GetUser gave no user"))?;
    Ok(User {
        boundary: user
            .permissions_boundary
            .and_then(|boundary| boundary.permissions_boundary_arn),
        created: timestamp(&user.create_date),
        name: user.user_name,
        arn: user.arn,
    })
}
