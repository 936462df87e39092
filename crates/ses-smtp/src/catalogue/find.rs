//! Finding a reply of SES inside the error line of a client. Every client wraps it in another way.

use super::recognise;
use super::rows::ROWS;
use crate::reply::{Phase, Reply};

/// Only the head of a huge text is searched.
const MAX_TEXT: usize = 64 * 1024;
const MAX_CANDIDATES: usize = 256;
const MAX_REPLY: usize = 1000;

/// A reply found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundReply {
    /// The reply; its code is the usual one when the text had none.
    pub reply: Reply,
    /// The phase, when the text names it.
    pub phase: Option<Phase>,
}

/// Finds the reply of a server in a client's error line or log excerpt: one that SES is known to send if there is one,
/// otherwise a failure code that is introduced as a reply.
pub fn find_in_text(text: &str) -> Option<FoundReply> {
    let text = head(text, MAX_TEXT);
    let candidates: Vec<Candidate<'_>> = candidates(text).take(MAX_CANDIDATES).collect();
    let known = candidates
        .iter()
        .find(|it| it.reply.code >= 400 && recognise(&it.reply).is_some());
    let reply = known.map(|it| it.reply.clone()).or_else(|| by_phrase(text));
    let reply = reply.or_else(|| {
        candidates
            .iter()
            .find(|it| it.is_introduced())
            .map(|it| it.reply.clone())
    })?;
    Some(FoundReply {
        reply,
        phase: phase_hint(text),
    })
}

struct Candidate<'a> {
    before: &'a str,
    reply: Reply,
}

impl Candidate<'_> {
    /// A bare number proves nothing: the line must begin with it, or call it a reply.
    fn is_introduced(&self) -> bool {
        const CUES: [&str; 15] = [
            "said", "login", "code", "smtp", "response", "reply", "server", "error", "auth", "failed",
            "status", "<<<", "<**", "s", "refused",
        ];
        let line = self.before.rsplit('\n').next().unwrap_or_default();
        let cue = line.trim_end_matches(|c: char| !c.is_ascii_alphanumeric() && c != '<' && c != '*');
        let tail = tail(cue, 40).to_ascii_lowercase();
        let word_before = CUES
            .iter()
            .any(|word| tail.ends_with(word) && (*word != "s" || tail == "s"));
        self.reply.code >= 400 && (cue.is_empty() || word_before)
    }
}

fn candidates(text: &str) -> impl Iterator<Item = Candidate<'_>> {
    text.match_indices(|c: char| matches!(c, '2'..='5'))
        .filter_map(|(at, _)| {
            let (before, rest) = text.split_at_checked(at)?;
            let (digits, after) = rest.split_at_checked(3)?;
            let glued = before
                .ends_with(|c: char| c.is_alphanumeric() || c == '.' || c == '-' && !before.ends_with(" -"))
                || after.starts_with(|c: char| c.is_alphanumeric())
                || (after.starts_with('.')
                    && after
                        .get(1..2)
                        .is_some_and(|next| next.bytes().all(|byte| byte.is_ascii_digit())));
            let code: u16 = digits
                .parse()
                .ok()
                .filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
            let text = (!glued && (200..600).contains(&code)).then(|| reply_text(before, after))?;
            // `got code "535", with message "535 …"`: the second is the reply; `535-… 535 …` is one in two lines.
            (!text.contains(digits) || after.starts_with('-')).then(|| Candidate {
                before,
                reply: Reply {
                    code,
                    lines: vec![text],
                },
            })
        })
}

/// The reply's text behind its code: what a client put around it is cut off.
fn reply_text(before: &str, after: &str) -> String {
    let line = after.lines().next().unwrap_or_default();
    let line = head(
        line.trim_start_matches([',', ':', ')', '-', ' ', ']', '\\', '}']),
        MAX_REPLY,
    );
    let bytes = line
        .strip_prefix('b')
        .filter(|rest| rest.starts_with(['"', '\'']))
        .unwrap_or(line);
    let quote = bytes.chars().next().filter(|c| *c == '"' || *c == '\'');
    let outer = before.chars().next_back().filter(|c| *c == '"' || *c == '\'');
    let body = quote.and_then(|quote| bytes.strip_prefix(quote)).unwrap_or(bytes);
    let ended = quote.or(outer).map_or(body, |quote| until_quote(body, quote));
    let ended = ["(in reply to", "\\n", "\\r", " {", "\" {", "', {", "\"}", "\",\""]
        .iter()
        .fold(ended, |text, mark| text.split(mark).next().unwrap_or_default());
    // A parenthesis that was opened before the reply is not part of it.
    let ended = if ended.contains('(') {
        ended
    } else {
        ended.trim_end().trim_end_matches(')')
    };
    ended.trim().trim_end_matches(['"', '\\']).to_owned()
}

