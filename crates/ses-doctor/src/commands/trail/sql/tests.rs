use super::*;
use insta::assert_snapshot;
use proptest::prelude::*;
use trail_scan::{Name, SourceIp};

fn table() -> Table {
    Table {
        database: "default".to_owned(),
        name: "ses_doctor_trail".to_owned(),
        root: "s3://a-trail/AWSLogs/o-abcdefghij/".to_owned(),
        accounts: vec!["111122223333".to_owned(), "444455556666".to_owned()],
        regions: Vec::new(),
    }
}

fn filter() -> Filter {
    Filter {
        access_keys: vec![Name::new("AKIAIOSFODNN7EXAMPLE"), Name::new("ASIA*")],
        users: vec![Name::new("o'neil_50%")],
        roles: vec![Name::new("deploy*_#")],
        sources: vec![Name::source("ses")],
        regions: vec![Name::new("eu-*")],
        source_ips: ["203.0.113.0/24", "2001:db8::1", "AWS Internal"]
            .map(|given| SourceIp::new(given).unwrap())
            .to_vec(),
        since: Some("2026-03-04T05:06:07Z".parse().unwrap()),
        until: Some("2026-03-05T00:00:00Z".parse().unwrap()),
        ..Filter::default()
    }
}

#[test]
fn the_filter_reads_so_in_a_table_of_files() {
    let table = table();
    let first = table.pruning(&filter());
    assert_snapshot!(select(&filter(), Schema::Files, &table.quoted(), first).unwrap());
}

#[test]
fn the_filter_reads_so_in_an_event_data_store() {
    assert_snapshot!(select(&filter(), Schema::Store, "EXAMPLE", Vec::new()).unwrap());
}

#[test]
fn the_table_is_defined_so() {
    assert_snapshot!(table().definition());
}

#[test]
fn text_anywhere_is_asked_of_a_store_and_refused_of_files() {
    let filter = Filter {
        texts: vec!["x".to_owned()],
        ..Filter::default()
    };
    assert!(conditions(&filter, Schema::Files).is_err());
    let sql = select(&filter, Schema::Store, "EXAMPLE", Vec::new()).unwrap();
    let (columns, wanted) = sql.split_once("\nFROM EXAMPLE\n").unwrap();
    assert!(columns.ends_with(",\n  coalesce(eventJson, '') AS c14"), "{sql}");
    let conditions = r"(strpos(eventJson, 'x') > 0 OR strpos(eventJson, '\u') > 0 OR eventJson IS NULL)";
    assert_eq!(wanted, format!("WHERE {conditions}\nORDER BY 1 DESC"));
}

/// What is left of a statement without its literals.
fn outside_of_literals(sql: &str) -> String {
    let mut outside = String::new();
    let mut inside = false;
    for character in sql.chars() {
        match character {
            // A doubled mark ends the literal and begins it again.
            '\'' => inside = !inside,
            _ if inside => {}
            other => outside.push(other),
        }
    }
    assert!(!inside, "a literal has no end: {sql}");
    outside
}

proptest! {
    #[test]
    fn no_text_gets_out_of_its_literal(given in "[ -~'%_#\\\\\n$\\{\\};é\u{2028}\u{0}]{0,20}", star in any::<bool>()) {
        let plain = |value: &str| {
            let name = Name::new(value);
            let filter = Filter {
                users: vec![name.clone()],
                actions: vec![name.clone()],
                request_ids: vec![name.clone()],
                regions: vec![name],
                ..Filter::default()
            };
            let files = select(&filter, Schema::Files, "t", table().pruning(&filter)).unwrap();
            let anywhere = Filter {
                texts: vec![value.to_owned()],
                ..filter
            };
            files + &select(&anywhere, Schema::Store, "t", Vec::new()).unwrap()
        };
        let given = given.replace('*', "");
        let (hostile, harmless) = match star {
            true => (format!("{given}*"), "x*"),
            false => (given, "x"),
        };
        prop_assert_eq!(outside_of_literals(&plain(&hostile)), outside_of_literals(&plain(harmless)));
    }
}
