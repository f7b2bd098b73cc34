//! Resident memory of a pool of a million blocks.

use crate::cases::{fill, pool};
use crate::chains::SplitMix;
use crate::names::CaseName;
use std::fs;

const BLOCKS: usize = 1 << 20;
const CHAIN: usize = 32;

/// Bytes a block: of the empty pool, and of the pool full of registered blocks.
pub fn bytes_a_block(name: &CaseName) -> (f64, f64) {
    let before = resident_bytes();
    let manager = pool(name, BLOCKS, name.backend == "multi_lru");
    let empty = resident_bytes();
    let held = name.text("state") == "active";
    let guards = fill(&manager, &mut SplitMix(1), BLOCKS / CHAIN, CHAIN, held).1;
    let full = resident_bytes();
    assert_eq!(guards.len(), if held { BLOCKS } else { 0 });
    // The process ends here: taking the pool apart would only cost time.
    std::mem::forget(guards);
    std::mem::forget(manager);
    let a_block = |bytes: usize| bytes.saturating_sub(before) as f64 / BLOCKS as f64;
    (a_block(empty), a_block(full))
}

fn resident_bytes() -> usize {
    let statm = fs::read_to_string("/proc/self/statm").expect("the memory cases need Linux");
    let pages: usize = statm
        .split_whitespace()
        .nth(1)
        .and_then(|field| field.parse().ok())
        .expect("statm has a resident size");
    pages * 4096
}
