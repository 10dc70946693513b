//! `Math.random`: the engine's asks a cryptographic generator, 13 microseconds where this is an xorshift128+, as in V8.
//! Seeded from the system's randomness, by way of the hasher of the standard library.

use std::{
    cell::Cell,
    hash::{BuildHasher, RandomState},
};

use boa_engine::{Context, JsResult, JsValue};

use super::Method;
use crate::runtime::State;

pub const METHODS: &[Method] = &[("random", 0, random)];

struct Generator(Cell<[u64; 2]>);

impl Default for Generator {
    fn default() -> Self {
        let seed = RandomState::new();
        // Both words zero would stay zero.
        Self(Cell::new([seed.hash_one(1_u8) | 1, seed.hash_one(2_u8)]))
    }
}

impl Generator {
    fn next(&self) -> f64 {
        let [mut a, b] = self.0.get();
        a ^= a << 23;
        a ^= a >> 17;
        a ^= b ^ (b >> 26);
        self.0.set([b, a]);
        // 53 bits, the precision of a double.
        (a.wrapping_add(b) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn random(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<Option<JsValue>> {
    let generator = State::of(context).slot::<Generator>();
    Ok(Some(generator.next().into()))
}

#[cfg(test)]
mod tests {
    use super::Generator;

    #[test]
    fn numbers_are_spread_over_the_unit_interval() {
        let (one, other) = (Generator::default(), Generator::default());
        let mut tenths = [0; 10];
        let mut same = 0;
        for _ in 0..10_000 {
            let number = one.next();
            assert!((0.0..1.0).contains(&number));
            tenths[(number * 10.0) as usize] += 1;
            same += i32::from(number == other.next());
        }
        // 1,000 each are expected; 300 away from that are ten standard deviations.
        assert!(
            tenths.iter().all(|count| (700..1300).contains(count)),
            "{tenths:?}"
        );
        assert!(same < 10);
    }
}
