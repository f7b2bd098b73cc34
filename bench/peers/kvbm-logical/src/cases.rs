//! What each timed case does; the names say the rest.

use crate::chains::{SplitMix, token_chain};
use crate::names::CaseName;
use crate::threads;
use crate::timing::Plan;
use dynamo_tokens::{
    PositionalLineageHash, TokenBlockSequence, compute_block_hash_for_tokens,
    compute_next_sequence_hash,
};
use kvbm_logical::SequenceHash;
use kvbm_logical::blocks::ImmutableBlock;
use kvbm_logical::integrations::SchedulableSequence;
use kvbm_logical::manager::{BlockManager, FrequencyTrackingCapacity, LineageEviction};
use kvbm_logical::registry::BlockRegistry;
use kvbm_logical::tinylfu::{FrequencyTracker, TinyLFUTracker};
use std::hint::black_box;

const BLOCK_SIZE: usize = 4;
const BULK_VECTORS: usize = 64;
const REGISTER_SETS: usize = 32;
const DECODE_STEPS: usize = 20_000;
const VOCABULARY: u64 = 128_000;

/// The tier of all pools.
#[derive(Clone, Debug)]
pub struct G1;

pub type Manager = BlockManager<G1>;
pub type Guards = Vec<ImmutableBlock<G1>>;

/// Nanoseconds an operation in each sample.
pub fn time(text: &str, plan: &Plan) -> Vec<f64> {
    let name = CaseName::parse(text);
    match name.family {
        "match_active" => lookup(&name, plan, true),
        "match_inactive" => lookup(&name, plan, false),
        "bulk_drop" => bulk_drop(&name, plan),
        "alloc_drop" => alloc_drop(&name, plan),
        "churn" => churn(&name, plan, false),
        "churn_single" => churn(&name, plan, true),
        "churn_hashgen" => churn_hashgen(&name, plan),
        "register_batch" => register_sets(&name, plan, false),
        "register_single" => register_sets(&name, plan, true),
        "scan_active" => scan(&name, plan, true),
        "scan_inactive" => scan(&name, plan, false),
        "scattered_active" => scattered(&name, plan),
        "presence_present" => presence(&name, plan, 0),
        "presence_absent" => presence(&name, plan, 5_000_000),
        "match_miss" => match_miss(&name, plan),
        "tinylfu_touch" => tinylfu_touch(&name, plan),
        "tinylfu_count" => tinylfu_count(&name, plan),
        "hash_sequence" => hash_sequence(&name, plan),
        "hash_only" => hash_only(&name, plan),
        "decode_step" => decode_step(&name, plan),
        "mt_match_active" => threads::lookups(&name, plan, true),
        "mt_match_inactive" => threads::lookups(&name, plan, false),
        "match_inactive_random" => lookup_random(&name, plan),
        other => panic!("{text}: no case family {other}"),
    }
}

// ---------- pools ----------

pub fn pool(name: &CaseName, blocks: usize, lfu: bool) -> Manager {
    pool_of(name, blocks, BLOCK_SIZE, lfu)
}

fn pool_of(name: &CaseName, blocks: usize, block_size: usize, lfu: bool) -> Manager {
    let mut registry = BlockRegistry::builder();
    if lfu {
        registry = registry.frequency_tracker(FrequencyTrackingCapacity::Medium.create_tracker());
    }
    let builder = Manager::builder()
        .block_count(blocks)
        .block_size(block_size)
        .registry(registry.build());
    match name.backend {
        "lru" => builder.with_lru_backend(),
        "multi_lru" => builder.with_multi_lru_backend(),
        "lineage_tick" => builder.with_lineage_backend_eviction(LineageEviction::Tick),
        "lineage_fifo" => builder.with_lineage_backend_eviction(LineageEviction::Fifo),
        "hashmap" => builder.with_hashmap_backend(),
        other => panic!("no backend {other}"),
    }
    .build()
    .expect("the pool is valid")
}

/// Allocates, stages each, registers in one batch.
pub fn register(manager: &Manager, hashes: &[SequenceHash]) -> Guards {
    let staged = manager
        .allocate_blocks(hashes.len())
        .expect("there is room")
        .into_iter()
        .zip(hashes)
        .map(|(block, &hash)| {
            block
                .stage(hash, manager.block_size())
                .expect("sizes agree")
        })
        .collect();
    manager.register_blocks(staged)
}

/// Registers `chains` random chains; returns them, and all guards if they are to be held.
pub fn fill(
    manager: &Manager,
    random: &mut SplitMix,
    chains: usize,
    n: usize,
    held: bool,
) -> (Vec<Vec<SequenceHash>>, Guards) {
    let mut all = Vec::new();
    let mut guards = Vec::new();
    for _ in 0..chains {
        let chain = random.chain(n);
        let registered = register(manager, &chain);
        if held {
            guards.extend(registered);
        } else {
            all.push(chain);
        }
    }
    (all, guards)
}

// ---------- lookups ----------

