//! Mutated messages: what a decoder sees must not depend on how its input is cut, and it must come to an end with each.
//!
//! The seeds are the tables of `tests` and the files of `tests/fuzz/corpus`. `OURO_FUZZ_SECONDS=3600 cargo test --lib mutated` goes on for an
//! hour, `OURO_FUZZ_SEED` starts elsewhere; the seed is part of each failure.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use super::{Limits, Role, tests};

/// What a mutation puts somewhere.
const WORDS: [&[u8]; 28] = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\r\n\r\n",
    b" ",
    b"\t",
    b":",
    b",",
    b";",
    b"\"",
    b"\0",
    b"\x80",
    b"0",
    b"5",
    b"ffffffffffffffff",
    b"18446744073709551615",
    b"chunked",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Length: 5\r\n",
    b"Connection: close\r\n",
    b"Connection: upgrade\r\nUpgrade: x\r\n",
    b"Expect: 100-continue\r\n",
    b"0\r\n\r\n",
    b"5\r\nhello\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.0",
    b"\r\n x",
];

/// A generator of numbers that are the same for the same seed: xorshift.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit.max(1)
    }
}

fn seeds(role: Role) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = tests::inputs(role).map(<[u8]>::to_vec).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus");
    let mut files: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.sort();
    all.extend(files.iter().filter_map(|path| fs::read(path).ok()));
    all
}

fn mutate(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], numbers: &mut Numbers) {
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len() + 1);
        let end = (at + numbers.below(16)).min(bytes.len());
        match numbers.below(8) {
            0 if at < bytes.len() => bytes[at] = numbers.below(256) as u8,
            1 if at < bytes.len() => bytes[at] ^= 1 << numbers.below(8),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            4 | 5 => {
                let word = WORDS[numbers.below(WORDS.len())];
                bytes.splice(at..at, word.iter().copied());
            }
            6 => {
                let other = &seeds[numbers.below(seeds.len())];
                let from = numbers.below(other.len() + 1);
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            _ => bytes.extend_from_slice(&seeds[numbers.below(seeds.len())]),
        }
    }
    bytes.truncate(4096);
}

/// Lengths of pieces, one after another.
fn cuts(length: usize, numbers: &mut Numbers) -> Vec<usize> {
    let most = [1, 2, 8, 64][numbers.below(4)];
    let mut all = Vec::new();
    let mut left = length;
    while left > 0 {
        let piece = (1 + numbers.below(most)).min(left);
        all.push(piece);
        left -= piece;
    }
    all
}

#[test]
fn mutated_messages() {
    let number = |name: &str, or: u64| {
        let text = std::env::var(name).ok();
        text.and_then(|text| text.parse().ok()).unwrap_or(or)
    };
    let seed = number("OURO_FUZZ_SEED", 0x5eed) | 1;
    let end = Instant::now() + Duration::from_secs(number("OURO_FUZZ_SECONDS", 2));
    let mut numbers = Numbers(seed);
    let all = [Role::Server, Role::Client].map(|role| (role, seeds(role)));
    let mut runs: u64 = 0;
    while Instant::now() < end {
        for _ in 0..100 {
            let (role, seeds) = &all[usize::from(numbers.below(4) == 0)];
            let mut bytes = seeds[numbers.below(seeds.len())].clone();
            mutate(&mut bytes, seeds, &mut numbers);
            let limits = Limits {
                header_size: [16 * 1024, 100][usize::from(numbers.below(8) == 0)],
                lenient: numbers.below(4) == 0,
                lax_values: numbers.below(4) == 0,
            };
            let whole = tests::verdict_on(*role, limits, &bytes, &[bytes.len()]);
            let cut = cuts(bytes.len(), &mut numbers);
            let pieces = tests::verdict_on(*role, limits, &bytes, &cut);
            assert_eq!(
                whole,
                pieces,
                "run {runs} of seed {seed}: {role:?} {limits:?} {:?} in {cut:?}",
                String::from_utf8_lossy(&bytes)
            );
            runs += 1;
        }
    }
    println!("{runs} messages, seed {seed}");
}
