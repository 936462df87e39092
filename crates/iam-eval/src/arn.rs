//! Amazon Resource Names: six parts between colons, the last of which may hold colons too.

/// `arn:partition:service:region:account:resource`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Arn<'a> {
    /// `aws`, `aws-us-gov`, `aws-cn`, …
    pub partition: &'a str,
    /// `ses`, …
    pub service: &'a str,
    /// May be empty.
    pub region: &'a str,
    /// Account; may be empty.
    pub account: &'a str,
    /// The rest.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Splits a name; nothing if it is no ARN.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        if parts.next() != Some("arn") {
            return None;
        }
        let mut part = || parts.next();
        Some(Self {
            partition: part()?,
            service: part()?,
            region: part()?,
            account: part()?,
            resource: part()?,
        })
    }

    /// The five parts after `arn`.
    pub(crate) fn parts(self) -> [&'a str; 5] {
        [
            self.partition,
            self.service,
            self.region,
            self.account,
            self.resource,
        ]
    }
}

/// An ARN pattern with `*` for each part that it leaves away at its end; nothing if it is complete, or no ARN.
pub(crate) fn completed(pattern: &str) -> Option<String> {
    let mut in_variable = false;
    let mut parts = 1;
    for (character, next) in pattern.chars().zip(pattern.chars().skip(1).chain(['\0'])) {
        match character {
            '$' if next == '{' => in_variable = true,
            '}' => in_variable = false,
            ':' if !in_variable => parts += 1,
            _ => {}
        }
    }
    let incomplete = pattern.starts_with("arn:") && parts < 6;
    incomplete.then(|| format!("{pattern}{}", ":*".repeat(6 - parts)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_arn_leaves_away_is_anything() {
        for (pattern, whole) in [
            ("arn:aws:sqs", Some("arn:aws:sqs:*:*:*")),
            (
                "arn:aws:iam::${aws:PrincipalAccount}",
                Some("arn:aws:iam::${aws:PrincipalAccount}:*"),
            ),
            ("arn:aws:s3:::${aws:username}", None),
            ("arn:aws:s3:::bucket", None),
            ("*", None),
        ] {
            assert_eq!(completed(pattern).as_deref(), whole, "{pattern}");
        }
    }

    #[test]
    fn the_last_part_keeps_its_colons() {
        let arn = Arn::parse("arn:aws:logs:eu-west-1:111122223333:log-group:a:b").unwrap();
        assert_eq!((arn.account, arn.resource), ("111122223333", "log-group:a:b"));
        assert_eq!(Arn::parse("arn:aws:s3:::bucket").unwrap().account, "");
        assert_eq!(Arn::parse("arn:aws:s3"), None);
        assert_eq!(Arn::parse("urn:aws:s3:::bucket"), None);
    }
}
