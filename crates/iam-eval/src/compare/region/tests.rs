use super::*;
use proptest::prelude::*;

const DIMENSIONS: [Dimension; 3] = [Dimension::Action, Dimension::Key(0), Dimension::Opaque(7)];
const SIZE: usize = 3;

struct Cube;

impl Sizes for Cube {
    fn size(&self, _: Dimension) -> usize {
        SIZE
    }
}

/// A region from three bits for each dimension; all three bits leave it unlimited.
fn region(masks: [u8; 3]) -> Option<Region> {
    let limits = DIMENSIONS.iter().zip(masks).filter(|(_, mask)| *mask != 7);
    limits
        .into_iter()
        .try_fold(Region::default(), |region, (dimension, mask)| {
            region.limited(*dimension, &ClassSet::of(SIZE, |class| mask & (1 << class) != 0))
        })
}

fn contains(region: &Region, point: [usize; 3]) -> bool {
    DIMENSIONS.iter().zip(point).all(|(dimension, class)| {
        let only = ClassSet::of(SIZE, |other| other == class);
        region.limit(*dimension).is_none_or(|set| set.meets(&only))
    })
}

fn points() -> impl Iterator<Item = [usize; 3]> {
    (0..27).map(|index| [index % 3, index / 3 % 3, index / 9])
}

fn masks() -> impl Strategy<Value = [u8; 3]> {
    [0..8_u8, 0..8, 0..8]
}

proptest! {
    #[test]
    fn what_is_uncovered_is_what_trying_all_points_finds(start in masks(), covers in proptest::collection::vec(masks(), 0..7)) {
        let Some(start) = region(start) else { return Ok(()) };
        let covers: Vec<Region> = covers.into_iter().filter_map(region).collect();
        let open = |point: &[usize; 3]| contains(&start, *point) && !covers.iter().any(|cover| contains(cover, *point));
        let references: Vec<&Region> = covers.iter().collect();
        let mut budget = Budget::new();
        let mut search = Uncovered::new(start.clone(), &references);
        let mut parts = Vec::new();
        while let Some(part) = search.next(&Cube, &mut budget).unwrap() {
            parts.push(part);
        }
        for point in points() {
            let times = parts.iter().filter(|part| contains(part, point)).count();
            prop_assert_eq!(times, usize::from(open(&point)), "{:?}", point);
        }
    }
}

#[test]
fn a_search_beyond_its_budget_is_given_up() {
    let full = Region::default();
    let half = region([1, 7, 7]).unwrap();
    let mut search = Uncovered::new(full, &[&half]);
    assert_eq!(search.next(&Cube, &mut Budget(1)), Err(GivenUp));
}
