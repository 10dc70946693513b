//! The digests of the SHA-2 family that the crate `ring` has in assembly for the usual processors, as [`Hasher`]s, keyed ones and key
//! derivations. `algorithm` asks here first; it has all digests in Rust too, and uses those in a build without the feature `ring`.

use super::algorithm::{Algorithm, Hasher};

/// A hasher that has seen nothing yet, where assembly is quicker than Rust.
#[cfg(feature = "ring")]
pub fn hasher(algorithm: Algorithm) -> Option<Box<dyn Hasher>> {
    family::digest(algorithm)
        .map(|digest| Box::new(family::Digest(ring::digest::Context::new(digest))) as _)
}

/// The keyed hasher (RFC 2104).
#[cfg(feature = "ring")]
pub fn mac(algorithm: Algorithm, key: &[u8]) -> Option<Box<dyn Hasher>> {
    family::hmac(algorithm).map(|hmac| {
        let key = ring::hmac::Key::new(hmac, key);
        Box::new(family::Mac(ring::hmac::Context::with_key(&key))) as _
    })
}

/// PBKDF2 (RFC 8018) with HMAC; `false` where there is none in assembly.
#[cfg(feature = "ring")]
pub fn pbkdf2(
    algorithm: Algorithm,
    password: &[u8],
    salt: &[u8],
    rounds: u32,
    out: &mut [u8],
) -> bool {
    use ring::pbkdf2;

    let prf = match algorithm {
        Algorithm::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
        Algorithm::Sha384 => pbkdf2::PBKDF2_HMAC_SHA384,
        Algorithm::Sha512 => pbkdf2::PBKDF2_HMAC_SHA512,
        _ => return false,
    };
    let Some(rounds) = std::num::NonZeroU32::new(rounds) else {
        return false;
    };
    pbkdf2::derive(prf, rounds, salt, password, out);
    true
}

#[cfg(not(feature = "ring"))]
pub fn hasher(_: Algorithm) -> Option<Box<dyn Hasher>> {
    None
}

#[cfg(not(feature = "ring"))]
pub fn mac(_: Algorithm, _: &[u8]) -> Option<Box<dyn Hasher>> {
    None
}

#[cfg(not(feature = "ring"))]
pub fn pbkdf2(_: Algorithm, _: &[u8], _: &[u8], _: u32, _: &mut [u8]) -> bool {
    false
}

#[cfg(feature = "ring")]
mod family {
    use ring::{digest, hmac};

    use super::{Algorithm, Hasher};

    pub fn digest(algorithm: Algorithm) -> Option<&'static digest::Algorithm> {
        match algorithm {
            Algorithm::Sha256 => Some(&digest::SHA256),
            Algorithm::Sha384 => Some(&digest::SHA384),
            Algorithm::Sha512 => Some(&digest::SHA512),
            Algorithm::Sha512_256 => Some(&digest::SHA512_256),
            _ => None,
        }
    }

    pub fn hmac(algorithm: Algorithm) -> Option<hmac::Algorithm> {
        match algorithm {
            Algorithm::Sha256 => Some(hmac::HMAC_SHA256),
            Algorithm::Sha384 => Some(hmac::HMAC_SHA384),
            Algorithm::Sha512 => Some(hmac::HMAC_SHA512),
            _ => None,
        }
    }

    pub struct Digest(pub digest::Context);

    impl Hasher for Digest {
        fn update(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }

        fn finish(self: Box<Self>, _: usize) -> Vec<u8> {
            self.0.finish().as_ref().to_vec()
        }

        fn copy(&self) -> Box<dyn Hasher> {
            Box::new(Self(self.0.clone()))
        }
    }

    pub struct Mac(pub hmac::Context);

    impl Hasher for Mac {
        fn update(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }

        fn finish(self: Box<Self>, _: usize) -> Vec<u8> {
            self.0.sign().as_ref().to_vec()
        }

        fn copy(&self) -> Box<dyn Hasher> {
            Box::new(Self(self.0.clone()))
        }
    }
}
