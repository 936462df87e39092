//! What is damaged, hostile or on the move is told, and costs nothing else.

use std::fs;
use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use trail_scan::{Filter, Name, Order, Settings, Source};

use crate::watched::{SETTINGS, Watched, folder, gzip, of_sources, scanned, scanned_as, zstd};

const WANTED: &str = r#"{"eventVersion":"1","eventTime":"2026-03-04T05:06:07Z","eventName":"Wanted"}"#;
const OTHER: &str = r#"{"eventVersion":"1","eventTime":"2026-03-04T05:06:08Z","eventName":"Other"}"#;

fn wanted() -> Filter {
    Filter {
        actions: vec![Name::new("Wanted")],
        ..Filter::default()
    }
}

fn list(records: &[&str]) -> Vec<u8> {
    format!("{{\"Records\":[{}]}}", records.join(",")).into_bytes()
}

/// Scans a sound file beside a damaged one, with a filter that a byte search serves, and with none.
fn beside(name: &str, content: &[u8]) -> [Watched; 2] {
    let sound = gzip(&list(&[WANTED, OTHER]));
    let folder = folder(&[("a/sound.json.gz", &sound), (name, content)]);
    [wanted(), Filter::default()].map(|filter| scanned(folder.path(), &filter))
}

/// Nothing of the damaged file is given, and it is told.
fn is_skipped(name: &str, content: &[u8], why: &str) {
    for (watched, given) in beside(name, content).iter().zip([1, 2]) {
        assert_eq!(watched.records.len(), given, "{name}");
        let [(told, fault)] = watched.damaged.as_slice() else {
            panic!("{name}: {:?}", watched.damaged);
        };
        assert!(told == name && fault.contains(why), "{told}: {fault}, not {why}");
        assert_eq!((watched.summary.files, watched.summary.damaged), (1, 1));
        assert_eq!(watched.summary.lost(), 1);
    }
}

#[test]
fn packed_files_that_are_cut_off_anywhere_are_skipped() {
    let text = list(&[WANTED, OTHER, WANTED]);
    for (name, packed) in [("b.json.gz", gzip(&text)), ("b.json.zst", zstd(&text))] {
        for length in [
            packed.len() / 3,
            packed.len() / 2,
            packed.len() - 9,
            packed.len() - 1,
        ] {
            is_skipped(name, &packed[..length], "it cannot be unpacked");
        }
    }
}

#[test]
fn a_damaged_record_that_cannot_match_is_told_when_all_are_checked() {
    let damaged = r#"{"eventVersion":"1","eventName":"Other","a":tru}"#;
    let control = OTHER.replace("Other", "Oth\u{1}r");
    for record in [damaged, &control] {
        let text = list(&[WANTED, record, OTHER]);
        for (name, content) in [
            ("a.json.gz", gzip(&text)),
            ("a.json.zst", zstd(&text)),
            ("a.json", text),
        ] {
            let folder = folder(&[(name, &content)]);
            let quick = scanned(folder.path(), &wanted());
            let checked = scanned_as(
                folder.path(),
                &wanted(),
                Settings {
                    check: true,
                    ..SETTINGS
                },
            );
            assert_eq!((quick.summary.unread, checked.summary.unread), (0, 1), "{name}");
            assert_eq!(quick.records, checked.records);
            assert_eq!(quick.records.len(), 1);
        }
    }
}

#[test]
fn packed_files_with_a_wrong_bit_are_skipped() {
    let text = list(&[WANTED; 50]);
    for (name, mut packed) in [("b.json.gz", gzip(&text)), ("b.json.zst", zstd(&text))] {
        // The checksum knows.
        let at = packed.len() - 2;
        packed[at] ^= 1;
        is_skipped(name, &packed, "it cannot be unpacked");
    }
}

#[test]
fn wrong_json_is_skipped() {
    for (text, why) in [
        ("{\"Records\":[", "not closed"),
        ("{\"Records\":[{\"eventName\":\"Wanted\"}", "not closed"),
        ("{\"Records\":[{\"eventName\":\"Wanted", "it ends inside"),
        ("{\"Records\":[\"Wanted\"]}", "no JSON object at byte 12"),
        ("{\"Events\":[{\"eventName\":\"Wanted\"}]}", "neither"),
        ("<html>Wanted</html>", "no JSON object at byte 0"),
        ("\0\0\0Wanted", "no JSON object at byte 0"),
    ] {
        is_skipped("b.json", text.as_bytes(), why);
        is_skipped("b.json.gz", &gzip(text.as_bytes()), why);
    }
}

