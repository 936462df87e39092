//! A bucket's keys in their order, without the folders that the filter rules out. Listings are asked for ahead, since each is a
//! journey; what comes of them is put together in order, so that the same bucket gives the same rows.

use super::place::Named;
use ses_doctor_aws::{ListedObject, Listing, ListingPage};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::task::JoinHandle;
use trail_scan::{Extent, Filter, Standing, Unfetched, extent, standing};

/// Listings that are under way at once.
const AHEAD: usize = 8;

/// Folders of an unknown layout that are looked into for CloudTrail's, so deep and so many. The rest is listed as it is.
const DEEPEST: u8 = 4;
const MOST_EXPLORED: u32 = 200;

/// What can be listed.
pub(super) trait Lists: Clone + Send + Sync + 'static {
    /// One page.
    fn page(&self, ask: Ask) -> impl Future<Output = Result<ListingPage, Unfetched>> + Send;
}

/// What is asked of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Ask {
    pub(super) prefix: String,
    /// Only what is directly below.
    pub(super) folders: bool,
    pub(super) most: Option<u16>,
    pub(super) after: Option<String>,
}

impl Ask {
    pub(super) fn listing(&self) -> Listing<'_> {
        Listing {
            prefix: &self.prefix,
            folders: self.folders,
            most: self.most,
            after: self.after.as_deref(),
        }
    }
}

/// What a walk comes upon.
#[derive(Debug)]
pub(super) enum Found {
    /// An object to read.
    Object(ListedObject),
    /// One whose name rules it out.
    RuledOut,
    /// A folder that was not listed: region or day rule it out, or it is not of CloudTrail's events.
    Passed,
    /// What could not be listed, by its prefix.
    Barred(String, Unfetched),
}

/// A walk under way.
pub(super) struct Walk<L> {
    lists: L,
    filter: Arc<Filter>,
    steps: VecDeque<Step>,
    explored: u32,
}

enum Step {
    Found(Found),
    Do(Task),
    Doing(JoinHandle<Vec<Self>>),
}

#[derive(Debug)]
enum Task {
    /// See what the name is of.
    Look(Named),
    /// All that begins so, from where a page ended.
    Everything(String, Option<String>),
    /// What is directly below, each judged by itself.
    Below(String),
    /// The same where the layout is not known, so deep by now.
    Explore(String, u8),
}

impl<L: Lists> Walk<L> {
    pub(super) fn new(lists: L, named: Named, filter: Filter) -> Self {
        Self {
            lists,
            filter: Arc::new(filter),
            steps: VecDeque::from([Step::Do(Task::Look(named))]),
            explored: 0,
        }
    }

    /// What comes next; `None` at the end.
    pub(super) async fn next(&mut self) -> Option<Found> {
        loop {
            match self.steps.pop_front()? {
                Step::Found(found) => return Some(found),
                Step::Doing(task) => {
                    let steps = task
                        .await
                        .unwrap_or_else(|_| vec![Step::Found(Found::Barred(String::new(), broken_off()))]);
                    steps
                        .into_iter()
                        .rev()
                        .for_each(|step| self.steps.push_front(step));
                    self.start();
                }
                task @ Step::Do(_) => {
                    self.steps.push_front(task);
                    self.start();
                }
            }
        }
    }

    /// Begins what comes first of what is to be done. What is begun does not depend on which answer came first.
    fn start(&mut self) {
        let waiting = self
            .steps
            .iter_mut()
            .filter(|step| !matches!(step, Step::Found(_)));
        for step in waiting.take(AHEAD) {
            if let Step::Do(task) = step {
                let mut task = std::mem::replace(task, Task::Below(String::new()));
                if let Task::Explore(prefix, _) = &task {
                    self.explored += 1;
                    if self.explored > MOST_EXPLORED {
                        task = Task::Everything(prefix.clone(), None);
                    }
                }
                let (lists, filter) = (self.lists.clone(), Arc::clone(&self.filter));
                *step = Step::Doing(tokio::spawn(async move { task.done(&lists, &filter).await }));
            }
        }
    }
}

/// What was not listed to its end must not look as if it were.
pub(super) fn broken_off() -> Unfetched {
    Unfetched {
        denied: false,
        why: "its listing broke off".to_owned(),
        help: "scan it again; should it happen again, it is a fault of this program",
    }
}

