//! Cells that come to the same, put together.
//!
//! The cells of a state form a box: kind of segment, place of SEG.SEQ, place of SEG.ACK, way into
//! the state. What comes to the same is covered with as few smaller boxes as a greedy search
//! finds, and each is a row of the table. Boxes may overlap, for they agree where they do.

/// The dimensions: kind, SEG.SEQ, SEG.ACK, way.
pub(super) const DIMENSIONS: usize = 4;

/// What each cell comes to, as a number; `None` where there is nothing to be tried, which goes
/// with anything.
pub(super) struct Grid {
    sizes: [usize; DIMENSIONS],
    cells: Vec<Option<u16>>,
}

/// A box: for each dimension the places that belong to it, ascending.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Group {
    /// The places.
    pub places: [Vec<usize>; DIMENSIONS],
    /// What all its cells come to.
    pub result: u16,
}

/// A place of the grid.
type Cell = [usize; DIMENSIONS];

/// The orders in which a box is made to grow.
const ORDERS: [[usize; DIMENSIONS]; 8] = [
    [3, 2, 1, 0],
    [3, 2, 0, 1],
    [3, 1, 2, 0],
    [3, 1, 0, 2],
    [3, 0, 1, 2],
    [3, 0, 2, 1],
    [2, 1, 0, 3],
    [0, 1, 2, 3],
];

impl Grid {
    /// An empty grid of this many places in each dimension.
    pub(super) fn new(sizes: [usize; DIMENSIONS]) -> Grid {
        Grid {
            sizes,
            cells: vec![None; sizes.iter().product()],
        }
    }

    fn index(&self, cell: Cell) -> usize {
        cell.iter()
            .zip(self.sizes)
            .fold(0, |index, (place, size)| index * size + place)
    }

    /// Says what a cell comes to.
    pub(super) fn set(&mut self, cell: Cell, result: u16) {
        let index = self.index(cell);
        self.cells[index] = Some(result);
    }

    fn get(&self, cell: Cell) -> Option<u16> {
        self.cells[self.index(cell)]
    }

    /// The cells of a box, in order.
    fn cells(places: &[Vec<usize>; DIMENSIONS]) -> impl Iterator<Item = Cell> + '_ {
        let [a, b, c, d] = places;
        a.iter().flat_map(move |&a| {
            b.iter().flat_map(move |&b| {
                c.iter()
                    .flat_map(move |&c| d.iter().map(move |&d| [a, b, c, d]))
            })
        })
    }

    /// The largest box around a cell when the dimensions are tried in this order.
    fn grown(&self, seed: Cell, result: u16, order: [usize; DIMENSIONS]) -> Group {
        let mut places = seed.map(|place| vec![place]);
        for dimension in order {
            for place in 0..self.sizes[dimension] {
                if places[dimension].contains(&place) {
                    continue;
                }
                let mut slab = places.clone();
                slab[dimension] = vec![place];
                let fits = Grid::cells(&slab)
                    .all(|cell| self.get(cell).is_none_or(|found| found == result));
                if fits {
                    places[dimension].push(place);
                    places[dimension].sort_unstable();
                }
            }
        }
        // What has no cell of its own in the box does not belong to it.
        let whole = places.clone();
        for (dimension, places) in places.iter_mut().enumerate() {
            places.retain(|place| {
                let mut slab = whole.clone();
                slab[dimension] = vec![*place];
                Grid::cells(&slab).any(|cell| self.get(cell).is_some())
            });
        }
        Group { places, result }
    }

    /// Boxes that cover every cell there is.
    pub(super) fn groups(&self) -> Vec<Group> {
        let full = self.sizes.map(|size| (0..size).collect());
        let mut open: Vec<Cell> = Grid::cells(&full)
            .filter(|cell| self.get(*cell).is_some())
            .collect();
        let mut groups = Vec::new();
        while !open.is_empty() {
            let mut best: Option<(usize, Group)> = None;
            let mut tried = Vec::new();
            for &seed in &open {
                let Some(result) = self.get(seed).filter(|result| !tried.contains(result)) else {
                    continue;
                };
                tried.push(result);
                for order in ORDERS {
                    let group = self.grown(seed, result, order);
                    let gain = open.iter().filter(|cell| group.holds(**cell)).count();
                    if best.as_ref().is_none_or(|(most, _)| gain > *most) {
                        best = Some((gain, group));
                    }
                }
            }
            let Some((_, group)) = best else { break };
            open.retain(|cell| !group.holds(*cell));
            groups.push(group);
        }
        groups
    }
}

impl Group {
    fn holds(&self, cell: Cell) -> bool {
        cell.iter()
            .zip(&self.places)
            .all(|(place, places)| places.contains(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A grid of one kind and one way: what each cell comes to, a line for each SEG.SEQ.
    fn grid(lines: &[&str]) -> Grid {
        let mut grid = Grid::new([1, lines.len(), lines[0].len(), 1]);
        for (seq, line) in lines.iter().enumerate() {
            for (ack, result) in line.chars().enumerate() {
                if result != '.' {
                    grid.set([0, seq, ack, 0], result as u16);
                }
            }
        }
        grid
    }

    #[test]
    fn what_comes_to_the_same_is_one_box() {
        let rows: [(&[&str], usize); 6] = [
            (&["aaa", "aaa"], 1),
            (&["aaa", "bbb"], 2),
            (&["aba", "aba"], 2),
            (&["aab", "aac"], 3),
            // A cell that there is not goes with anything.
            (&["a..", "aaa"], 1),
            (&["ab", "ba"], 4),
        ];
        for (lines, count) in rows {
            assert_eq!(grid(lines).groups().len(), count, "{lines:?}");
        }
    }

    #[test]
    fn every_cell_is_in_a_box_that_says_so() {
        let grid = grid(&["abca", "bbca", "a.cc", "dbca"]);
        let groups = grid.groups();
        let full = grid.sizes.map(|size| (0..size).collect());
        for cell in Grid::cells(&full) {
            let holding: Vec<u16> = groups
                .iter()
                .filter(|group| group.holds(cell))
                .map(|group| group.result)
                .collect();
            if let Some(result) = grid.get(cell) {
                assert!(!holding.is_empty(), "{cell:?}");
                assert!(holding.iter().all(|found| *found == result), "{cell:?}");
            }
        }
    }
}
