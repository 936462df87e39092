//! Pairs whose relation a person can see.

use super::*;
use Verdict::{Equal, Incomparable, Narrower, Undetermined, Wider};

fn allow(action: &str, resource: &str, condition: &str) -> String {
    statement("Allow", action, resource, condition)
}

fn deny(action: &str, resource: &str, condition: &str) -> String {
    statement("Deny", action, resource, condition)
}

fn statement(effect: &str, action: &str, resource: &str, condition: &str) -> String {
    let condition = if condition.is_empty() {
        String::new()
    } else {
        format!(r#","Condition":{condition}"#)
    };
    format!(r#"{{"Effect":"{effect}","Action":"{action}","Resource":"{resource}"{condition}}}"#)
}

fn when(condition: &str) -> String {
    allow("ses:Send*", "*", condition)
}

#[test]
fn actions_and_resources() {
    let identity = "arn:aws:ses:eu-west-1:111122223333:identity/example.com";
    for (old, new, expected) in [
        (
            allow("ses:*", "*", ""),
            allow("ses:SendRawEmail", "*", ""),
            Narrower,
        ),
        (
            allow("ses:SendRawEmail", identity, ""),
            allow("SES:sendrawemail", identity, ""),
            Equal,
        ),
        (
            allow("ses:SendRawEmail", identity, ""),
            allow("ses:SendRawEmail", "*", ""),
            Wider,
        ),
        (
            allow("ses:Send*", identity, ""),
            allow("ses:SendRawEmail", "*", ""),
            Incomparable,
        ),
        (allow("*", "*", ""), allow("*:*", "*", ""), Equal),
        // An incomplete ARN is completed, as the evaluator does it.
        (
            allow("*", "arn:aws:ses", ""),
            allow("*", "arn:aws:ses:*:*:*", ""),
            Equal,
        ),
        (String::new(), deny("*", "*", ""), Equal),
        (
            allow("a:b", "*", ""),
            format!("{},{}", allow("a:b", "*", ""), deny("a:c", "*", "")),
            Equal,
        ),
        (
            allow("a:b", "*", ""),
            format!("{},{}", allow("a:b", "*", ""), deny("a:?", "*", "")),
            Narrower,
        ),
        // All resources but one, and that one again.
        (
            allow("a:b", "*", ""),
            format!(
                r#"{{"Effect":"Allow","Action":"a:b","NotResource":"arn:aws:s3:::x"}},{}"#,
                allow("a:b", "arn:aws:s3:::x", "")
            ),
            Equal,
        ),
        (
            r#"{"Effect":"Allow","NotAction":["a:*","b:*"],"Resource":"*"}"#.to_owned(),
            r#"{"Effect":"Allow","NotAction":"?:*","Resource":"*"}"#.to_owned(),
            Narrower,
        ),
    ] {
        assert_eq!(verdict(&old, &new), expected, "{old}\n{new}");
    }
}

#[test]
fn conditions_on_one_key() {
    for (old, new, expected) in [
        (
            r#"{"StringEquals":{"a:k":["x","y"]}}"#,
            r#"{"StringEquals":{"A:K":"x"}}"#,
            Narrower,
        ),
        (
            r#"{"StringLike":{"a:k":"x*"}}"#,
            r#"{"StringLike":{"a:k":"*x"}}"#,
            Incomparable,
        ),
        (
            r#"{"StringEquals":{"a:k":"x"}}"#,
            r#"{"StringEqualsIfExists":{"a:k":"x"}}"#,
            Wider,
        ),
        (
            r#"{"StringNotEquals":{"a:k":"x"}}"#,
            r#"{"StringNotEqualsIfExists":{"a:k":"x"}}"#,
            Equal,
        ),
        (
            r#"{"StringEqualsIgnoreCase":{"a:k":"kX"}}"#,
            r#"{"StringEquals":{"a:k":["Kx","kX"]}}"#,
            Narrower,
        ),
        (
            r#"{"Bool":{"a:k":"true"}}"#,
            r#"{"Bool":{"a:k":["true","false"]}}"#,
            Wider,
        ),
        (
            r#"{"Bool":{"a:k":["true","false"]}}"#,
            r#"{"Null":{"a:k":"false"}}"#,
            Equal,
        ),
        (
            r#"{"NumericLessThan":{"a:k":"10"}}"#,
            r#"{"NumericLessThanEquals":{"a:k":"9.5"}}"#,
            Narrower,
        ),
        (
            r#"{"NumericLessThan":{"a:k":"10"}}"#,
            r#"{"NumericLessThanEquals":{"a:k":"10.0"}}"#,
            Wider,
        ),
        (
            r#"{"DateGreaterThan":{"a:k":"2026-01-01"}}"#,
            r#"{"DateGreaterThan":{"a:k":"1767225600"}}"#,
            Equal,
        ),
        (
            r#"{"IpAddress":{"a:k":["192.0.2.0/25","192.0.2.128/25"]}}"#,
            r#"{"IpAddress":{"a:k":"192.0.2.0/24"}}"#,
            Equal,
        ),
        (
            r#"{"IpAddress":{"a:k":"192.0.2.0/24"}}"#,
            r#"{"IpAddress":{"a:k":["192.0.2.0/24","2001:db8::/32"]}}"#,
            Wider,
        ),
        (
            r#"{"ArnLike":{"a:k":"arn:aws:sns:*:*:t"}}"#,
            r#"{"ArnEquals":{"a:k":"arn:aws:sns:*:1:t"}}"#,
            Narrower,
        ),
        (
            r#"{"ArnLike":{"a:k":"arn:aws:sns:*:t"}}"#,
            r#"{"Null":{"a:k":["true","false"]}}"#,
            Wider,
        ),
        (
            r#"{"BinaryEquals":{"a:k":"QQ=="}}"#,
            r#"{"BinaryEquals":{"a:k":"QQ"}}"#,
            Equal,
        ),
    ] {
        assert_eq!(verdict(&when(old), &when(new)), expected, "{old}\n{new}");
    }
}

#[test]
fn keys_with_several_values() {
    for (old, new, expected) in [
        (
            r#"{"ForAnyValue:StringEquals":{"a:k":"x"}}"#,
            r#"{"ForAllValues:StringEquals":{"a:k":"x"}}"#,
            Incomparable,
        ),
        (
            r#"{"ForAnyValue:StringEquals":{"a:k":"x"}}"#,
            r#"{"ForAllValues:StringEquals":{"a:k":"x"},"Null":{"a:k":"false"}}"#,
            // What is left is the empty text: there, but no value to the set operators.
            Incomparable,
        ),
        (
            r#"{"ForAllValues:StringLike":{"a:k":"x*"}}"#,
            r#"{"ForAllValues:StringLike":{"a:k":["xy*","xz"]}}"#,
            Narrower,
        ),
        (
            r#"{"ForAllValues:StringEquals":{"a:k":["x","y"]}}"#,
            r#"{"ForAllValues:StringEqualsIfExists":{"a:k":["y","x"]}}"#,
            Equal,
        ),
    ] {
        assert_eq!(verdict(&when(old), &when(new)), expected, "{old}\n{new}");
    }
}

#[test]
fn variables_are_facts_that_hold_or_do_not() {
    let own = "arn:aws:iam::111122223333:user/${aws:username}";
    let any = "arn:aws:iam::111122223333:user/*";
    assert_eq!(
        verdict(&allow("iam:*", own, ""), &allow("iam:Get*", own, "")),
        Narrower
    );
    assert_eq!(
        verdict(&allow("iam:*", any, ""), &allow("iam:*", own, "")),
        Narrower
    );
    assert_eq!(verdict(&allow("iam:*", own, ""), &allow("iam:*", any, "")), Wider);
    let from = |value: &str| when(&format!(r#"{{"StringEquals":{{"ses:FromAddress":"{value}"}}}}"#));
    assert_eq!(
        verdict(
            &from("${aws:username}@example.com"),
            &from("${aws:username}@example.com")
        ),
        Equal
    );
    assert_eq!(
        verdict(&from("${aws:username}"), &from("${aws:userid}")),
        Incomparable
    );
    // The empty text behind the variable makes no difference, but nobody looks that far.
    let old = when(r#"{"StringEquals":{"a:k":"${a:v}"}}"#);
    let new = when(r#"{"StringLike":{"a:k":"${a:v}"}}"#);
    assert_eq!(verdict(&old, &new), Undetermined);
}

#[test]
fn a_document_of_2008_knows_no_variables() {
    let text = |version: &str| {
        let resource = "arn:aws:s3:::b/${aws:username}";
        format!(
            r#"{{"Version":"{version}","Statement":{{"Effect":"Allow","Action":"s3:*","Resource":"{resource}"}}}}"#
        )
    };
    let (old, new) = (documents(&text("2008-10-17")), documents(&text("2012-10-17")));
    assert_eq!(compared(&old, &new).verdict(), Incomparable);
}

#[test]
fn what_is_intended_may_be_added_even_where_the_old_denies() {
    let document = |statements: &str| {
        documents(&format!(
            r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#
        ))
    };
    let old = document(&format!(
        "{},{}",
        allow("ses:Get*", "*", ""),
        deny("ses:SendRawEmail", "*", "")
    ));
    let new = document(&format!(
        "{},{}",
        allow("ses:Get*", "*", ""),
        allow("ses:SendRawEmail", "*", "")
    ));
    let intended = document(&allow("ses:SendRawEmail", "*", ""));
    let sides = Documents {
        old: &old,
        new: &new,
        intended: &intended,
    };
    assert_eq!(compare(sides, Hints::default()).verdict(), Equal);
    assert_eq!(compared(&old, &new).verdict(), Wider);
}

#[test]
fn principals_of_resource_based_policies() {
    let allow = |principal: &str| {
        format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":"ses:SendRawEmail","Resource":"*"}}"#)
    };
    let user = r#"{"AWS":"arn:aws:iam::111122223333:user/app"}"#;
    let account = r#"{"AWS":"111122223333"}"#;
    for (old, new, expected) in [
        (allow(r#""*""#), allow(user), Narrower),
        (
            allow(account),
            allow(r#"{"AWS":"arn:aws:iam::111122223333:root"}"#),
            Equal,
        ),
        (
            allow(account),
            allow(r#"{"AWS":["111122223333","222233334444"]}"#),
            Wider,
        ),
        // A user who is named needs no policy of their own; an account has to pass the right on.
        (allow(account), allow(user), Incomparable),
        (
            allow(user),
            allow(r#"{"Service":"ses.amazonaws.com"}"#),
            Incomparable,
        ),
    ] {
        assert_eq!(verdict(&old, &new), expected, "{old}\n{new}");
    }
}

#[test]
fn examples_are_what_a_person_would_write() {
    let document = |statements: &str| {
        documents(&format!(
            r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#
        ))
    };
    let shown = |old: &str, new: &str| {
        let (old, new) = (document(old), document(new));
        let hints = Hints {
            actions: &["ses:SendEmail", "ses:SendRawEmail", "ses:GetAccount"],
            multivalued: &[],
        };
        let sides = Documents {
            old: &old,
            new: &new,
            intended: &[],
        };
        match compare(sides, hints).added {
            Difference::Example { example, by } => {
                format!(
                    "{} {} {:?} by {}",
                    example.action, example.resource, example.context, by.statement
                )
            }
            other @ (Difference::Nothing | Difference::Possible { .. } | Difference::TooComplex(_)) => {
                panic!("{other:?}")
            }
        }
    };
    let identity = "arn:aws:ses:eu-west-1:111122223333:identity/example.com";
    let from = |condition: &str| allow("ses:SendRawEmail", "*", condition);
    let examples = [
        shown(
            &allow("ses:SendRawEmail", identity, ""),
            &allow("ses:Send*", identity, ""),
        ),
        shown(
            &allow("ses:SendRawEmail", identity, ""),
            &allow("ses:SendRawEmail", "*", ""),
        ),
        shown(
            &allow("ses:*", identity, ""),
            &allow("ses:*", "arn:aws:ses:*:111122223333:identity/*", ""),
        ),
        shown(
            &from(r#"{"StringLike":{"ses:FromAddress":"*@example.com"}}"#),
            &from(r#"{"StringLike":{"ses:FromAddress":"*example.com"}}"#),
        ),
        shown(
            &from(r#"{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}"#),
            &from(r#"{"IpAddress":{"aws:SourceIp":["192.0.2.0/24","10.0.0.0/8"]}}"#),
        ),
        shown("", &allow("s3:GetObject", "arn:aws:s3:::${aws:username}/*", "")),
    ];
    insta::assert_snapshot!(examples.join("\n"));
}