#[test]
fn a_record_that_cannot_be_read_costs_itself_only() {
    let broken: [&[u8]; 4] = [
        b"{\"eventVersion\":\"1\",\"eventName\":\"Wanted\",\"p\":\"\xFF\"}",
        b"{\"eventVersion\":\"1\",\"eventName\":\"Wanted\",,}",
        b"{\"eventVersion\":\"1\",\"eventName\":\"Wanted\",\"eventName\":\"Wanted\"}",
        b"{\"eventVersion\":\"1\",\"eventName\":\"Wanted\",\"p\":[1}}",
    ];
    for record in broken {
        let whole = [b"{\"Records\":[", WANTED.as_bytes(), b",", record, b"]}"].concat();
        let lines = [WANTED.as_bytes(), b"\n", record, b"\n"].concat();
        for content in [whole, lines] {
            for (watched, given) in beside("b.json", &content).iter().zip([2, 3]) {
                assert_eq!(watched.records.len(), given);
                assert_eq!((watched.summary.unread, watched.summary.damaged), (1, 0));
                assert!(
                    watched.damaged[0].1.contains("the record at byte"),
                    "{:?}",
                    watched.damaged
                );
            }
        }
    }
}

/// So many times the same, without ever holding it.
struct Again {
    head: &'static [u8],
    piece: &'static [u8],
    left: u64,
}

impl Read for Again {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.head.is_empty() {
            return self.head.read(into);
        }
        let length = self
            .piece
            .len()
            .min(into.len())
            .min(usize::try_from(self.left).unwrap_or(usize::MAX));
        into[..length].copy_from_slice(&self.piece[..length]);
        self.left -= length as u64;
        Ok(length)
    }
}

fn bomb(head: &'static [u8], piece: &'static [u8], size: u64) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut text = Again {
        head,
        piece,
        left: size,
    };
    io::copy(&mut text, &mut packer).unwrap();
    packer.finish().unwrap()
}

#[test]
fn bombs_are_given_up() {
    const SIZE: u64 = 40_000_000;
    for (head, piece, why) in [
        (b"".as_slice(), [0; 65536].as_slice(), "no JSON object"),
        (
            b"{\"Records\":[{\"eventName\":\"",
            &[b'x'; 65536],
            "larger than 4 MiB",
        ),
        (b"{\"Records\":[", &[b' '; 65536], "larger than 4 MiB"),
        (b"{\"Records\":[{\"a\":", &[b'['; 65536], "larger than 4 MiB"),
    ] {
        let mut packed = bomb(head, piece, SIZE);
        is_skipped("b.json.gz", &packed, why);
        // One that says it is small.
        let size = packed.len() - 4;
        packed[size..].copy_from_slice(&100u32.to_le_bytes());
        is_skipped("b.json.gz", &packed, why);
    }
}

#[test]
fn more_matches_than_memory_are_sorted_and_those_of_a_damaged_file_withdrawn() {
    let record = |second: usize| {
        let long = "x".repeat(2000);
        format!(
            r#"{{"eventVersion":"1","eventTime":"2026-03-04T05:06:{second:02}Z","eventName":"Wanted","p":"{long}"}}"#
        )
    };
    let records: Vec<String> = (0..30_000).map(|number| record(number % 60)).collect();
    let text = format!("{{\"Records\":[{}]}}", records.join(","));
    let packed = gzip(text.as_bytes());
    let cut = &packed[..packed.len() - 9];
    let folder = folder(&[("a.json.gz", &packed), ("b.json.gz", cut)]);
    let watched = scanned(folder.path(), &wanted());
    assert_eq!(watched.records.len(), records.len());
    assert_eq!((watched.summary.matches, watched.summary.damaged), (30_000, 1));
    let mut sorted = records;
    sorted.sort_by(|one, other| other.get(..60).cmp(&one.get(..60)));
    assert_eq!(watched.records, sorted);
}

#[test]
fn records_of_256_kb_come_out_unchanged() {
    let large = format!(
        r#"{{"eventVersion":"1","eventTime":"2026-03-04T05:06:07Z","p":"{}\u0026\/é","eventName":"Wanted"}}"#,
        "x".repeat(256 * 1024)
    );
    let text = list(&[OTHER, &large, OTHER, &large]);
    for (name, content) in [
        ("b.json.gz", gzip(&text)),
        ("b.json.zst", zstd(&text)),
        ("b.json", text),
    ] {
        let folder = folder(&[(name, &content)]);
        assert_eq!(
            scanned(folder.path(), &wanted()).records,
            [large.as_str(), large.as_str()]
        );
    }
}

