//! The identities that the cases register and look up.

use dynamo_tokens::TokenBlockSequence;
use kvbm_logical::{KvbmSequenceHashProvider, SequenceHash};

const SALT_HASH: u64 = 1337;

/// The splitmix64 stream.
pub struct SplitMix(pub u64);

impl SplitMix {
    #[inline]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A fresh chain of `n` identities: each block's hash is the next number, its parent the one
    /// before.
    pub fn chain(&mut self, n: usize) -> Vec<SequenceHash> {
        let mut parent = None;
        (0..n as u64)
            .map(|position| {
                let current = self.next();
                let identity = SequenceHash::new(current, parent, position);
                parent = Some(current);
                identity
            })
            .collect()
    }
}

/// The identities of `n` blocks of 4 tokens that count up from `start`.
pub fn token_chain(start: u32, n: usize) -> Vec<SequenceHash> {
    let tokens: Vec<u32> = (start..start + 4 * n as u32).collect();
    TokenBlockSequence::from_slice(&tokens, 4, Some(SALT_HASH))
        .blocks()
        .iter()
        .map(KvbmSequenceHashProvider::kvbm_sequence_hash)
        .collect()
}
