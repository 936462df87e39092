//! Buckets of Amazon S3, read only: listed page by page, objects fetched whole or in ranges. (Amazon S3 API Reference,
//! `ListObjectsV2`, `GetObject`.)

mod listing;

pub use listing::{ListedObject, ListingPage};

use crate::client::Aws;
use crate::outcome::{Look, Trouble, observed};
use crate::permissions::{GET_OBJECT, LIST_BUCKET};
use crate::signed::{Get, Refused, Rest, Service, rest_refused};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::body::SdkBody;
use ses_doctor_core::Observed;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

const S3: Service<Rest> = Service {
    id: "S3",
    name: "s3",
    version: "2006-03-01",
    protocol: Rest,
};

/// A thousand keys of 1,024 bytes, each byte written as three, and what stands around them.
const LARGEST_PAGE: usize = 8 * 1024 * 1024;

/// An error in XML is shorter than this.
const LARGEST_ERROR: usize = 64 * 1024;

/// A bucket, wherever it is. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Bucket {
    aws: Aws,
    name: Arc<str>,
    /// Where it was found last.
    region: Arc<Mutex<String>>,
}

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Listing<'l> {
    /// The beginning of the keys.
    pub prefix: &'l str,
    /// Only what is directly there: what lies deeper is told as folders, which end in a slash.
    pub folders: bool,
    /// Entries at most.
    pub most: Option<u16>,
    /// Where the page before ended.
    pub after: Option<&'l str>,
}

/// The bytes of an object, or of a part of it.
#[derive(Debug)]
pub struct ObjectBytes(SdkBody);

impl AsRef<[u8]> for ObjectBytes {
    fn as_ref(&self) -> &[u8] {
        self.0.bytes().unwrap_or_default()
    }
}

/// An answer, or where to ask for it.
#[derive(Debug)]
enum Answer<T> {
    Here(T),
    /// The bucket is in this region.
    Elsewhere(String),
}

impl Aws {
    /// A bucket of that name. Nobody is called; it is first looked for in the operator's own region.
    pub fn bucket(&self, name: &str) -> Bucket {
        let region = self.region().unwrap_or(self.home(None)).to_owned();
        Bucket {
            aws: self.clone(),
            name: name.into(),
            region: Arc::new(Mutex::new(region)),
        }
    }
}

impl Bucket {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// One page of keys, in their order.
    pub async fn list(&self, listing: Listing<'_>) -> Observed<ListingPage> {
        let look = self.within(LIST_BUCKET, self.page(listing)).await;
        observed(look, |text| self.aws.clean(text))
    }

    /// An object as it was listed: whole, or the bytes of a range that is not empty. Should it have changed since, that is told.
    pub async fn get(&self, object: &ListedObject, range: Option<Range<u64>>) -> Observed<ObjectBytes> {
        let look = self.within(GET_OBJECT, self.bytes(object, range)).await;
        observed(look, |text| self.aws.clean(text))
    }

    async fn within<T>(&self, action: &str, look: impl Future<Output = Look<T>>) -> Look<T> {
        self.aws.within(action, look).await
    }

    async fn page(&self, listing: Listing<'_>) -> Look<ListingPage> {
        let most = listing.most.map(|most| most.to_string());
        let mut query = vec![
            ("list-type", "2"),
            ("encoding-type", "url"),
            ("prefix", listing.prefix),
        ];
        query.extend(listing.folders.then_some(("delimiter", "/")));
        query.extend(most.as_deref().map(|most| ("max-keys", most)));
        query.extend(listing.after.map(|token| ("continuation-token", token)));
        let get = Get {
            bucket: &self.name,
            key: None,
            query: &query,
            headers: Vec::new(),
            most: LARGEST_PAGE,
        };
        let page = self.follow(LIST_BUCKET, get, read_page).await?;
        page.checked(&listing).map_err(unreadable)
    }

    async fn bytes(&self, object: &ListedObject, range: Option<Range<u64>>) -> Look<ObjectBytes> {
        let size = range
            .as_ref()
            .map_or(object.size, |range| range.end.saturating_sub(range.start));
        if size == 0 {
            return Ok(ObjectBytes(SdkBody::from("")));
        }
        let mut headers = Vec::new();
        if let Some(range) = range {
            let last = range.end.saturating_sub(1);
            headers.push(("range", format!("bytes={}-{last}", range.start)));
        }
        headers.extend(object.tag.clone().map(|tag| ("if-match", tag)));
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let get = Get {
            bucket: &self.name,
            key: Some(&object.key),
            query: &[],
            headers,
            most: size.saturating_add(LARGEST_ERROR),
        };
        let bytes = self.follow(GET_OBJECT, get, read_bytes).await?;
        match bytes.as_ref().len() {
            length if length == size => Ok(bytes),
            length => Err(Trouble::failed(format!(
                "{GET_OBJECT} gave {length} bytes in place of {size}"
            ))),
        }
    }

    /// Asks where the bucket is thought to be, and once more where it is said to be.
    async fn follow<A: std::fmt::Debug + Send + Sync + 'static>(
        &self,
        permission: &str,
        get: Get<'_>,
        read: fn(&HttpResponse) -> Result<Answer<A>, Refused>,
    ) -> Look<A> {
        let region = self.region();
        let asked = |region: &str| self.aws.rest(S3, region);
        let told = match asked(&region).get(permission, get.clone(), read).await? {
            Answer::Here(answer) => return Ok(answer),
            Answer::Elsewhere(told) => told,
        };
        match asked(&told).get(permission, get, read).await? {
            Answer::Here(answer) => {
                *self.region.lock().unwrap_or_else(PoisonError::into_inner) = told;
                Ok(answer)
            }
            Answer::Elsewhere(again) => Err(Trouble::failed(format!(
                "{permission}: the bucket is said to be in {told}, and there to be in {again}"
            ))),
        }
    }

    fn region(&self) -> String {
        let region = self.region.lock();
        region.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn read_page(response: &HttpResponse) -> Result<Answer<listing::Page>, Refused> {
    answer(response, |body| listing::Page::read(body.bytes()?))
}

fn read_bytes(response: &HttpResponse) -> Result<Answer<ObjectBytes>, Refused> {
    answer(response, |body| body.try_clone().map(ObjectBytes))
}

/// S3 tells in a header where a bucket is that was looked for in the wrong region. (Amazon S3 User Guide, "Making requests
/// to an Amazon S3 bucket"; that 400 `AuthorizationHeaderMalformed` has it too is what AWS's own SDKs rely on.)
fn answer<A>(response: &HttpResponse, read: impl Fn(&SdkBody) -> Option<A>) -> Result<Answer<A>, Refused> {
    let region = response.headers().get("x-amz-bucket-region");
    match (response.status().as_u16(), region) {
        (301 | 307 | 400, Some(region)) if is_region(region) => Ok(Answer::Elsewhere(region.to_owned())),
        (200 | 206, _) => {
            let read = read(response.body()).map(Answer::Here);
            read.ok_or_else(|| Refused::new(None, None))
        }
        _ => Err(rest_refused(response)),
    }
}

/// It becomes part of a host's name.
fn is_region(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.len() <= 32 && text.bytes().all(plain)
}

fn unreadable(why: &'static str) -> Trouble {
    Trouble::failed(format!("{LIST_BUCKET}: the listing cannot be: {why}"))
}

#[cfg(test)]
mod tests;
