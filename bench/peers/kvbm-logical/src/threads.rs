//! Cases with one or two threads on one manager.

use crate::cases::{pool, register};
use crate::chains::token_chain;
use crate::names::CaseName;
use crate::timing::Plan;
use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Nanoseconds an operation as a thread sees it: threads × wall time / operations of all.
pub fn lookups(name: &CaseName, plan: &Plan, held: bool) -> Vec<f64> {
    let n = name.number("n");
    let threads = name.number("threads");
    let manager = pool(name, 64, true);
    let chains: Vec<_> = (0..threads)
        .map(|t| {
            if name.text("chain") == "own" {
                t as u32 * 1_000_000
            } else {
                0
            }
        })
        .map(|start| token_chain(start, n))
        .collect();
    let mut guards = Vec::new();
    for (t, chain) in chains.iter().enumerate() {
        if t == 0 || name.text("chain") == "own" {
            guards.push(register(&manager, chain));
        }
    }
    if !held {
        guards.clear();
    }
    let run = |length: Duration| {
        let barrier = Barrier::new(threads + 1);
        let stop = AtomicBool::new(false);
        let total = AtomicU64::new(0);
        thread::scope(|scope| {
            for chain in &chains {
                scope.spawn(|| {
                    barrier.wait();
                    let mut ops = 0u64;
                    while !stop.load(Ordering::Relaxed) {
                        let found = manager.match_blocks(black_box(chain));
                        assert_eq!(found.len(), n);
                        drop(black_box(found));
                        ops += 1;
                    }
                    total.fetch_add(ops, Ordering::Relaxed);
                });
            }
            barrier.wait();
            let start = Instant::now();
            thread::sleep(length);
            stop.store(true, Ordering::Relaxed);
            start.elapsed()
        })
        .as_nanos() as f64
            * threads as f64
            / total.load(Ordering::Relaxed) as f64
    };
    run(plan.warm_up);
    (0..plan.samples.min(11))
        .map(|_| run(plan.sample))
        .collect()
}
