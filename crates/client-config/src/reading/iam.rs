//! Where infrastructure code puts what belongs to IAM itself into a login of SMTP: the secret of an access key, the name of
//! a user. Found by the attribute's name, since it stands in expressions that no reader of values keeps.

use std::ops::Range;

/// What is put into a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IamAttribute {
    /// Terraform: `aws_iam_access_key.….secret`.
    KeySecret,
    /// CloudFormation: `SecretAccessKey` of an `AWS::IAM::AccessKey`.
    ReturnedSecret,
    /// Terraform: `aws_iam_user.….name` or `.id`.
    UserName,
}

/// An attribute of IAM in the place of a part of an SMTP login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IamValue {
    /// Which.
    pub attribute: IamAttribute,
    /// The name of what gets it, as written: `SMTP_PASSWORD`.
    pub given_to: String,
    /// The attribute's own name in the expression.
    pub span: Range<usize>,
}

/// All in a text, in its order.
pub(super) fn values(text: &str) -> Vec<IamValue> {
    let mut found: Vec<IamValue> = terraform(text).chain(cloudformation(text)).collect();
    found.sort_by_key(|value| value.span.start);
    found
}

fn terraform(text: &str) -> impl Iterator<Item = IamValue> + '_ {
    const RESOURCES: [&str; 2] = ["aws_iam_access_key.", "aws_iam_user."];
    let starts = RESOURCES
        .into_iter()
        .flat_map(|resource| text.match_indices(resource));
    starts
        .filter_map(|(at, resource)| {
            let rest = text.get(at..)?;
            let is_part = |c: char| c.is_ascii_alphanumeric() || "_.-[]*".contains(c);
            let expression = rest.get(..rest.find(|c| !is_part(c)).unwrap_or(rest.len()))?;
            let (_, last) = expression.rsplit_once('.')?;
            let last = last.trim_end_matches(']');
            let attribute = match (resource, last) {
                ("aws_iam_access_key.", "secret") => IamAttribute::KeySecret,
                ("aws_iam_user.", "name" | "id") => IamAttribute::UserName,
                _ => return None,
            };
            let start = at + expression.rfind('.')? + 1;
            Some((attribute, at, expression, start..start + last.len()))
        })
        .filter_map(|(attribute, at, expression, span)| value(text, attribute, at, expression, span))
}

fn cloudformation(text: &str) -> impl Iterator<Item = IamValue> + '_ {
    text.match_indices("SecretAccessKey").filter_map(|(at, name)| {
        let before = text.get(..at)?;
        let line = before.rsplit('\n').next().unwrap_or_default();
        let start = ["!GetAtt", "Fn::GetAtt", "${"]
            .iter()
            .filter_map(|mark| line.rfind(mark))
            .max()?;
        let expression_at = at - line.len() + start;
        let expression = text.get(expression_at..at)?;
        let span = at..at + name.len();
        value(
            text,
            IamAttribute::ReturnedSecret,
            expression_at,
            expression,
            span,
        )
    })
}

/// The value, if what it is given to is a part of an SMTP login.
fn value(
    text: &str,
    attribute: IamAttribute,
    at: usize,
    expression: &str,
    span: Range<usize>,
) -> Option<IamValue> {
    let before = text.get(..at)?;
    let header = header(before);
    let given_to = given_to(before, header)?;
    let name = given_to.to_ascii_lowercase();
    let around = [
        name.as_str(),
        &expression.to_ascii_lowercase(),
        &header.to_ascii_lowercase(),
    ]
    .concat();
    let of_mail = ["smtp", "mail", "ses_", "ses-"]
        .iter()
        .any(|word| around.contains(word));
    let fits = match attribute {
        IamAttribute::KeySecret | IamAttribute::ReturnedSecret => {
            of_mail && (name.contains("pass") || name.contains("pwd"))
        }
        IamAttribute::UserName => {
            is_login_name(&name, header) || (is_bare_user(&name) && has_password_near(text, at))
        }
    };
    fits.then(|| IamValue {
        attribute,
        given_to: given_to.to_owned(),
        span,
    })
}

/// `SMTP_USERNAME`; not the argument of a resource of IAM, nor what says that it is the user of IAM.
fn is_login_name(name: &str, header: &str) -> bool {
    let of_login = name.contains("user") || name.contains("login");
    let of_mail = name.contains("smtp") || name.contains("mail");
    of_login && of_mail && !name.contains("iam") && !name.contains("arn") && !header.contains("\"aws_iam_")
}

fn is_bare_user(name: &str) -> bool {
    matches!(name, "username" | "user_name" | "login")
}

