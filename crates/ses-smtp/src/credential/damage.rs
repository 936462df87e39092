//! One function for each kind of damage, which undoes it. Each returns the values that the damaged one may have been;
//! whether one of them is right is for its shape to tell.

use super::Damage;
use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use secrecy::zeroize::Zeroizing;

pub(super) type Secret = Zeroizing<String>;

/// A kind of damage and its undoing.
pub(super) type Undo = (Damage, fn(&str) -> Vec<Secret>);

/// In the order in which they are tried: the plainest explanation first.
pub(super) const UNDO: [Undo; 10] = [
    (Damage::Newline, newline),
    (Damage::PlusBecameSpace, plus_became_space),
    (Damage::Whitespace, whitespace),
    (Damage::Quoted, quoted),
    (Damage::PercentEncoded, percent_encoded),
    (Damage::HtmlEntity, html_entity),
    (Damage::Backslash, backslash),
    (Damage::LookAlike, look_alike),
    (Damage::Prefixed, prefixed),
    (Damage::Base64Encoded, base64_encoded),
];

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

fn one(value: String) -> Vec<Secret> {
    vec![Zeroizing::new(value)]
}

fn without(value: &str, unwanted: impl Fn(char) -> bool) -> Vec<Secret> {
    one(value.chars().filter(|c| !unwanted(*c)).collect())
}

fn newline(value: &str) -> Vec<Secret> {
    without(value, |c| c == '\r' || c == '\n')
}

fn whitespace(value: &str) -> Vec<Secret> {
    let blank = |c: char| c == ' ' || c == '\t';
    let mut found = one(value.trim_matches(blank).to_owned());
    found.extend(without(value, blank));
    found
}

/// Form decoding turns `+` into a space; a base64 value never holds one.
fn plus_became_space(value: &str) -> Vec<Secret> {
    if value.contains(' ') {
        one(value.replace(' ', "+"))
    } else {
        Vec::new()
    }
}

/// Quotes, and other delimiters of the file that the value stood in: `"…"`, `'…'`, `b'…'`, a trailing `,` or `;`.
fn quoted(value: &str) -> Vec<Secret> {
    const QUOTES: &[char] = &['"', '\'', '`', '“', '”', '‘', '’', '„', '«', '»'];
    let value = value
        .strip_prefix('b')
        .filter(|rest| rest.starts_with(QUOTES))
        .unwrap_or(value);
    let ended = value.trim_end_matches([',', ';', '=']);
    [ended.trim_matches(QUOTES), value.trim_matches(QUOTES)]
        .map(|text| Zeroizing::new(text.to_owned()))
        .into()
}

/// RFC 3986 section 2.1, and systemd's `%%2F`.
fn percent_encoded(value: &str) -> Vec<Secret> {
    if !value.contains('%') {
        return Vec::new();
    }
    let mut found = one(percent_decode(value));
    if value.contains("%%") {
        found.extend(one(percent_decode(&value.replace("%%", "%"))));
    }
    found
}

