//! Samples of about the same length, each the mean of many operations.

use std::time::{Duration, Instant};

/// How long and how often to measure.
pub struct Plan {
    pub warm_up: Duration,
    pub sample: Duration,
    pub samples: usize,
}

impl Plan {
    /// Nanoseconds an operation in each sample; `op` is repeated back to back.
    pub fn repeat(&self, mut op: impl FnMut()) -> Vec<f64> {
        let mut batch = 1u64;
        let start = Instant::now();
        let mut done = 0u64;
        while start.elapsed() < self.warm_up {
            for _ in 0..batch {
                op();
            }
            done += batch;
            batch = (batch * 2).min(1 << 12);
        }
        let per_op = start.elapsed().as_nanos() as f64 / done as f64;
        let ops = ((self.sample.as_nanos() as f64 / per_op) as u64).max(1);
        (0..self.samples)
            .map(|_| {
                let start = Instant::now();
                for _ in 0..ops {
                    op();
                }
                start.elapsed().as_nanos() as f64 / ops as f64
            })
            .collect()
    }

    /// As `repeat`, for work that needs preparation: `prepare` is not timed, and `run` does `ops`
    /// operations with what it gets and hands back what is to be dropped outside the time.
    pub fn prepared<S, P, R>(
        &self,
        state: &mut S,
        ops: u64,
        mut prepare: impl FnMut(&mut S) -> P,
        mut run: impl FnMut(&mut S, P) -> R,
    ) -> Vec<f64> {
        let mut timed = |state: &mut S| {
            let prepared = prepare(state);
            let start = Instant::now();
            let result = run(state, prepared);
            let elapsed = start.elapsed();
            drop(result);
            elapsed
        };
        let start = Instant::now();
        let mut spent = Duration::ZERO;
        let mut runs = 0u32;
        while start.elapsed() < self.warm_up || runs == 0 {
            spent += timed(state);
            runs += 1;
        }
        let per_sample = (self.sample.as_nanos() as f64 * f64::from(runs)
            / spent.as_nanos().max(1) as f64)
            .ceil()
            .max(1.0) as u64;
        (0..self.samples)
            .map(|_| {
                let spent: Duration = (0..per_sample).map(|_| timed(state)).sum();
                spent.as_nanos() as f64 / (per_sample * ops) as f64
            })
            .collect()
    }
}
