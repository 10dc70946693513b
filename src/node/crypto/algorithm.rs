//! The digests by name: the names and aliases of OpenSSL, and for each the hasher and the key derivation that it stands
//! for. `hash`, `hmac` and `kdf` come here.

use blake2::{Blake2b512, Blake2s256};
use digest::{
    ExtendableOutput, FixedOutput, FixedOutputReset, HashMarker, KeyInit, Output, OutputSizeUser,
    Reset, Update, XofReader, block_api::BlockSizeUser, typenum,
};
use hmac::{Hmac, SimpleHmac};
use md5::Md5;
use ripemd::Ripemd160;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use sha3::{Sha3_224, Sha3_256, Sha3_384, Sha3_512};
use shake::{Shake128, Shake256};
use sm3::Sm3;

use super::assembled;

/// A digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Md5,
    Md5Sha1,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha512_224,
    Sha512_256,
    Sha3_224,
    Sha3_256,
    Sha3_384,
    Sha3_512,
    Shake128,
    Shake256,
    Blake2b512,
    Blake2s256,
    Ripemd160,
    Sm3,
}

use Algorithm as A;

/// What `crypto.getHashes()` lists, in OpenSSL's order.
pub const LISTED: &[(&str, Algorithm)] = &[
    ("RSA-MD5", A::Md5),
    ("RSA-RIPEMD160", A::Ripemd160),
    ("RSA-SHA1", A::Sha1),
    ("RSA-SHA1-2", A::Sha1),
    ("RSA-SHA224", A::Sha224),
    ("RSA-SHA256", A::Sha256),
    ("RSA-SHA3-224", A::Sha3_224),
    ("RSA-SHA3-256", A::Sha3_256),
    ("RSA-SHA3-384", A::Sha3_384),
    ("RSA-SHA3-512", A::Sha3_512),
    ("RSA-SHA384", A::Sha384),
    ("RSA-SHA512", A::Sha512),
    ("RSA-SHA512/224", A::Sha512_224),
    ("RSA-SHA512/256", A::Sha512_256),
    ("RSA-SM3", A::Sm3),
    ("blake2b512", A::Blake2b512),
    ("blake2s256", A::Blake2s256),
    ("id-rsassa-pkcs1-v1_5-with-sha3-224", A::Sha3_224),
    ("id-rsassa-pkcs1-v1_5-with-sha3-256", A::Sha3_256),
    ("id-rsassa-pkcs1-v1_5-with-sha3-384", A::Sha3_384),
    ("id-rsassa-pkcs1-v1_5-with-sha3-512", A::Sha3_512),
    ("md5", A::Md5),
    ("md5-sha1", A::Md5Sha1),
    ("md5WithRSAEncryption", A::Md5),
    ("ripemd", A::Ripemd160),
    ("ripemd160", A::Ripemd160),
    ("ripemd160WithRSA", A::Ripemd160),
    ("rmd160", A::Ripemd160),
    ("sha1", A::Sha1),
    ("sha1WithRSAEncryption", A::Sha1),
    ("sha224", A::Sha224),
    ("sha224WithRSAEncryption", A::Sha224),
    ("sha256", A::Sha256),
    ("sha256WithRSAEncryption", A::Sha256),
    ("sha3-224", A::Sha3_224),
    ("sha3-256", A::Sha3_256),
    ("sha3-384", A::Sha3_384),
    ("sha3-512", A::Sha3_512),
    ("sha384", A::Sha384),
    ("sha384WithRSAEncryption", A::Sha384),
    ("sha512", A::Sha512),
    ("sha512-224", A::Sha512_224),
    ("sha512-224WithRSAEncryption", A::Sha512_224),
    ("sha512-256", A::Sha512_256),
    ("sha512-256WithRSAEncryption", A::Sha512_256),
    ("sha512WithRSAEncryption", A::Sha512),
    ("shake128", A::Shake128),
    ("shake256", A::Shake256),
    ("sm3", A::Sm3),
    ("sm3WithRSAEncryption", A::Sm3),
    ("ssl3-md5", A::Md5),
    ("ssl3-sha1", A::Sha1),
];

