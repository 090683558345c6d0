//! The nodes of a file: a balanced tree over its chunks.
//!
//! Every chunk has the same distance from the root, and every node but the last of each level is full. At
//! most one node of each level is in memory.

use super::{Block, Link, WIDTH, node, node::Part};

/// The nodes of one file, while its chunks are added.
#[derive(Default)]
pub(super) struct Tree {
    /// The links of the last node of each level, which is not made yet. The lowest level is first.
    levels: Vec<Vec<Part>>,
}

impl Tree {
    /// Adds the next chunk. Returns the nodes that are full now, lower levels first.
    pub(super) fn push(&mut self, link: Link, len: u64) -> Vec<Block> {
        let mut blocks = Vec::new();
        self.add(0, Part { link, len }, &mut blocks);
        blocks
    }

    /// Finishes the tree. Returns the last nodes and the link to the file. A file of one chunk needs no node.
    ///
    /// A file has at least one chunk, which may be empty.
    pub(super) fn finish(mut self) -> (Vec<Block>, Link) {
        let mut blocks = Vec::new();
        let mut level = 0;
        loop {
            if let (true, [root]) = (level + 1 == self.levels.len(), &self.levels[level][..]) {
                return (blocks, root.link);
            }
            let node = self.take(level, &mut blocks);
            self.add(level + 1, node, &mut blocks);
            level += 1;
        }
    }

    fn add(&mut self, level: usize, part: Part, blocks: &mut Vec<Block>) {
        if level == self.levels.len() {
            self.levels.push(Vec::new());
        }
        if self.levels[level].len() == WIDTH {
            let node = self.take(level, blocks);
            self.add(level + 1, node, blocks);
        }
        self.levels[level].push(part);
    }

    /// Makes the last node of a level.
    fn take(&mut self, level: usize, blocks: &mut Vec<Block>) -> Part {
        let parts = std::mem::take(&mut self.levels[level]);
        let block = Block::node(node::file(&parts));
        let link = block.link(parts.iter().map(|part| part.link.total).sum());
        blocks.push(block);
        Part { link, len: parts.iter().map(|part| part.len).sum() }
    }
}
