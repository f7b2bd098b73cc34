//! Replays a Mooncake trace on one vLLM worker of AISimulate, with the scheduler's defaults.
//!
//! ```text
//! aisimulate-peer FILE[.gz] BLOCKS [--apart]
//! ```
//!
//! `--apart` lets each request finish before the next one arrives and generates nothing. Prints one
//! JSON object: the blocks found at each request's first admission, and how many requests ended.

use aisimulate_core::engine::{Backend, EngineConfig};
use aisimulate_core::replay::loadgen::{MooncakeRow, Trace};
use aisimulate_core::replay::{
    CURRENT_REPLAY_SPEC_VERSION, ReplayEngineConfig, ReplayEngineFactory, ReplayRuntimeInput,
    ReplaySpec, ReplayTopology, Replayer,
};
use anyhow::{Context, Result, bail};
use flate2::read::MultiGzDecoder;
use std::env;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

const BLOCK_SIZE: usize = 512;
const APART_MILLIS: f64 = 1e6;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (path, blocks, apart) = match arguments.as_slice() {
        [path, blocks] => (path, blocks, false),
        [path, blocks, flag] if flag == "--apart" => (path, blocks, true),
        _ => bail!("usage: aisimulate-peer FILE[.gz] BLOCKS [--apart]"),
    };
    let mut trace = Trace::from_mooncake_rows(rows(path)?, BLOCK_SIZE)?;
    if apart {
        for (i, session) in trace.sessions.iter_mut().enumerate() {
            session.first_arrival_timestamp_ms = Some(i as f64 * APART_MILLIS);
            for turn in &mut session.turns {
                turn.max_output_tokens = 0;
            }
        }
    }
    let engine = ReplayEngineConfig {
        rank: EngineConfig {
            block_size: BLOCK_SIZE,
            num_gpu_blocks: blocks.parse().context("BLOCKS is a number")?,
            ..EngineConfig::for_backend(Backend::Vllm)
        },
        ..Default::default()
    };
    let spec = ReplaySpec {
        version: CURRENT_REPLAY_SPEC_VERSION,
        topology: ReplayTopology::aggregated(1),
        engine: serde_json::to_value(engine)?,
        adapters: Default::default(),
        max_sim_time_ms: None,
        max_in_flight: None,
        record_per_request: false,
        sla: Default::default(),
        requests: Vec::new(),
    };
    let report = Replayer::new(spec, ReplayEngineFactory::new())?
        .with_runtime_input(ReplayRuntimeInput::Workload(trace.into_trace_driver()?))
        .run()?;
    let tokens = report.first_admission_prefix_cache_reused_ratio
        * report.request_counts.total_input_tokens as f64;
    println!(
        "{{\"hits\":{},\"requests\":{}}}",
        (tokens / BLOCK_SIZE as f64).round(),
        report.request_counts.completed_requests
    );
    Ok(())
}

fn rows(path: &str) -> Result<Vec<MooncakeRow>> {
    let file = File::open(path).with_context(|| format!("cannot open {path}"))?;
    let text: Box<dyn Read> = if path.ends_with(".gz") {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    };
    BufReader::new(text)
        .lines()
        .map(|line| Ok(serde_json::from_str(&line?)?))
        .collect()
}