#[test]
fn many_small_files_are_read() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..3000 {
        let day = folder.path().join(format!("{:02}", number % 28));
        fs::create_dir_all(&day).unwrap();
        fs::write(
            day.join(format!("{number}.json.gz")),
            gzip(&list(&[WANTED, OTHER])),
        )
        .unwrap();
    }
    let watched = scanned(folder.path(), &wanted());
    assert_eq!((watched.records.len(), watched.summary.files), (3000, 3000));
}

#[test]
fn files_that_vanish_are_told() {
    let folder = folder(&[("a.json", &list(&[WANTED])), ("b.json", &list(&[WANTED]))]);
    let gone = folder.path().join("b.json");
    fs::remove_file(&gone).unwrap();
    let sources = [folder.path().join("a.json"), gone].map(Source::File);
    let watched = of_sources(sources.into_iter(), &wanted(), SETTINGS).unwrap();
    assert_eq!((watched.records.len(), watched.damaged.len()), (1, 1));
}

#[test]
fn files_that_grow_and_shrink_and_go_while_they_are_read_are_survived() {
    let folder = tempfile::tempdir().unwrap();
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut round = 0;
            while !ended.load(Ordering::Relaxed) {
                let path = folder.path().join(format!("{}.json", round % 7));
                let line = format!("{WANTED}\n").repeat(round % 50);
                let mut file = fs::File::options().append(true).create(true).open(&path).unwrap();
                file.write_all(line.as_bytes()).unwrap();
                // Files stay small, so that no scan falls behind them.
                match round % 11 {
                    0 => fs::remove_file(&path).unwrap(),
                    5 => file.set_len(10).unwrap(),
                    _ if file.metadata().unwrap().len() > 50_000 => file.set_len(0).unwrap(),
                    _ => {}
                }
                round += 1;
            }
        });
        for _ in 0..50 {
            let watched = scanned(folder.path(), &wanted());
            assert!(watched.records.iter().all(|record| record == WANTED));
        }
        ended.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_line_that_is_being_written_is_told_and_the_others_count() {
    let text = format!("{WANTED}\n{WANTED}\n{}", WANTED.get(..30).unwrap());
    for (watched, given) in beside("b.json", text.as_bytes()).iter().zip([3, 4]) {
        assert_eq!((watched.records.len(), watched.summary.unread), (given, 1));
    }
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_dead_links_and_pipes_that_lie_about_do_not_stop_a_scan() {
    let folder = folder(&[("a/b/c.json", &list(&[WANTED]))]);
    std::os::unix::fs::symlink(folder.path(), folder.path().join("a/b/up")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("dead.json")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(folder.path().join("pipe.json"))
        .status();
    assert!(made.unwrap().success());
    let watched = scanned(folder.path(), &wanted());
    assert_eq!(watched.records, [WANTED]);
    let told: Vec<&str> = watched.damaged.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(told, ["dead.json", "up"]);
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_entered_is_told() {
    // Root enters every folder, so that for root the file below has to do.
    let folder = folder(&[("a.json", &list(&[WANTED])), ("closed/b.json", &list(&[WANTED]))]);
    let closed = folder.path().join("closed");
    fs::set_permissions(&closed, std::os::unix::fs::PermissionsExt::from_mode(0o000)).unwrap();
    let opened = fs::read_dir(&closed).is_ok();
    let unreadable = folder.path().join("mem.json");
    // Reading from its beginning is an error for everybody.
    std::os::unix::fs::symlink("/proc/self/mem", &unreadable).unwrap();
    let watched = scanned(folder.path(), &wanted());
    assert!(
        watched.damaged.iter().any(|(name, _)| name == "mem.json"),
        "{:?}",
        watched.damaged
    );
    assert_eq!(watched.records.len(), if opened { 2 } else { 1 });
    assert_eq!(watched.damaged.len(), if opened { 1 } else { 2 });
    assert_eq!(watched.summary.denied, if opened { 0 } else { 1 });
    assert_eq!(watched.summary.unreadable, 1);
    fs::set_permissions(&closed, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
}

/// Gives what it has, and then fails.
struct Failing(Vec<u8>, Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.0.as_slice().read(into)?;
        self.0.drain(..read);
        match self.1.take_if(|_| read == 0) {
            Some(error) => Err(error),
            None => Ok(read),
        }
    }
}

#[test]
fn what_is_denied_and_what_cannot_be_had_is_not_damaged() {
    let unfetched = |denied| {
        io::Error::from(trail_scan::Unfetched {
            denied,
            why: "a reason".to_owned(),
            help: "a help",
        })
    };
    let text = list(&[WANTED; 200]);
    let stream = |packed: &[u8], error: io::Error| {
        let half = packed[..packed.len() / 2].to_vec();
        Source::Stream("a stream".to_owned(), Box::new(Failing(half, Some(error))))
    };
    let barred = |error| Source::Barred("a folder".to_owned(), error);
    let object = |error| Source::Object("an object".to_owned(), Box::new(|| Err(error)));
    let sources = [
        barred(io::ErrorKind::PermissionDenied.into()),
        object(unfetched(true)),
        stream(&zstd(&text), unfetched(true)),
        stream(&gzip(&text), unfetched(true)),
        barred(io::ErrorKind::NotFound.into()),
        object(unfetched(false)),
        stream(&zstd(&text), unfetched(false)),
        stream(&gzip(&text), io::Error::from_raw_os_error(5)),
        stream(&text, io::ErrorKind::ConnectionReset.into()),
        Source::Stream(
            "cut off".to_owned(),
            Box::new(io::Cursor::new(gzip(&text)[..60].to_vec())),
        ),
    ];
    let watched = of_sources(sources.into_iter(), &wanted(), SETTINGS).unwrap();
    let summary = watched.summary;
    assert_eq!(
        (summary.denied, summary.unreadable, summary.damaged),
        (4, 5, 1),
        "{:?}",
        watched.damaged
    );
    assert_eq!((summary.files, summary.matches, watched.records.len()), (0, 0, 0));
    assert!(!summary.is_whole() && summary.lost() == 10);
}

#[test]
fn a_window_that_is_too_large_is_no_damage() {
    // The header of a frame with a window of 2 GiB. (RFC 8878, section 3.1.1.1.2.)
    let frame = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 21 << 3, 0x01, 0x00, 0x00];
    let folder = folder(&[("a.json.zst", &frame)]);
    let watched = scanned(folder.path(), &wanted());
    assert_eq!((watched.summary.unreadable, watched.summary.damaged), (1, 0));
    assert!(
        watched.damaged[0].1.contains("larger than 8 MiB"),
        "{:?}",
        watched.damaged
    );
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_utf_8_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let name: std::ffi::OsString = std::os::unix::ffi::OsStringExt::from_vec(b"a \xFF\n.JSON".to_vec());
    fs::write(folder.path().join(name), list(&[WANTED])).unwrap();
    assert_eq!(scanned(folder.path(), &wanted()).records, [WANTED]);
}

#[test]
fn a_stream_gives_records_before_it_ends() {
    /// Gives one line, and then waits until it was seen.
    struct Live<'s>(&'static [u8], &'s AtomicBool);
    impl Read for Live<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            while self.0.is_empty() && !self.1.load(Ordering::Relaxed) {
                std::thread::yield_now();
            }
            self.0.read(into)
        }
    }
    struct Seen(&'static AtomicBool);
    impl trail_scan::Watcher for Seen {
        fn found(&mut self, _: &trail_scan::Match) -> io::Result<()> {
            self.0.store(true, Ordering::Relaxed);
            Ok(())
        }
        fn damaged(&mut self, damage: &trail_scan::Damage) {
            panic!("{damage:?}");
        }
        fn progress(&mut self, _: &trail_scan::Summary) -> io::Result<()> {
            Ok(())
        }
    }
    static SEEN: AtomicBool = AtomicBool::new(false);
    let line = br#"{"eventName":"Wanted"}
"#;
    let source = Source::Stream("-".to_owned(), Box::new(Live(line, &SEEN)));
    let settings = Settings {
        order: Order::AsFound,
        ..SETTINGS
    };
    let summary = trail_scan::scan([source].into_iter(), &wanted(), settings, &mut Seen(&SEEN)).unwrap();
    assert_eq!((summary.matches, summary.files), (1, 1));
}

#[test]
fn threads_and_order_make_no_difference_to_what_is_found() {
    let files: Vec<(String, Vec<u8>)> = (0..50)
        .map(|number| (format!("{number:02}.json"), list(&vec![WANTED; number])))
        .collect();
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_slice()))
        .collect();
    let folder = folder(&files);
    for threads in [1, 3, 16] {
        for order in [Order::AsFound, Order::NewestFirst] {
            let settings = Settings {
                threads,
                order,
                ..SETTINGS
            };
            assert_eq!(
                scanned_as(folder.path(), &wanted(), settings).records.len(),
                49 * 50 / 2
            );
        }
    }
}
