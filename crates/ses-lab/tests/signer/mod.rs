//! Signature Version 4 from the client's side, written for these tests alone.

#![expect(clippy::unwrap_used, clippy::string_slice, reason = "a test may fail")]

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use ses_lab::Lab;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const ADMIN: &str = "AKIAADMINKEY23456722";
pub(crate) const ADMIN_SECRET: &str = "adminsecretadminsecretadminsecretadminse";

/// One request, and how it is signed.
pub(crate) struct Call<'a> {
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a str,
    pub(crate) key: &'a str,
    pub(crate) secret: &'a str,
    pub(crate) minutes_off: i64,
}

impl Default for Call<'_> {
    fn default() -> Self {
        Self {
            service: "iam",
            region: "us-east-1",
            method: "POST",
            path: "/",
            headers: &[("content-type", "application/x-www-form-urlencoded")],
            body: "",
            key: ADMIN,
            secret: ADMIN_SECRET,
            minutes_off: 0,
        }
    }
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Call<'_> {
    pub(crate) fn signed(&self, host: &str) -> String {
        let at = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(self.minutes_off);
        let time = at.strftime("%Y%m%dT%H%M%SZ").to_string();
        let day = &time[..8];
        let mut headers: BTreeMap<&str, &str> = self.headers.iter().copied().collect();
        headers.insert("host", host);
        headers.insert("x-amz-date", &time);
        let names = headers.keys().copied().collect::<Vec<_>>().join(";");
        let lines: String = headers
            .iter()
            .map(|(name, value)| format!("{name}:{value}\n"))
            .collect();
        let canonical = format!(
            "{}\n{}\n\n{lines}\n{names}\n{}",
            self.method,
            self.path,
            hex(&Sha256::digest(self.body))
        );
        let scope = format!("{day}/{}/{}/aws4_request", self.region, self.service);
        let to_sign = format!(
            "AWS4-HMAC-SHA256\n{time}\n{scope}\n{}",
            hex(&Sha256::digest(canonical))
        );
        let parts = [self.region, self.service, "aws4_request", &to_sign];
        let first = mac(format!("AWS4{}", self.secret).as_bytes(), day);
        let signature = hex(&parts.iter().fold(first, |key, part| mac(&key, part)));
        let sent: String = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        format!(
            "{} {} HTTP/1.1\r\n{sent}authorization: AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, \
             Signature={signature}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{}",
            self.method,
            self.path,
            self.key,
            self.body.len(),
            self.body
        )
    }

    /// Status and body.
    pub(crate) async fn send(&self, lab: &Lab) -> (u16, String) {
        let host = lab.api_url().replace("http://", "");
        raw(&host, &self.signed(&host)).await
    }
}

pub(crate) async fn raw(host: &str, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    (
        head.split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .unwrap_or(0),
        body.to_owned(),
    )
}
