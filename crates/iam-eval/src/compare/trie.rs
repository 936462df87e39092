//! All patterns in one tree, so that patterns that begin alike are followed once; and where one stands in it.

use super::language::{Language, Symbols, Token, distinguished};

/// Places in the tree at which a text may have arrived, ascending.
pub(super) type Places = Box<[u32]>;

/// The patterns. A place is a node: all tokens on the way to it are matched. Nodes are numbered in preorder.
#[derive(Debug)]
pub(super) struct Trie(Vec<Node>);

#[derive(Debug, Default)]
struct Node {
    /// The last token on the way here; none at the root.
    token: Option<Token>,
    children: Vec<u32>,
    /// The patterns that end here.
    ends: Vec<usize>,
    /// How many patterns lead through or end here.
    patterns: usize,
    /// The highest node above, or this one, with the same patterns: nothing branches off or ends between.
    top: u32,
}

const ROOT: u32 = 0;

impl Trie {
    pub(super) fn new(languages: &[Language]) -> Self {
        let mut order: Vec<(usize, &Language)> = languages.iter().enumerate().collect();
        order.sort_by_key(|(_, language)| *language);
        let mut trie = Self(vec![Node::default()]);
        // The nodes of the language before, from the root on.
        let mut path: Vec<u32> = vec![ROOT];
        let mut before: &[Token] = &[];
        for (index, language) in order {
            let tokens = language.tokens();
            let shared = tokens
                .iter()
                .zip(before)
                .take_while(|(one, other)| one == other)
                .count();
            path.truncate(shared + 1);
            for token in tokens.iter().skip(shared) {
                path.push(trie.add(path.last().copied().unwrap_or(ROOT), *token));
            }
            if let Some(last) = path.last().and_then(|last| trie.node_mut(*last)) {
                last.ends.push(index);
            }
            before = tokens;
        }
        trie.count();
        trie
    }

    fn add(&mut self, parent: u32, token: Token) -> u32 {
        let number = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        self.0.push(Node {
            token: Some(token),
            ..Node::default()
        });
        if let Some(parent) = self.node_mut(parent) {
            parent.children.push(number);
        }
        number
    }

    /// Children come behind their parents: patterns are summed up from behind, tops are handed down from the front.
    fn count(&mut self) {
        for number in (0..self.0.len()).rev() {
            let Some(node) = self.0.get(number) else { continue };
            let below = node
                .children
                .iter()
                .filter_map(|child| self.node(*child))
                .map(|child| child.patterns);
            let patterns = below.sum::<usize>() + node.ends.len();
            if let Some(node) = self.0.get_mut(number) {
                node.patterns = patterns;
                node.top = u32::try_from(number).unwrap_or(u32::MAX);
            }
        }
        for number in 0..self.0.len() {
            let Some(node) = self.0.get(number) else { continue };
            let (patterns, top) = (node.patterns, node.top);
            for child in node.children.clone() {
                match self.node_mut(child) {
                    Some(child) if child.patterns == patterns => child.top = top,
                    Some(_) | None => {}
                }
            }
        }
    }

    /// Which patterns match a text, ascending.
    pub(super) fn matched_by(&self, text: &str) -> Vec<usize> {
        let step = |places: Places, character| self.step(&places, character);
        self.accepted(&text.chars().fold(self.start(), step))
    }

    /// Where the empty text arrives.
    pub(super) fn start(&self) -> Places {
        let mut places = Vec::new();
        self.enter(ROOT, &mut places);
        self.normal(places)
    }

    /// Where one character more arrives.
    pub(super) fn step(&self, from: &[u32], character: char) -> Places {
        let mut places = Vec::with_capacity(from.len());
        for &place in from {
            let Some(node) = self.node(place) else { continue };
            if let Some(Token::Many(symbols)) = node.token
                && symbols.contains(character)
            {
                self.enter(place, &mut places);
            }
            for &child in &node.children {
                if let Some(Token::One(symbols)) = self.node(child).and_then(|child| child.token)
                    && symbols.contains(character)
                {
                    self.enter(child, &mut places);
                }
            }
        }
        self.normal(places)
    }

    /// The patterns that end at these places, ascending.
    pub(super) fn accepted(&self, places: &[u32]) -> Vec<usize> {
        let nodes = places.iter().filter_map(|place| self.node(*place));
        let mut accepted: Vec<usize> = nodes.flat_map(|node| &node.ends).copied().collect();
        accepted.sort_unstable();
        accepted
    }

    /// Characters of which every other one behaves like one here.
    pub(super) fn alphabet(&self, places: &[u32]) -> Vec<char> {
        let nodes = || places.iter().filter_map(|place| self.node(*place));
        let here = nodes()
            .filter_map(|node| node.token)
            .filter(|token| matches!(token, Token::Many(_)));
        let children = nodes().flat_map(|node| &node.children);
        let next = children.filter_map(|child| self.node(*child)?.token);
        let mut alphabet = distinguished(here.chain(next));
        let unnamed = |candidate: &char| alphabet.binary_search(candidate).is_err();
        let word = ('x'..='z').chain('a'..='w').chain('0'..='9').find(unnamed);
        let symbol = ['/', '_', '.', '@', '+', ' ']
            .into_iter()
            .chain('\u{a1}'..)
            .find(unnamed);
        alphabet.splice(0..0, [word, symbol].into_iter().flatten());
        alphabet
    }

    /// The place, and those behind it that are reached by leaving out repetitions.
    fn enter(&self, place: u32, places: &mut Vec<u32>) {
        let mut open = vec![place];
        while let Some(place) = open.pop() {
            places.push(place);
            let children = self
                .node(place)
                .map(|node| node.children.as_slice())
                .unwrap_or_default();
            let skipped = |child: &&u32| {
                matches!(
                    self.node(**child).and_then(|node| node.token),
                    Some(Token::Many(_))
                )
            };
            open.extend(children.iter().filter(skipped));
        }
    }

    /// Sorted, each once. Places that lead to nothing but a `*` add nothing where that `*` is reached already: whatever
    /// matches from there matches from the `*` too.
    fn normal(&self, mut places: Vec<u32>) -> Places {
        places.sort_unstable();
        places.dedup();
        let mut kept: Vec<u32> = Vec::with_capacity(places.len());
        for place in places {
            if let Some(node) = self.node(place)
                && node.token == Some(Token::Many(Symbols::Any))
            {
                while kept.last().is_some_and(|last| *last >= node.top) {
                    kept.pop();
                }
            }
            kept.push(place);
        }
        kept.into_boxed_slice()
    }

    fn node(&self, place: u32) -> Option<&Node> {
        self.0.get(usize::try_from(place).ok()?)
    }

    fn node_mut(&mut self, place: u32) -> Option<&mut Node> {
        self.0.get_mut(usize::try_from(place).ok()?)
    }
}
