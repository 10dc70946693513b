//! A client that reads one answer at a time and looks at every byte.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use crate::{Error, Result, requests::Exchange};

/// Sends the requests one after another on one connection and checks the answers; returns how many bytes each had.
///
/// # Errors
/// The first answer that isn't what it should be.
pub fn check(address: SocketAddr, exchanges: &[Exchange]) -> Result<Vec<u64>> {
    let mut answers = BufReader::new(connect(address)?);
    exchanges
        .iter()
        .map(|exchange| ask(&mut answers, exchange))
        .collect()
}

fn ask(answers: &mut BufReader<TcpStream>, exchange: &Exchange) -> Result<u64> {
    answers
        .get_mut()
        .write_all(exchange.request.as_bytes())
        .map_err(|error| Error::Io("request".to_owned(), error))?;
    read(answers, exchange)
}

/// Sends the requests in turns on one connection for so long, and checks each answer.
///
/// # Errors
/// The first answer that isn't what it should be.
pub fn warm_up(address: SocketAddr, exchanges: &[Exchange], time: Duration) -> Result<()> {
    let end = Instant::now() + time;
    let mut answers = BufReader::new(connect(address)?);
    while Instant::now() < end {
        for exchange in exchanges {
            ask(&mut answers, exchange)?;
        }
    }
    Ok(())
}

fn connect(address: SocketAddr) -> Result<TcpStream> {
    let failed = |error| Error::Io(address.to_string(), error);
    let stream = TcpStream::connect(address).map_err(failed)?;
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .map_err(failed)?;
    stream.set_nodelay(true).map_err(failed)?;
    Ok(stream)
}

fn read(answers: &mut impl BufRead, exchange: &Exchange) -> Result<u64> {
    let mut total = 0;
    let status = line(answers, &mut total)?;
    if status != "HTTP/1.1 200 OK" {
        return Err(Error::Wrong(format!("answered {status:?}")));
    }
    let mut headers = Vec::new();
    loop {
        let header = line(answers, &mut total)?;
        let Some((name, value)) = header.split_once(": ") else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let header = |name: &str| {
        let found = headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    };
    if let Some((name, value)) = &exchange.header
        && header(name) != Some(value)
    {
        return Err(Error::Wrong(format!(
            "header {name} is {:?}, not {value}",
            header(name)
        )));
    }
    let mut body = Vec::new();
    if header("transfer-encoding") == Some("chunked") {
        loop {
            let size = line(answers, &mut total)?;
            let size = usize::from_str_radix(&size, 16)
                .map_err(|_| Error::Wrong(format!("a chunk of size {size:?}")))?;
            let start = body.len();
            body.resize(start + size + 2, 0);
            answers.read_exact(&mut body[start..]).map_err(broken)?;
            body.truncate(start + size);
            total += size as u64 + 2;
            if size == 0 {
                break;
            }
        }
    } else {
        let length = header("content-length").and_then(|text| text.parse().ok());
        body.resize(length.unwrap_or(0), 0);
        answers.read_exact(&mut body).map_err(broken)?;
        total += body.len() as u64;
    }
    if body != exchange.body.as_bytes() {
        let (found, wanted) = (body.len(), exchange.body.len());
        return Err(Error::Wrong(format!(
            "a wrong body: {found} bytes where {wanted} were due"
        )));
    }
    Ok(total)
}

fn line(answers: &mut impl BufRead, total: &mut u64) -> Result<String> {
    let mut line = String::new();
    *total += answers.read_line(&mut line).map_err(broken)? as u64;
    Ok(line.trim_end().to_owned())
}

fn broken(error: std::io::Error) -> Error {
    Error::Io("answer".to_owned(), error)
}
