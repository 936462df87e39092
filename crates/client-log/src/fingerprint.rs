//! Telling at a glance that a record says the same as an earlier one: what differs from message to message (times, ids,
//! addresses of people) does not count, what tells causes apart (codes, ports, hosts, regions, words) does.

const LETTER: u8 = 1;
const DIGIT: u8 = 2;
const DOT: u8 = 4;
const AT: u8 = 8;
const OF_WORD: u8 = 16;

/// What a byte is, for all bytes.
#[expect(
    clippy::indexing_slicing,
    reason = "made by the compiler, which sees every index"
)]
const CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let character = byte as u8;
        if character.is_ascii_alphabetic() {
            class[byte] = LETTER | OF_WORD;
        } else if character.is_ascii_digit() {
            class[byte] = DIGIT | OF_WORD;
        }
        byte += 1;
    }
    class[b'.' as usize] = DOT | OF_WORD;
    class[b'@' as usize] = AT | OF_WORD;
    class[b'-' as usize] = OF_WORD;
    class[b'_' as usize] = OF_WORD;
    class[b'+' as usize] = OF_WORD;
    class
};

fn class(byte: u8) -> u8 {
    CLASS.get(usize::from(byte)).copied().unwrap_or(0)
}

/// The fingerprint of a record.
pub(crate) fn fingerprint(record: &[u8]) -> u64 {
    let mut hash = Hash(0xcbf2_9ce4_8422_2325);
    let mut rest = record;
    while let Some(byte) = rest.first() {
        let mut kinds = 0;
        let mut length = 0;
        for byte in rest {
            let class = class(*byte);
            if class == 0 {
                break;
            }
            kinds |= class;
            length += 1;
        }
        if length == 0 {
            if !byte.is_ascii_whitespace() {
                hash.add(*byte);
            }
            rest = rest.get(1..).unwrap_or_default();
        } else {
            let (word, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            add_word(&mut hash, word, kinds);
            rest = after;
        }
    }
    hash.0
}

struct Hash(u64);

impl Hash {
    /// FNV-1a, of one byte or of eight at once.
    fn add(&mut self, byte: u8) {
        self.mix(u64::from(byte));
    }

    fn add_word(&mut self, word: &[u8]) {
        let (eights, rest) = word.as_chunks::<8>();
        eights
            .iter()
            .for_each(|eight| self.mix(u64::from_le_bytes(*eight)));
        rest.iter().for_each(|byte| self.add(*byte));
        // `ab` and `a`, `b` are not the same.
        self.add(0xff);
    }

    fn mix(&mut self, value: u64) {
        self.0 = (self.0 ^ value).wrapping_mul(0x0100_0000_01b3).rotate_left(23);
    }
}

fn add_word(hash: &mut Hash, word: &[u8], kinds: u8) {
    let has = |kind: u8| kinds & kind != 0;
    let kept = if has(AT) {
        // The sender may be the login: such an address counts.
        word.starts_with(b"AKIA")
    } else if !has(DIGIT) {
        true
    } else if has(LETTER) {
        has(DOT) || is_region(word) || word.starts_with(b"AKIA")
    } else {
        // Codes and ports; not process ids, sizes and fractions.
        (word.len() == 3 && word.iter().all(u8::is_ascii_digit)) || is_port(word) || is_enhanced(word)
    };
    if kept {
        hash.add_word(word);
    } else {
        hash.add(b'#');
    }
}

fn is_port(word: &[u8]) -> bool {
    matches!(word, b"25" | b"2465" | b"2525" | b"2587")
}

/// `eu-west-1`, `US-EAST-1`.
fn is_region(word: &[u8]) -> bool {
    let mut parts = word.split(|byte| *byte == b'-');
    let two = parts.next().is_some_and(|part| part.len() == 2);
    let last = word.last().is_some_and(u8::is_ascii_digit);
    two && last && parts.count() >= 2 && word.len() <= 16
}

/// `5.7.8`.
fn is_enhanced(word: &[u8]) -> bool {
    word.len() <= 7 && matches!(word, [b'2' | b'4' | b'5', b'.', _, b'.', ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        fingerprint(a.as_bytes()) == fingerprint(b.as_bytes())
    }

    #[test]
    fn messages_differ_and_faults_do_not() {
        let line = "Jun  6 15:49:11 mail postfix/smtp[2486]: 65B2B1DC7BA: to=<a@example.com>, relay=email-smtp.us-east-2.amazonaws.com[198.51.100.113]:25, delay=0.32, status=deferred (said: 535 no)";
        let other = "Jun  7 05:02:59 mail postfix/smtp[1499]: 0A12BC9D31: to=<bob@example.net>, relay=email-smtp.us-east-2.amazonaws.com[198.51.100.7]:25, delay=12, status=deferred (said: 535 no)";
        assert!(same(line, other));
        for (from, to) in [
            ("535", "454"),
            ("us-east-2", "us-east-1"),
            (":25", ":587"),
            ("no)", "yes)"),
        ] {
            assert!(!same(line, &other.replace(from, to)), "{from}");
        }
    }
}
