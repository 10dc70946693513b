//! The other side of the scripts that listen: one connection, one message at a time, each byte that comes back compared.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    time::Duration,
};

use super::paths::Client;
use crate::{Error, Result};

/// Longer than any answer takes, however slow the counting makes the first of them.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// Where an answer has the date, which is not compared.
const DATE: &str = "Thu, 01 Jan 1970 00:00:00 GMT";

impl Client {
    /// Connects, sends `count` messages one after another and disconnects.
    ///
    /// # Errors
    /// The first answer that isn't what it should be.
    pub fn drive(self, port: u16, count: u64) -> Result<()> {
        let failed = |error| Error::Io(format!("message to port {port}"), error);
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        stream.set_read_timeout(Some(TIME_LIMIT)).map_err(failed)?;
        let (message, expected) = self.exchange();
        let date = expected.find(DATE);
        let mut answer = vec![0; expected.len()];
        for _ in 0..count {
            stream.write_all(message.as_bytes()).map_err(failed)?;
            stream.read_exact(&mut answer).map_err(failed)?;
            if let Some(date) = date {
                answer[date..date + DATE.len()].copy_from_slice(DATE.as_bytes());
            }
            if answer != expected.as_bytes() {
                let answer = String::from_utf8_lossy(&answer);
                return Err(Error::Wrong(format!("answered {answer:?}")));
            }
        }
        Ok(())
    }

    /// A message, and what comes back.
    fn exchange(self) -> (String, String) {
        let body = "abcdefghijklmnopqrstuvwxyz0123456789".repeat(29);
        let length = body.len();
        match self {
            Self::HttpGet => (
                "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
                answer("Hello, world!\n"),
            ),
            Self::HttpPost => (
                format!(
                    "POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n\
                     Content-Length: {length}\r\n\r\n{body}"
                ),
                answer(&body),
            ),
            Self::Echo => (body[..64].to_owned(), body[..64].to_owned()),
        }
    }
}

fn answer(body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: {DATE}\r\nConnection: keep-alive\r\n\
         Keep-Alive: timeout=60\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}