impl Task {
    async fn done<L: Lists>(self, lists: &L, filter: &Filter) -> Vec<Step> {
        let prefix = match &self {
            Self::Look(named) => named.prefix().to_owned(),
            Self::Everything(prefix, _) | Self::Below(prefix) | Self::Explore(prefix, _) => prefix.clone(),
        };
        let steps = match self {
            Self::Look(named) => look(lists, named, filter).await,
            Self::Everything(prefix, after) => everything(lists, prefix, after, filter).await,
            Self::Below(prefix) => below(lists, &prefix, None, filter).await,
            Self::Explore(prefix, depth) => below(lists, &prefix, Some(depth), filter).await,
        };
        steps.unwrap_or_else(|unfetched| vec![Step::Found(Found::Barred(prefix, unfetched))])
    }
}

type Steps = Result<Vec<Step>, Unfetched>;

async fn look<L: Lists>(lists: &L, named: Named, filter: &Filter) -> Steps {
    let first = async |prefix: String| {
        let ask = Ask {
            prefix,
            most: Some(1),
            ..Ask::default()
        };
        let page = lists.page(ask).await?;
        Ok(page.objects.into_iter().next())
    };
    let (object, folder) = match named {
        Named::Name(name) => {
            // Of all keys that begin with a name, the name itself comes first.
            let object = first(name.clone()).await?.filter(|object| object.key == name);
            let folder = format!("{name}/");
            let below = first(folder.clone()).await?;
            (object, below.map(|_| of_folder(folder, 0, filter)))
        }
        Named::Folder(folder) => {
            let below = first(folder.clone()).await?;
            (None, below.map(|_| of_folder(folder, 0, filter)))
        }
        Named::Beginning(beginning) => {
            let below = first(beginning.clone()).await?;
            (None, below.map(|_| Step::Do(Task::Below(beginning))))
        }
    };
    if object.is_none() && folder.is_none() {
        return Err(Unfetched {
            denied: false,
            why: "there is nothing".to_owned(),
            help: "a name is that of an object or of all below it; with a `*` at its end, of all that begins so",
        });
    }
    // What is named itself is read whatever its name.
    let object = object.map(|object| Step::Found(Found::Object(object)));
    Ok(object.into_iter().chain(folder).collect())
}

async fn everything<L: Lists>(lists: &L, prefix: String, after: Option<String>, filter: &Filter) -> Steps {
    let ask = Ask {
        prefix: prefix.clone(),
        after,
        ..Ask::default()
    };
    let page = lists.page(ask).await?;
    let objects = page
        .objects
        .into_iter()
        .filter_map(|object| of_object(object, filter));
    let next = page
        .next
        .map(|next| Step::Do(Task::Everything(prefix, Some(next))));
    Ok(objects.chain(next).collect())
}

/// What is directly below, in the order in which a walk through folders on disk comes upon it. `depth` where the layout is not
/// known: what takes more than a page is then no place to look for CloudTrail's folders.
async fn below<L: Lists>(lists: &L, prefix: &str, depth: Option<u8>, filter: &Filter) -> Steps {
    let mut steps: Vec<(String, Step)> = Vec::new();
    let mut after = None;
    loop {
        let ask = Ask {
            prefix: prefix.to_owned(),
            folders: true,
            after,
            ..Ask::default()
        };
        let page = lists.page(ask).await?;
        if depth.is_some() && page.next.is_some() {
            return Ok(vec![Step::Do(Task::Everything(prefix.to_owned(), None))]);
        }
        let deeper = depth.map_or(0, |depth| depth + 1);
        steps.extend(page.folders.into_iter().map(|folder| {
            let name = folder.trim_end_matches('/').to_owned();
            (name, of_folder(folder, deeper, filter))
        }));
        let objects = page.objects.into_iter();
        steps.extend(objects.filter_map(|object| Some((object.key.clone(), of_object(object, filter)?))));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    steps.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(steps.into_iter().map(|(_, step)| step).collect())
}

fn of_folder(folder: String, depth: u8, filter: &Filter) -> Step {
    match extent(&folder, filter) {
        Extent::Nothing => Step::Found(Found::Passed),
        Extent::Part => Step::Do(Task::Below(folder)),
        Extent::Whole => Step::Do(Task::Everything(folder, None)),
        // Below CloudTrail's own folder there is no other.
        Extent::Unknown if depth < DEEPEST && !folder.contains("AWSLogs/") => {
            Step::Do(Task::Explore(folder, depth))
        }
        Extent::Unknown => Step::Do(Task::Everything(folder, None)),
    }
}

fn of_object(object: ListedObject, filter: &Filter) -> Option<Step> {
    let name = object.key.rsplit('/').next().unwrap_or_default();
    match standing(name, filter) {
        Standing::Strange => None,
        Standing::RuledOut => Some(Step::Found(Found::RuledOut)),
        Standing::Wanted => Some(Step::Found(Found::Object(object))),
    }
}

#[cfg(test)]
mod tests;
