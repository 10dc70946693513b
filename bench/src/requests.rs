//! What the load consists of: requests, and what has to come back for each.

use serde::{Deserialize, Serialize};

/// A request as it goes over the wire, and what its answer has to have.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Exchange {
    pub request: String,
    pub body: String,
    /// A header of the answer.
    pub header: Option<(String, String)>,
}

/// How many different requests the varied load has.
const VARIED: usize = 256;
/// The largest body of the varied load.
const LARGEST: u32 = 16 * 1024;
/// Headers with random names in each request of the varied load.
const HEADERS: u32 = 8;

impl Exchange {
    /// A request, with headers (`Name: value`) and a body if there are any, and the body of its answer.
    pub fn new(
        method: &str,
        path: &str,
        headers: &[&str],
        body: Option<&str>,
        answer: String,
    ) -> Self {
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n");
        for header in headers {
            request.push_str(&format!("{header}\r\n"));
        }
        if let Some(body) = body {
            let kind = if body.starts_with('{') {
                "application/json"
            } else {
                "text/plain"
            };
            let length = body.len();
            request.push_str(&format!(
                "Content-Type: {kind}\r\nContent-Length: {length}\r\n"
            ));
        }
        request.push_str("\r\n");
        request.push_str(body.unwrap_or_default());
        Self {
            request,
            body: answer,
            header: None,
        }
    }

    /// Requests with header names that no table knows, for bodies of 1 byte to 16 KB, small ones more often; the same in
    /// every run.
    pub fn varied() -> Vec<Self> {
        let mut random = Random(0x2545_f491_4f6c_dd1d);
        (0..VARIED)
            .map(|index| {
                // Sizes in equal numbers for each power of two, with both ends among them.
                let size = match index {
                    0 => 1,
                    1 => LARGEST,
                    _ => {
                        let power = random.below(14);
                        (1 << power) + random.below(1 << power)
                    }
                };
                random.exchange(size)
            })
            .collect()
    }
}

/// So many bytes of abc…zabc….
pub fn alphabet(bytes: usize) -> String {
    "abcdefghijklmnopqrstuvwxyz"
        .chars()
        .cycle()
        .take(bytes)
        .collect()
}

/// xorshift64*: the same numbers everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: u32) -> u32 {
        ((self.next() >> 32) % u64::from(bound)) as u32
    }

    fn word(&mut self) -> String {
        let length = 4 + self.below(16);
        (0..length)
            .map(|_| char::from(b'a' + self.below(26) as u8))
            .collect()
    }

    fn exchange(&mut self, size: u32) -> Exchange {
        let headers: Vec<(String, String)> = (0..HEADERS)
            .map(|_| (format!("x-{}", self.word()), self.word()))
            .collect();
        let asked = headers[0].clone();
        let mut request = format!("GET /{size}/{} HTTP/1.1\r\nHost: localhost\r\n", asked.0);
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        Exchange {
            request,
            body: alphabet(size as usize),
            header: Some(asked),
        }
    }
}