fn percent_decode(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let pair = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        if let (b'%', Some(byte)) = (first, byte) {
            bytes.push(byte);
            rest = tail.get(2..).unwrap_or_default();
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn html_entity(value: &str) -> Vec<Secret> {
    if !value.contains('&') {
        return Vec::new();
    }
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        match after
            .split_once(';')
            .and_then(|(name, tail)| entity(name).map(|c| (c, tail)))
        {
            Some((c, tail)) => {
                out.push(c);
                rest = tail;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    one(out)
}

fn entity(name: &str) -> Option<char> {
    const NAMED: [(&str, char); 9] = [
        ("amp", '&'),
        ("plus", '+'),
        ("sol", '/'),
        ("equals", '='),
        ("quot", '"'),
        ("apos", '\''),
        ("lt", '<'),
        ("gt", '>'),
        ("nbsp", ' '),
    ];
    if let Some(number) = name.strip_prefix('#') {
        let hex = number.strip_prefix(['x', 'X']);
        let code = hex.map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
        return code.and_then(char::from_u32);
    }
    NAMED.iter().find(|(known, _)| *known == name).map(|(_, c)| *c)
}

/// `\/`, `\+`, a literal `\n` at the end, and JSON's `\u002b`.
fn backslash(value: &str) -> Vec<Secret> {
    if !value.contains('\\') {
        return Vec::new();
    }
    let lower = value.replace("\\u002B", "+").replace("\\u002F", "/");
    let plain = lower.replace("\\u002b", "+").replace("\\u002f", "/");
    let ended = plain.trim_end_matches("\\n").trim_end_matches("\\r");
    one(ended.replace('\\', ""))
}

fn look_alike(value: &str) -> Vec<Secret> {
    if value.is_ascii() {
        return Vec::new();
    }
    one(value.chars().filter_map(ascii_twin).collect())
}

/// The ASCII character that a character is taken for; `None` for an invisible one.
fn ascii_twin(c: char) -> Option<char> {
    const TWINS: &[(&str, char)] = &[
        ("АΑ", 'A'),
        ("ВΒ", 'B'),
        ("СϹ", 'C'),
        ("ЕΕ", 'E'),
        ("НΗ", 'H'),
        ("ІΙӀ", 'I'),
        ("ЈͿ", 'J'),
        ("КΚ", 'K'),
        ("МΜ", 'M'),
        ("Ν", 'N'),
        ("ОΟ", 'O'),
        ("РΡ", 'P'),
        ("Ѕ", 'S'),
        ("ТΤ", 'T'),
        ("ХΧ", 'X'),
        ("ҮΥ", 'Y'),
        ("Ζ", 'Z'),
        ("аα", 'a'),
        ("сϲ", 'c'),
        ("е", 'e'),
        ("іι", 'i'),
        ("ј", 'j'),
        ("оο", 'o'),
        ("рρ", 'p'),
        ("ѕ", 's'),
        ("х", 'x'),
        ("у", 'y'),
        ("∕⁄⧸", '/'),
        ("﹢➕", '+'),
        ("‐‑‒–—−", '-'),
        ("“”„", '"'),
        ("‘’", '\''),
    ];
    match c {
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{feff}' => None,
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(' '),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        _ => Some(
            TWINS
                .iter()
                .find(|(twins, _)| twins.contains(c))
                .map_or(c, |(_, ascii)| *ascii),
        ),
    }
}

/// `SMTP_PASSWORD=…`, `password: …`, `AKIA…:…` (either half), `export NAME=…`.
fn prefixed(value: &str) -> Vec<Secret> {
    let mut found = Vec::new();
    for separator in ['=', ':'] {
        if let Some((head, tail)) = value.split_once(separator)
            && head.len() <= 64
            && !tail.is_empty()
        {
            found.extend(one(tail.trim_start().to_owned()));
            found.extend(one(head.to_owned()));
        }
    }
    found
}

fn base64_encoded(value: &str) -> Vec<Secret> {
    if value.len() < 24 {
        return Vec::new();
    }
    let decoded = LENIENT
        .decode(value)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.map(one).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_decoding_leaves_what_is_not_an_escape() {
        assert_eq!(percent_decode("a%2Fb%2bc%zz%4"), "a/b+c%zz%4");
    }

    #[test]
    fn entities_by_name_and_number() {
        assert_eq!(
            html_entity("a&#43;b&#x2F;c&plus;d&amp;e&nope;f&")
                .first()
                .map(|v| v.as_str()),
            Some("a+b/c+d&e&nope;f&")
        );
    }

    #[test]
    fn invisible_characters_go_and_twins_come_back() {
        let mended = look_alike("\u{feff}АKIА\u{200b}ＡＢ＋");
        assert_eq!(mended.first().map(|v| v.as_str()), Some("AKIAAB+"));
    }
}