/// Names that OpenSSL takes and doesn't list.
const UNLISTED: &[(&str, Algorithm)] = &[
    ("sha-1", A::Sha1),
    ("dss1", A::Sha1),
    ("sha-224", A::Sha224),
    ("sha2-224", A::Sha224),
    ("sha-256", A::Sha256),
    ("sha2-256", A::Sha256),
    ("sha-384", A::Sha384),
    ("sha2-384", A::Sha384),
    ("sha-512", A::Sha512),
    ("sha2-512", A::Sha512),
    ("sha-512/224", A::Sha512_224),
    ("sha2-512/224", A::Sha512_224),
    ("sha-512/256", A::Sha512_256),
    ("sha2-512/256", A::Sha512_256),
    ("shake-128", A::Shake128),
    ("shake-256", A::Shake256),
    ("blake2b-512", A::Blake2b512),
    ("blake2s-256", A::Blake2s256),
    ("ripemd-160", A::Ripemd160),
    ("1.2.840.113549.2.5", A::Md5),
    ("1.3.14.3.2.26", A::Sha1),
    ("1.3.36.3.2.1", A::Ripemd160),
    ("2.16.840.1.101.3.4.2.1", A::Sha256),
    ("2.16.840.1.101.3.4.2.2", A::Sha384),
    ("2.16.840.1.101.3.4.2.3", A::Sha512),
    ("2.16.840.1.101.3.4.2.4", A::Sha224),
    ("2.16.840.1.101.3.4.2.5", A::Sha512_224),
    ("2.16.840.1.101.3.4.2.6", A::Sha512_256),
    ("2.16.840.1.101.3.4.2.7", A::Sha3_224),
    ("2.16.840.1.101.3.4.2.8", A::Sha3_256),
    ("2.16.840.1.101.3.4.2.9", A::Sha3_384),
    ("2.16.840.1.101.3.4.2.10", A::Sha3_512),
];

/// Runs an expression with `$D` as the type of a digest of fixed length.
macro_rules! with_digest {
    ($algorithm:expr, $D:ident => $body:expr, xof $X:ident => $xof:expr) => {
        match $algorithm {
            A::Md5 => {
                type $D = Md5;
                $body
            }
            A::Md5Sha1 => {
                type $D = Md5Sha1;
                $body
            }
            A::Sha1 => {
                type $D = Sha1;
                $body
            }
            A::Sha224 => {
                type $D = Sha224;
                $body
            }
            A::Sha256 => {
                type $D = Sha256;
                $body
            }
            A::Sha384 => {
                type $D = Sha384;
                $body
            }
            A::Sha512 => {
                type $D = Sha512;
                $body
            }
            A::Sha512_224 => {
                type $D = Sha512_224;
                $body
            }
            A::Sha512_256 => {
                type $D = Sha512_256;
                $body
            }
            A::Sha3_224 => {
                type $D = Sha3_224;
                $body
            }
            A::Sha3_256 => {
                type $D = Sha3_256;
                $body
            }
            A::Sha3_384 => {
                type $D = Sha3_384;
                $body
            }
            A::Sha3_512 => {
                type $D = Sha3_512;
                $body
            }
            A::Shake128 => {
                type $X = Shake128;
                $xof
            }
            A::Shake256 => {
                type $X = Shake256;
                $xof
            }
            A::Blake2b512 => {
                type $D = Blake2b512;
                $body
            }
            A::Blake2s256 => {
                type $D = Blake2s256;
                $body
            }
            A::Ripemd160 => {
                type $D = Ripemd160;
                $body
            }
            A::Sm3 => {
                type $D = Sm3;
                $body
            }
        }
    };
}

