//! What the fuzz targets of `trail-scan` do with their input. The tests of `trail-scan` run them over the seeds and over random
//! input, so that they cannot rot.

use std::io::{self, Cursor};

use trail_scan::{
    Damage, Extent, Filter, Match, Name, Order, Settings, Source, Standing, Summary, Watcher, extent,
    standing,
};

#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    records: Vec<Vec<u8>>,
    damaged: u64,
}

impl Watcher for Found {
    fn found(&mut self, found: &Match) -> io::Result<()> {
        self.records.push(found.record.to_vec());
        Ok(())
    }

    fn damaged(&mut self, _: &Damage) {
        self.damaged += 1;
    }

    fn progress(&mut self, _: &Summary) -> io::Result<()> {
        Ok(())
    }
}

/// An archive's file, packed or not. Where nothing is wrong with it, it makes no difference whether it is read whole or in
/// pieces, searched or read through.
pub(crate) fn trail_file(data: &[u8]) {
    let of = |action| Filter {
        actions: vec![Name::new(action)],
        ..Filter::default()
    };
    let pieces = found(stream(data), &of("Wanted"));
    let whole = found(object(data), &of("Wanted"));
    let everything = found(object(data), &of("*"));
    if pieces.damaged == 0 {
        assert_eq!(pieces, whole);
    }
    assert!(everything.damaged >= whole.damaged);
    if everything.damaged == 0 {
        assert!(
            whole
                .records
                .iter()
                .all(|record| everything.records.contains(record))
        );
    }
}

/// The key of an object, as a server may list it. Where nothing is asked, nothing but what is not of CloudTrail's events is passed
/// over; a region is looked for below `CloudTrail/` only.
pub(crate) fn trail_key(data: &[u8]) {
    let key = String::from_utf8_lossy(data);
    let (folder, name) = key.rsplit_once('/').unwrap_or(("", &key));
    let folder = format!("{folder}/");
    let of_region = Filter {
        regions: vec![Name::new("eu-west-1")],
        ..Filter::default()
    };
    let everything = extent(&folder, &Filter::default());
    assert!(everything != Extent::Nothing || folder.contains("AWSLogs/"));
    if standing(name, &Filter::default()) == Standing::Strange {
        assert_eq!(standing(name, &of_region), Standing::Strange);
    }
    let passed_for_region = extent(&folder, &of_region) == Extent::Nothing && everything != Extent::Nothing;
    assert!(!passed_for_region || folder.contains("/CloudTrail/"));
}

fn stream(data: &[u8]) -> Source {
    Source::Stream("-".to_owned(), Box::new(Cursor::new(data.to_vec())))
}

fn object(data: &[u8]) -> Source {
    let data = data.to_vec();
    Source::Object("object".to_owned(), Box::new(|| Ok(Box::new(data))))
}

fn found(source: Source, filter: &Filter) -> Found {
    let settings = Settings {
        threads: 1,
        memory: 64 * 1024 * 1024,
        order: Order::NewestFirst,
        check: false,
    };
    let mut found = Found::default();
    let summary = trail_scan::scan([source].into_iter(), filter, settings, &mut found);
    assert_eq!(
        summary.map(|summary| summary.matches).ok(),
        Some(found.records.len() as u64)
    );
    found
}