/// Up to the closing quote. An apostrophe closes only before punctuation or a further `name=`, as SES itself quotes with them.
fn until_quote(text: &str, quote: char) -> &str {
    let closes = |at: usize| {
        let rest = text.get(at + 1..).unwrap_or_default();
        let next = rest.chars().next();
        quote == '"' || next.is_none_or(|next| ",)]};:".contains(next)) || begins_field(rest)
    };
    text.match_indices(quote)
        .find(|(at, _)| closes(*at))
        .and_then(|(at, _)| text.get(..at))
        .unwrap_or(text)
}

/// ` name=value`, as msmtp's log goes on behind a reply.
fn begins_field(rest: &str) -> bool {
    rest.strip_prefix(' ')
        .and_then(|rest| rest.split_once('='))
        .is_some_and(|(name, _)| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Clients such as .NET drop the code and keep the text.
fn by_phrase(text: &str) -> Option<Reply> {
    let lower = text.to_ascii_lowercase();
    let rows = ROWS.iter().filter(|row| !row.phrase.is_empty());
    let found = rows
        .filter_map(|row| Some((lower.find(row.phrase)?, row)))
        .min_by_key(|(at, _)| *at);
    let (at, code) = match found {
        Some((at, row)) => (at, *row.codes.first()?),
        None => (access_denied_at(&lower)?, 554),
    };
    let line = text.get(at..)?.lines().next()?;
    let reply = Reply {
        code,
        lines: vec![reply_text("", line)],
    };
    recognise(&reply).is_some().then_some(reply)
}

fn access_denied_at(lower: &str) -> Option<usize> {
    let at = lower
        .find(" is not authorized to perform")
        .filter(|_| lower.contains("ses:send"));
    let at = at
        .and_then(|at| lower.get(..at))
        .and_then(|before| before.rfind("user: ").or_else(|| before.rfind("user `")));
    at.or_else(|| lower.find("email address is not verified"))
}

/// The phase that a client names beside the reply. The class of an exception is no hint: many call a 530 an
/// authentication error.
fn phase_hint(text: &str) -> Option<Phase> {
    const HINTS: [(&str, Phase); 19] = [
        ("in reply to end of data", Phase::EndOfData),
        ("in reply to mail from", Phase::MailFrom),
        ("in reply to rcpt to", Phase::RcptTo),
        ("in reply to data", Phase::Data),
        ("in reply to auth", Phase::Auth),
        ("in reply to ehlo", Phase::Ehlo),
        ("in reply to starttls", Phase::StartTls),
        ("data end command failed", Phase::EndOfData),
        ("mail from command failed", Phase::MailFrom),
        ("mail command failed", Phase::MailFrom),
        ("password command failed", Phase::Auth),
        ("sasl authentication failed", Phase::Auth),
        ("invalid login", Phase::Auth),
        ("plainauth auth", Phase::Auth),
        ("loginauth auth", Phase::Auth),
        ("message failed", Phase::EndOfData),
        ("smtpdataerror", Phase::EndOfData),
        ("smtpsenderrefused", Phase::MailFrom),
        ("smtprecipientsrefused", Phase::RcptTo),
    ];
    let lower = text.to_ascii_lowercase();
    HINTS
        .iter()
        .find(|(words, _)| lower.contains(words))
        .map(|(_, phase)| *phase)
}

fn head(text: &str, length: usize) -> &str {
    text.get(..text.floor_char_boundary(length)).unwrap_or(text)
}

fn tail(text: &str, length: usize) -> &str {
    text.get(text.ceil_char_boundary(text.len().saturating_sub(length))..)
        .unwrap_or(text)
}