impl Algorithm {
    /// The digest of that name, in any mixture of cases.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        LISTED
            .iter()
            .chain(UNLISTED)
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, algorithm)| *algorithm)
    }

    /// Whether the output can be of any length.
    #[must_use]
    pub fn is_extendable(self) -> bool {
        matches!(self, A::Shake128 | A::Shake256)
    }

    /// Bytes of output, where nobody asks for another length.
    #[must_use]
    pub fn output_length(self) -> usize {
        match self {
            A::Shake128 => 16,
            A::Shake256 => 32,
            A::Md5 => 16,
            A::Sha1 | A::Ripemd160 => 20,
            A::Sha224 | A::Sha512_224 | A::Sha3_224 => 28,
            A::Sha256 | A::Sha512_256 | A::Sha3_256 | A::Blake2s256 | A::Sm3 => 32,
            A::Md5Sha1 => 36,
            A::Sha384 | A::Sha3_384 => 48,
            A::Sha512 | A::Sha3_512 | A::Blake2b512 => 64,
        }
    }

    /// A hasher that has seen nothing yet.
    #[must_use]
    pub fn hasher(self) -> Box<dyn Hasher> {
        assembled::hasher(self).unwrap_or_else(|| self.hasher_in_rust())
    }

    fn hasher_in_rust(self) -> Box<dyn Hasher> {
        with_digest!(self, D => Box::new(Fixed(D::default())), xof X => Box::new(Extendable(X::default())))
    }

    /// The keyed hasher (RFC 2104); `None` for those of any length.
    #[must_use]
    pub fn mac(self, key: &[u8]) -> Option<Box<dyn Hasher>> {
        assembled::mac(self, key).or_else(|| self.mac_in_rust(key))
    }

    fn mac_in_rust(self, key: &[u8]) -> Option<Box<dyn Hasher>> {
        fn keyed<M>(key: &[u8]) -> Option<Box<dyn Hasher>>
        where
            M: KeyInit + Update + FixedOutput + Clone + Send + 'static,
        {
            Some(Box::new(Fixed(<M as KeyInit>::new_from_slice(key).ok()?)))
        }
        with_digest!(self, D => keyed::<<D as MacOf>::Mac>(key), xof X => { let _ = X::default; None })
    }

    /// PBKDF2 (RFC 8018) with HMAC; `false` for digests of any length.
    pub fn pbkdf2(self, password: &[u8], salt: &[u8], rounds: u32, out: &mut [u8]) -> bool {
        assembled::pbkdf2(self, password, salt, rounds, out)
            || self.pbkdf2_in_rust(password, salt, rounds, out)
    }

    fn pbkdf2_in_rust(self, password: &[u8], salt: &[u8], rounds: u32, out: &mut [u8]) -> bool {
        with_digest!(
            self,
            D => pbkdf2::pbkdf2::<<D as MacOf>::Mac>(password, salt, rounds, out).is_ok(),
            xof X => { let _ = X::default; false }
        )
    }
}

/// A running digest or keyed digest.
pub trait Hasher: Send {
    /// Takes more input.
    fn update(&mut self, bytes: &[u8]);
    /// The output: of a length of its own, or of the one asked for where any is possible.
    fn finish(self: Box<Self>, length: usize) -> Vec<u8>;
    /// A hasher that has seen the same.
    fn copy(&self) -> Box<dyn Hasher>;
}

struct Fixed<D>(D);

impl<D: Update + FixedOutput + Clone + Send + 'static> Hasher for Fixed<D> {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>, _: usize) -> Vec<u8> {
        self.0.finalize_fixed().to_vec()
    }

    fn copy(&self) -> Box<dyn Hasher> {
        Box::new(Self(self.0.clone()))
    }
}

struct Extendable<D>(D);

impl<D: Update + ExtendableOutput + Clone + Send + 'static> Hasher for Extendable<D> {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>, length: usize) -> Vec<u8> {
        let mut output = vec![0; length];
        self.0.finalize_xof().read(&mut output);
        output
    }

    fn copy(&self) -> Box<dyn Hasher> {
        Box::new(Self(self.0.clone()))
    }
}

/// MD5 and SHA-1 of the same input, one after the other: what SSL 3 signed.
#[derive(Clone, Default)]
pub struct Md5Sha1(Md5, Sha1);

impl HashMarker for Md5Sha1 {}

impl OutputSizeUser for Md5Sha1 {
    type OutputSize = typenum::U36;
}

impl BlockSizeUser for Md5Sha1 {
    type BlockSize = typenum::U64;
}

impl Update for Md5Sha1 {
    fn update(&mut self, data: &[u8]) {
        Update::update(&mut self.0, data);
        Update::update(&mut self.1, data);
    }
}

impl FixedOutput for Md5Sha1 {
    fn finalize_into(self, out: &mut Output<Self>) {
        out[..16].copy_from_slice(&self.0.finalize_fixed());
        out[16..].copy_from_slice(&self.1.finalize_fixed());
    }
}

impl Reset for Md5Sha1 {
    fn reset(&mut self) {
        *self = Self::default();
    }
}

impl FixedOutputReset for Md5Sha1 {
    fn finalize_into_reset(&mut self, out: &mut Output<Self>) {
        std::mem::take(self).finalize_into(out);
    }
}

/// The keyed form: the quick one where the digest lets its inside be seen.
trait MacOf {
    type Mac: KeyInit + Update + FixedOutput + Clone + Send + 'static;
}

macro_rules! mac_of {
    ($($digest:ident => $mac:ident),* $(,)?) => {
        $(impl MacOf for $digest { type Mac = $mac<$digest>; })*
    };
}

