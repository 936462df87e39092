//! From a byte offset to a line and a column, as editors count them: both from 1, columns in characters.

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// Where the lines of a text begin.
#[derive(Debug, Clone)]
pub struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    /// The lines of a text.
    pub fn of(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        Self { starts }
    }

    /// The place of a byte offset.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let before = text.get(start..offset.min(text.len())).unwrap_or_default();
        Position {
            line,
            column: before.chars().count() + 1,
        }
    }

    /// A line by its number, without its end.
    pub fn line<'a>(&self, text: &'a str, number: usize) -> &'a str {
        let start = number.checked_sub(1).and_then(|at| self.starts.get(at));
        let rest = start.and_then(|start| text.get(*start..)).unwrap_or_default();
        rest.lines().next().unwrap_or_default()
    }

    /// The byte offset at which a line begins.
    pub fn start(&self, number: usize) -> Option<usize> {
        self.starts.get(number.checked_sub(1)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = "é = 1\nb = 2\n";
        let lines = Lines::of(text);
        assert_eq!(lines.position(text, 3), Position { line: 1, column: 3 });
        assert_eq!(lines.position(text, 7), Position { line: 2, column: 1 });
        assert_eq!(lines.line(text, 2), "b = 2");
        assert_eq!(lines.line(text, 9), "");
    }
}