fn lookup(name: &CaseName, plan: &Plan, held: bool) -> Vec<f64> {
    let n = name.number("n");
    let manager = pool(name, n, name.flag("lfu"));
    let chain = token_chain(0, n);
    let mut guards = register(&manager, &chain);
    if !held {
        guards.clear();
    }
    assert_eq!(manager.match_blocks(&chain).len(), n);
    plan.repeat(|| drop(black_box(manager.match_blocks(black_box(&chain)))))
}

fn lookup_random(name: &CaseName, plan: &Plan) -> Vec<f64> {
    let n = name.number("n");
    let blocks = name.number("pool");
    let manager = pool(name, blocks, name.flag("lfu"));
    let mut random = SplitMix(1);
    let (chains, _) = fill(&manager, &mut random, blocks / n, n, false);
    plan.repeat(|| {
        let chain = &chains[(random.next() % chains.len() as u64) as usize];
        let found = manager.match_blocks(chain);
        assert_eq!(found.len(), n);
        drop(black_box(found));
    })
}

fn match_miss(name: &CaseName, plan: &Plan) -> Vec<f64> {
    let manager = pool(name, 1024, name.flag("lfu"));
    drop(register(&manager, &token_chain(0, 1024)));
    let absent = token_chain(5_000_000, name.number("n"));
    assert!(manager.match_blocks(&absent).is_empty());
    plan.repeat(|| drop(black_box(manager.match_blocks(black_box(&absent)))))
}

fn scan(name: &CaseName, plan: &Plan, held: bool) -> Vec<f64> {
    let n = name.number("n");
    let touch = name.flag("touch");
    let manager = pool(name, n, name.flag("lfu"));
    let chain = token_chain(0, n);
    let mut guards = register(&manager, &chain);
    if !held {
        guards.clear();
    }
    assert_eq!(manager.scan_matches(&chain, touch).len(), n);
    plan.repeat(|| drop(black_box(manager.scan_matches(black_box(&chain), touch))))
}

fn scattered(name: &CaseName, plan: &Plan) -> Vec<f64> {
    let n = name.number("n");
    let manager = pool(name, n, name.flag("lfu"));
    let chain = token_chain(0, n);
    let _guards = register(&manager, &chain);
    assert!(
        manager
            .match_blocks_scattered(&chain)
            .iter()
            .all(Option::is_some)
    );
    plan.repeat(|| drop(black_box(manager.match_blocks_scattered(black_box(&chain)))))
}

fn presence(name: &CaseName, plan: &Plan, start: u32) -> Vec<f64> {
    let n = name.number("n");
    let manager = pool(name, n, name.flag("lfu"));
    drop(register(&manager, &token_chain(0, n)));
    let asked = token_chain(start, n);
    let registry = manager.block_registry();
    let present = registry.check_presence::<G1>(&asked);
    assert!(present.iter().all(|(_, found)| *found == (start == 0)));
    plan.repeat(|| drop(black_box(registry.check_presence::<G1>(black_box(&asked)))))
}

// ---------- release, allocation, churn ----------

fn bulk_drop(name: &CaseName, plan: &Plan) -> Vec<f64> {
    let n = name.number("n");
    let manager = pool(name, BULK_VECTORS * n, true);
    let chains: Vec<_> = (0..BULK_VECTORS as u32)
        .map(|c| token_chain(c * 1_000_000, n))
        .collect();
    for chain in &chains {
        drop(register(&manager, chain));
    }
    plan.prepared(
        &mut (),
        BULK_VECTORS as u64,
        |()| -> Vec<Guards> { chains.iter().map(|c| manager.match_blocks(c)).collect() },
        |(), mut vectors| {
            for vector in &mut vectors {
                drop(std::mem::take(vector));
            }
            vectors
        },
    )
}

fn alloc_drop(name: &CaseName, plan: &Plan) -> Vec<f64> {
    let n = name.number("n");
    let manager = pool(name, name.number("pool"), false);
    plan.repeat(|| drop(black_box(manager.allocate_blocks(black_box(n)))))
}

fn churn(name: &CaseName, plan: &Plan, single: bool) -> Vec<f64> {
    let n = name.number("n");
    let blocks = name.number("pool");
    let forward = name.text("drop") == "fwd";
    let manager = pool(name, blocks, name.flag("lfu"));
    let mut random = SplitMix(1);
    drop(fill(&manager, &mut random, blocks / n, n, false));
    plan.repeat(|| {
        let chain = random.chain(n);
        let (fresh, evicted) = manager
            .allocate_blocks_with_evictions(n)
            .expect("the pool is idle");
        assert_eq!(evicted.len(), n);
        let staged = fresh
            .into_iter()
            .zip(&chain)
            .map(|(block, &hash)| block.stage(hash, BLOCK_SIZE).expect("sizes agree"));
        let mut guards: Guards = if single {
            staged.map(|block| manager.register_block(block)).collect()
        } else {
            manager.register_blocks(staged.collect())
        };
        if forward {
            drop(black_box(guards));
        } else {
            while let Some(guard) = guards.pop() {
                drop(black_box(guard));
            }
        }
        drop(black_box(evicted));
    })
}