mac_of!(
    Md5 => Hmac,
    Md5Sha1 => SimpleHmac,
    Sha1 => Hmac,
    Sha224 => Hmac,
    Sha256 => Hmac,
    Sha384 => Hmac,
    Sha512 => Hmac,
    Sha512_224 => Hmac,
    Sha512_256 => Hmac,
    Sha3_224 => SimpleHmac,
    Sha3_256 => SimpleHmac,
    Sha3_384 => SimpleHmac,
    Sha3_512 => SimpleHmac,
    Blake2b512 => SimpleHmac,
    Blake2s256 => SimpleHmac,
    Ripemd160 => Hmac,
    Sm3 => Hmac,
);

#[cfg(test)]
mod tests {
    use super::{Algorithm, LISTED};

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn names() {
        for (name, algorithm) in [
            ("SHA256", Some(Algorithm::Sha256)),
            ("sha2-256", Some(Algorithm::Sha256)),
            ("rsa-sha512/256", Some(Algorithm::Sha512_256)),
            ("sha512/256", None),
            ("blake2b", None),
            ("", None),
        ] {
            assert_eq!(Algorithm::parse(name), algorithm, "{name}");
        }
        assert!(LISTED.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn digests_of_one_letter() {
        for (name, digest) in [
            ("md5", "0cc175b9c0f1b6a831c399e269772661"),
            ("sha1", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
            (
                "sha224",
                "abd37534c7d9a2efb9465de931cd7055ffdb8879563ae98078d6d6d5",
            ),
            (
                "sha256",
                "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
            ),
            ("shake128", "85c8de88d28866bf0868090b3961162b"),
            ("rmd160", "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe"),
            (
                "md5-sha1",
                "0cc175b9c0f1b6a831c399e26977266186f7e437faa5a7fce15d1ddcb9eaeaea377667b8",
            ),
        ] {
            let algorithm = Algorithm::parse(name).expect(name);
            let mut hasher = algorithm.hasher();
            hasher.update(b"a");
            let length = algorithm.output_length();
            assert_eq!(hex(&hasher.copy().finish(length)), digest, "{name}");
            assert_eq!(hex(&hasher.finish(length)), digest, "{name} after a copy");
        }
    }

    /// Whoever computes it, a digest is the same: in pieces around the sizes of blocks, keyed and not, and after a copy.
    #[test]
    fn in_assembly_as_in_rust() {
        let bytes: Vec<u8> = (0..1000u32).map(|at| (at * 31 % 251) as u8).collect();
        for name in ["sha256", "sha384", "sha512", "sha512-256"] {
            let algorithm = Algorithm::parse(name).expect(name);
            for cut in [0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 256, 999] {
                let key = &bytes[..cut];
                let pairs = [
                    (algorithm.hasher(), algorithm.hasher_in_rust()),
                    (
                        algorithm.mac(key).expect("a fixed length"),
                        algorithm.mac_in_rust(key).expect("a fixed length"),
                    ),
                ];
                for pair in pairs {
                    let [chosen, rust] = [pair.0, pair.1].map(|mut hasher| {
                        hasher.update(&bytes[..cut]);
                        let mut copy = hasher.copy();
                        hasher.update(b"what the copy doesn't see");
                        copy.update(&bytes[cut..]);
                        [hex(&copy.finish(0)), hex(&hasher.finish(0))]
                    });
                    assert_eq!(chosen, rust, "{name} of {cut} bytes and the rest");
                }
            }
        }
    }

    #[test]
    fn keys_from_passwords_in_assembly_as_in_rust() {
        for name in ["sha256", "sha384", "sha512", "sha1"] {
            let algorithm = Algorithm::parse(name).expect(name);
            for (rounds, length) in [(1, 0), (1, 1), (3, 64), (2, 200)] {
                let (mut chosen, mut rust) = (vec![0; length], vec![1; length]);
                assert!(algorithm.pbkdf2(b"password", b"salt", rounds, &mut chosen));
                assert!(algorithm.pbkdf2_in_rust(b"password", b"salt", rounds, &mut rust));
                assert_eq!(hex(&chosen), hex(&rust), "{name}, {rounds}, {length}");
            }
        }
    }

    #[test]
    fn keyed() {
        let mut mac = Algorithm::Md5Sha1.mac(b"k").expect("a fixed length");
        mac.update(b"a");
        assert_eq!(
            hex(&mac.finish(0)),
            "9fccbe70908db507f88669978cf8345e57f5188a609926886f13dc32f72eeb6c9a1883b7"
        );
        assert!(Algorithm::Shake128.mac(b"k").is_none());
    }
}
