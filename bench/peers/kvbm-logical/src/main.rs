//! Times the original `kvbm-logical` on the cases of kvbm-bench.
//!
//! ```text
//! kvbm-logical-peer [--warm-up-millis N] [--sample-millis N] [--samples N] CASE...
//! kvbm-logical-peer --list
//! ```
//!
//! Prints one JSON object a line: `{"name":...,"nanos":[...]}` with nanoseconds an operation in
//! each sample, or `{"name":...,"emptyBytes":...,"fullBytes":...}` a block for a memory case.
//! Run memory cases one a process.

mod cases;
mod chains;
mod memory;
mod names;
mod threads;
mod timing;

use names::{CASES, CaseName, MEMORY_CASES};
use std::env;
use std::process::ExitCode;
use std::time::Duration;
use timing::Plan;

fn main() -> ExitCode {
    let mut plan = Plan {
        warm_up: Duration::from_millis(250),
        sample: Duration::from_millis(10),
        samples: 25,
    };
    let mut names = Vec::new();
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || -> Option<u64> { arguments.next()?.parse().ok() };
        let known = match argument.as_str() {
            "--list" => {
                print!("{CASES}{MEMORY_CASES}");
                return ExitCode::SUCCESS;
            }
            "--warm-up-millis" => number().map(|n| plan.warm_up = Duration::from_millis(n)),
            "--sample-millis" => number().map(|n| plan.sample = Duration::from_millis(n)),
            "--samples" => number().map(|n| plan.samples = n as usize),
            _ if argument.starts_with('-') => None,
            _ => {
                names.push(argument.clone());
                Some(())
            }
        };
        if known.is_none() {
            eprintln!("kvbm-logical-peer: cannot read {argument}");
            return ExitCode::from(2);
        }
    }
    for name in &names {
        let parsed = CaseName::parse(name);
        if parsed.family == "memory" {
            let (empty, full) = memory::bytes_a_block(&parsed);
            println!("{{\"name\":\"{name}\",\"emptyBytes\":{empty:.1},\"fullBytes\":{full:.1}}}");
        } else {
            let nanos: Vec<String> = cases::time(name, &plan)
                .iter()
                .map(|sample| format!("{sample:.2}"))
                .collect();
            println!("{{\"name\":\"{name}\",\"nanos\":[{}]}}", nanos.join(","));
        }
    }
    ExitCode::SUCCESS
}