fn churn_hashgen(name: &CaseName, plan: &Plan) -> Vec<f64> {
    let n = name.number("n");
    let mut random = SplitMix(1);
    plan.repeat(|| drop(black_box(random.chain(black_box(n)))))
}

fn register_sets(name: &CaseName, plan: &Plan, single: bool) -> Vec<f64> {
    let n = name.number("n");
    let blocks = name.number("pool");
    let manager = pool(name, blocks, name.flag("lfu"));
    let mut random = SplitMix(7);
    drop(fill(&manager, &mut random, blocks / n, n, false));
    plan.prepared(
        &mut random,
        REGISTER_SETS as u64,
        |random| -> Vec<Vec<_>> {
            (0..REGISTER_SETS)
                .map(|_| {
                    let chain = random.chain(n);
                    manager
                        .allocate_blocks(n)
                        .expect("there is room")
                        .into_iter()
                        .zip(chain)
                        .map(|(block, hash)| block.stage(hash, BLOCK_SIZE).expect("sizes agree"))
                        .collect()
                })
                .collect()
        },
        |_, sets| -> Vec<Guards> {
            sets.into_iter()
                .map(|set| {
                    if single {
                        set.into_iter()
                            .map(|block| manager.register_block(block))
                            .collect()
                    } else {
                        manager.register_blocks(set)
                    }
                })
                .collect()
        },
    )
}

// ---------- frequency ----------

fn tracker(name: &CaseName) -> (TinyLFUTracker<u128>, Vec<u128>) {
    let tracker = TinyLFUTracker::new(name.number("cap"));
    let mut random = SplitMix(3);
    let keys: Vec<u128> = (0..name.number("keys"))
        .map(|_| {
            let high = u128::from(random.next());
            high << 64 | u128::from(random.next())
        })
        .collect();
    for &key in &keys {
        tracker.touch(key);
    }
    (tracker, keys)
}

fn tinylfu_touch(name: &CaseName, plan: &Plan) -> Vec<f64> {
    let (tracker, keys) = tracker(name);
    let mut next = 0;
    plan.repeat(|| {
        tracker.touch(keys[next]);
        next = if next + 1 == keys.len() { 0 } else { next + 1 };
    })
}

fn tinylfu_count(name: &CaseName, plan: &Plan) -> Vec<f64> {
    let (tracker, keys) = tracker(name);
    let mut next = 0;
    plan.repeat(|| {
        black_box(tracker.count(keys[next]));
        next = if next + 1 == keys.len() { 0 } else { next + 1 };
    })
}

// ---------- hashing ----------

fn tokens(name: &CaseName) -> Vec<u32> {
    let mut random = SplitMix(42);
    (0..name.number("tokens"))
        .map(|_| (random.next() % VOCABULARY) as u32)
        .collect()
}

fn hash_sequence(name: &CaseName, plan: &Plan) -> Vec<f64> {
    let tokens = tokens(name);
    let block_size = name.number("bs") as u32;
    plan.repeat(|| {
        drop(black_box(TokenBlockSequence::from_slice(
            black_box(&tokens),
            block_size,
            None,
        )));
    })
}

fn hash_only(name: &CaseName, plan: &Plan) -> Vec<f64> {
    let tokens = tokens(name);
    let block_size = name.number("bs");
    let mut hashes = Vec::with_capacity(tokens.len() / block_size);
    plan.repeat(|| {
        hashes.clear();
        let mut parent = None;
        for (position, block) in black_box(&tokens).chunks_exact(block_size).enumerate() {
            let block_hash = compute_block_hash_for_tokens(block, 0);
            let current = match parent {
                None => block_hash,
                Some(parent) => compute_next_sequence_hash(parent, block_hash),
            };
            hashes.push(PositionalLineageHash::new(current, parent, position as u64));
            parent = Some(current);
        }
        black_box(&hashes);
    })
}

// ---------- requests ----------

fn decode_step(name: &CaseName, plan: &Plan) -> Vec<f64> {
    let block_size = name.number("bs");
    let prompt = name.number("prompt");
    let manager = pool_of(name, name.number("pool"), block_size, true);
    let mut random = SplitMix(42);
    plan.prepared(
        &mut random,
        DECODE_STEPS as u64,
        |random| {
            let tokens = (0..prompt)
                .map(|_| (random.next() % VOCABULARY) as u32)
                .collect();
            let mut request = SchedulableSequence::<G1>::builder()
                .tokens(tokens)
                .max_output_tokens(DECODE_STEPS + 2)
                .block_size(block_size as u32)
                .build()
                .expect("the request is valid");
            request
                .schedule_prefill(prompt, &manager)
                .expect("there is room");
            request
                .apply_prefill(Some(0), &manager)
                .expect("the prefill was scheduled");
            request
        },
        |_, mut request| {
            for token in 0..DECODE_STEPS as u32 {
                request.schedule_decode(&manager).expect("there is room");
                request
                    .apply_decode(token, &manager)
                    .expect("the step was scheduled");
            }
            request
        },
    )
}
