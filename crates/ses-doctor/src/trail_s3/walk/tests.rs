//! Walks through a bucket in memory.

use super::*;
use std::collections::BTreeSet;
use std::sync::Mutex;
use trail_scan::Name;

/// Keys, and how many of them a page holds.
#[derive(Clone)]
struct Keys {
    keys: Arc<BTreeSet<String>>,
    page: usize,
    asked: Arc<Mutex<Vec<Ask>>>,
    denied: Option<&'static str>,
}

impl Keys {
    fn of(keys: impl IntoIterator<Item = String>) -> Self {
        Self {
            keys: Arc::new(keys.into_iter().collect()),
            page: 1000,
            asked: Arc::default(),
            denied: None,
        }
    }

    fn asked(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let listed = asked.iter().filter(|ask| ask.most.is_none());
        listed.map(|ask| ask.prefix.clone()).collect()
    }

    /// What a walk with this filter gives.
    async fn walked(&self, named: Named, filter: &Filter) -> Walked {
        let mut walk = Walk::new(self.clone(), named, filter.clone());
        let mut walked = Walked::default();
        while let Some(found) = walk.next().await {
            match found {
                Found::Object(object) => walked.objects.push(object.key),
                Found::RuledOut => walked.ruled_out += 1,
                Found::Passed => walked.passed += 1,
                Found::Barred(prefix, _) => walked.barred.push(prefix),
            }
        }
        walked
    }

