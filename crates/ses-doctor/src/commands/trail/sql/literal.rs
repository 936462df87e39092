//! Text in SQL. In Trino's literals nothing is special but the quotation mark itself, which is doubled.

use trail_scan::Name;

/// A text, so that nothing in it ends the literal.
pub(super) fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// Before a character that LIKE would take for a pattern.
const ESCAPE: char = '#';

/// `column` is what the name stands for.
pub(super) fn is(column: &str, name: &Name) -> String {
    let [_, _, ..] = name.pieces() else {
        return format!("{column} = {}", text(&name.pieces().concat()));
    };
    let pieces: Vec<String> = name.pieces().iter().map(|piece| escaped(piece)).collect();
    format!("{column} LIKE {} ESCAPE '{ESCAPE}'", text(&pieces.join("%")))
}

fn escaped(piece: &str) -> String {
    let mut escaped = String::with_capacity(piece.len());
    for character in piece.chars() {
        if matches!(character, '%' | '_' | ESCAPE) {
            escaped.push(ESCAPE);
        }
        escaped.push(character);
    }
    escaped
}
