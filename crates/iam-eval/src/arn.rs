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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_keeps_its_colons() {
        let arn = Arn::parse("arn:aws:logs:eu-west-1:111122223333:log-group:a:b").unwrap();
        assert_eq!((arn.account, arn.resource), ("111122223333", "log-group:a:b"));
        assert_eq!(Arn::parse("arn:aws:s3:::bucket").unwrap().account, "");
        assert_eq!(Arn::parse("arn:aws:s3"), None);
        assert_eq!(Arn::parse("urn:aws:s3:::bucket"), None);
    }
}