/// The SMTP password stands within a few lines.
fn has_password_near(text: &str, at: usize) -> bool {
    const LINES: usize = 4;
    let line = text.get(..at).unwrap_or_default().matches('\n').count();
    let near = text.lines().skip(line.saturating_sub(LINES)).take(2 * LINES + 1);
    near.into_iter().any(|line| line.contains("ses_smtp_password"))
}

/// The name before the last `=` or `:`; for one of `value`, the `name` beside it, or the block's own.
fn given_to<'a>(before: &'a str, header: &'a str) -> Option<&'a str> {
    let line = before.rsplit('\n').next().unwrap_or_default();
    let (left, _) = line.rsplit_once(['=', ':'])?;
    let key = last_word(left)?;
    if !key.eq_ignore_ascii_case("value") {
        return Some(key);
    }
    let line_before = before.trim_end_matches(line).trim_end().rsplit('\n').next();
    named(line)
        .or_else(|| named(line_before.unwrap_or_default()))
        .or_else(|| header.rsplit('"').nth(1))
        .or(Some(key))
}

/// `name = "X"`, `Name: X`
fn named(line: &str) -> Option<&str> {
    let lower = line.to_ascii_lowercase();
    let at = lower.find("name")?;
    let rest = line
        .get(at + "name".len()..)?
        .trim_start_matches(['"', '\'', ' ']);
    let rest = rest.strip_prefix(['=', ':'])?;
    rest.split(|c: char| c.is_whitespace() || "\"',}".contains(c))
        .find(|word| !word.is_empty())
}

fn last_word(text: &str) -> Option<&str> {
    text.trim_end_matches(['"', '\'', ' ', '\t'])
        .rsplit(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c)))
        .find(|word| !word.is_empty())
}

/// The line that opens the block around: `output "smtp_password" {`.
fn header(before: &str) -> &str {
    let opens = |line: &&str| {
        ["output ", "resource ", "variable ", "module "]
            .iter()
            .any(|kind| line.starts_with(kind))
    };
    before.rsplit('\n').find(opens).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<(IamAttribute, String, String)> {
        let values = values(text).into_iter();
        values
            .map(|value| {
                (
                    value.attribute,
                    value.given_to,
                    text.get(value.span).unwrap_or_default().to_owned(),
                )
            })
            .collect()
    }

    #[test]
    fn the_secret_in_the_place_of_the_password_is_found() {
        for (text, name) in [
            (
                "output \"smtp_password\" {\n  value = aws_iam_access_key.smtp.secret\n}",
                "smtp_password",
            ),
            (
                "output \"smtp_password\" { value = aws_iam_access_key.smtp[0].secret }",
                "smtp_password",
            ),
            (
                "  SMTP_PASSWORD = aws_iam_access_key.this.secret\n",
                "SMTP_PASSWORD",
            ),
            (
                "{ name = \"MAIL_PASSWORD\", value = aws_iam_access_key.k.secret }",
                "MAIL_PASSWORD",
            ),
            (
                "jsonencode({ \"password\" : aws_iam_access_key.smtp.secret })",
                "password",
            ),
        ] {
            let expected = (IamAttribute::KeySecret, name.to_owned(), "secret".to_owned());
            assert_eq!(shown(text), [expected], "{text}");
        }
        for text in [
            "AWS_SECRET_ACCESS_KEY = aws_iam_access_key.smtp.secret",
            "smtp_password = aws_iam_access_key.smtp.ses_smtp_password_v4",
            "output \"db_password\" {\n  value = aws_iam_access_key.backup.secret\n}",
            "",
        ] {
            assert_eq!(shown(text), [], "{text}");
        }
        let returned = "        - Name: SMTP_PASSWORD\n          Value: !GetAtt SmtpKey.SecretAccessKey\n";
        let expected = (
            IamAttribute::ReturnedSecret,
            "SMTP_PASSWORD".to_owned(),
            "SecretAccessKey".to_owned(),
        );
        assert_eq!(shown(returned), [expected]);
    }

    #[test]
    fn the_name_of_the_user_in_the_place_of_the_login_is_found() {
        let text = "  SMTP_USERNAME = aws_iam_user.smtp.name\n";
        let expected = (
            IamAttribute::UserName,
            "SMTP_USERNAME".to_owned(),
            "name".to_owned(),
        );
        assert_eq!(shown(text), [expected]);
        for text in [
            "resource \"aws_iam_access_key\" \"smtp\" {\n  user = aws_iam_user.smtp.name\n}",
            "output \"smtp_iam_user\" {\n  value = aws_iam_user.smtp.name\n}",
        ] {
            assert_eq!(shown(text), [], "{text}");
        }
    }
}