    async fn all(&self) -> Walked {
        self.walked(Named::Folder(String::new()), &Filter::default())
            .await
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Walked {
    objects: Vec<String>,
    ruled_out: usize,
    passed: usize,
    barred: Vec<String>,
}

impl Lists for Keys {
    async fn page(&self, ask: Ask) -> Result<ListingPage, Unfetched> {
        // Answers come in another order than they are asked for.
        for _ in 0..ask.prefix.len() % 7 {
            tokio::task::yield_now().await;
        }
        self.asked.lock().unwrap().push(ask.clone());
        if self.denied == Some(ask.prefix.as_str()) {
            let why = "denied".to_owned();
            return Err(Unfetched {
                denied: false,
                why,
                help: "",
            });
        }
        let below = self.keys.iter().filter(|key| key.starts_with(&ask.prefix));
        let entry = |key: &String| {
            let rest = key.strip_prefix(&ask.prefix).unwrap();
            match rest.split_once('/') {
                Some((name, _)) if ask.folders => format!("{}{name}/", ask.prefix),
                _ => key.clone(),
            }
        };
        let entries: BTreeSet<String> = below.map(entry).collect();
        let after = ask.after.unwrap_or_default();
        let mut rest = entries.into_iter().filter(|entry| *entry > after);
        let most = ask.most.map_or(self.page, usize::from);
        let entries: Vec<String> = rest.by_ref().take(most).collect();
        let next = rest.next().and(entries.last().cloned());
        let is_object = |entry: &String| self.keys.contains(entry);
        let (objects, folders) = entries.into_iter().partition(is_object);
        Ok(ListingPage {
            objects: Vec::into_iter(objects).map(object).collect(),
            folders,
            next,
        })
    }
}

fn object(key: String) -> ListedObject {
    ListedObject {
        key,
        size: 1,
        tag: None,
    }
}

const ACCOUNT: &str = "AWSLogs/111122223333/CloudTrail";

fn delivered(region: &str, day: &str) -> String {
    let stamp = day.replace('/', "");
    format!("{ACCOUNT}/{region}/{day}/111122223333_CloudTrail_{region}_{stamp}T0505Z_a.json.gz")
}

fn trail() -> Vec<String> {
    let regions = ["eu-west-1", "us-east-1"];
    let days = ["2025/12/31", "2026/01/01", "2026/02/03", "2026/02/05"];
    let of_region = |region| days.map(|day| delivered(region, day));
    regions.into_iter().flat_map(of_region).collect()
}

#[tokio::test]
async fn a_trail_is_found_below_folders_of_any_name() {
    let below = |prefix: &str| {
        trail()
            .into_iter()
            .map(|key| format!("{prefix}{key}"))
            .collect::<Vec<_>>()
    };
    for prefix in ["", "team/", "team/of/mail/"] {
        let keys = Keys::of(below(prefix));
        assert_eq!(keys.all().await.objects, below(prefix));
        let trails = keys
            .asked()
            .iter()
            .filter(|asked| asked.ends_with("CloudTrail/"))
            .count();
        assert_eq!(trails, 1, "{prefix}: {:?}", keys.asked());
    }
}

#[tokio::test]
async fn only_what_may_hold_the_wanted_is_listed() {
    let filter = Filter {
        regions: vec![Name::new("eu-*")],
        since: Some("2026-02-01T00:00:00Z".parse().unwrap()),
        until: Some("2026-02-03T12:00:00Z".parse().unwrap()),
        ..Filter::default()
    };
    let keys = Keys::of(trail());
    let walked = keys.walked(Named::Name("AWSLogs".to_owned()), &filter).await;
    assert_eq!(walked.objects, [delivered("eu-west-1", "2026/02/03")]);
    let asked = keys.asked();
    let asked = asked
        .iter()
        .map(|prefix| prefix.strip_prefix(ACCOUNT).unwrap_or_default());
    let asked: Vec<&str> = asked.filter(|prefix| prefix.len() > 1).collect();
    let region = ["", "2026/", "2026/02/", "2026/02/03/"].map(|rest| format!("/eu-west-1/{rest}"));
    assert_eq!(asked, region);
    // The other region, the year before, the month before, and the fifth of the month.
    assert_eq!(walked.passed, 4);
}

#[tokio::test]
async fn pages_and_answers_in_any_order_give_the_keys_in_theirs() {
    let beside = ["a.json", "b/c.json", "b/d/e.jsonl.gz", "b.json", "z/y/x/w/v.json"].map(str::to_owned);
    let keys: Vec<String> = trail().into_iter().chain(beside).collect();
    let whole = Keys::of(keys.clone()).all().await;
    assert_eq!(whole.objects.len(), keys.len());
    for page in [1, 2, 5] {
        let small = Keys {
            page,
            ..Keys::of(keys.clone())
        };
        let mut walked = small.all().await.objects;
        walked.sort();
        let mut expected = whole.objects.clone();
        expected.sort();
        assert_eq!(walked, expected, "{page}");
    }
}

#[tokio::test]
async fn what_cannot_be_listed_is_told_and_the_rest_goes_on() {
    let denied = Keys {
        denied: Some("AWSLogs/111122223333/CloudTrail/eu-west-1/"),
        ..Keys::of(trail())
    };
    let filter = Filter {
        since: Some("2026-01-01T00:00:00Z".parse().unwrap()),
        ..Filter::default()
    };
    let walked = denied.walked(Named::Folder(String::new()), &filter).await;
    assert_eq!(walked.barred, [format!("{ACCOUNT}/eu-west-1/")]);
    assert_eq!(walked.objects.len(), 3);
}

#[tokio::test]
async fn a_name_is_an_object_a_folder_both_or_nothing() {
    let keys = Keys::of(["a", "a/b.json", "ab.json", "c.txt"].map(str::to_owned));
    let named = async |named: Named| keys.walked(named, &Filter::default()).await;
    let name = |name: &str| Named::Name(name.to_owned());
    assert_eq!(named(name("a")).await.objects, ["a", "a/b.json"]);
    assert_eq!(named(name("c.txt")).await.objects, ["c.txt"]);
    let beginning = named(Named::Beginning("a".to_owned())).await;
    assert_eq!(beginning.objects, ["a/b.json", "ab.json"]);
    for nothing in [
        name("b"),
        Named::Folder("ab.json/".to_owned()),
        Named::Beginning("x".to_owned()),
    ] {
        let prefix = nothing.prefix().to_owned();
        assert_eq!(named(nothing).await.barred, [prefix]);
    }
}

#[tokio::test]
async fn a_bucket_of_very_many_folders_is_listed_as_it_is() {
    let keys = (0..900).map(|number| format!("{number:03}/a/b.json"));
    let keys = Keys::of(keys);
    assert_eq!(keys.all().await.objects.len(), 900);
    let explored = keys
        .asked
        .lock()
        .unwrap()
        .iter()
        .filter(|ask| ask.folders)
        .count();
    assert_eq!(explored, MOST_EXPLORED as usize);
}
