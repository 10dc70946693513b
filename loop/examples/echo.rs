//! An echo server: `cargo run -p ouro-loop --example echo [ADDRESS]`.
//!
//! It writes straight to the socket, queues what the socket doesn't take, and stops reading a stream while its
//! queue is long, so that a client that doesn't read costs no memory.

use std::error::Error;
use std::io::{self, IoSlice};

use ouro_loop::{Event, EventLoop, HandleId, ListenOptions, ReadResult, RunMode};

/// Queued bytes above which a stream isn't read any more.
const HIGH_WATER_MARK: usize = 1 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1);
    let address = address.as_deref().unwrap_or("127.0.0.1:7007").parse()?;
    let ev = EventLoop::new()?;
    let server = ev.tcp_listen(address, &ListenOptions::default())?;
    println!("listening at {}", ev.local_addr(server)?);
    let mut buffer = vec![0; 64 * 1024];
    while let Some(event) = ev.next_event(RunMode::Default) {
        match event {
            Event::Connection(id) => loop {
                match ev.accept(id) {
                    Ok(Some(stream)) => ev.read_start(stream)?,
                    Ok(None) => break,
                    Err(error) => {
                        eprintln!("accept: {error}");
                        break;
                    }
                }
            },
            Event::Readable(id) => match ev.read(id, &mut buffer) {
                ReadResult::Data(count) => {
                    if echo(&ev, id, &buffer[..count]).is_err() {
                        ev.close(id)?;
                    }
                }
                ReadResult::WouldBlock => {}
                // Found again when reading goes on after a write; asking twice is refused, and that is all.
                ReadResult::Eof => drop(ev.shutdown(id)),
                ReadResult::Err(_) => ev.close(id)?,
            },
            Event::Wrote {
                result: Ok(()), id, ..
            } => ev.read_start(id)?,
            Event::Wrote { id, .. } | Event::Shutdown { id, .. } if !ev.is_closing(id) => {
                ev.close(id)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn echo(ev: &EventLoop, id: HandleId, bytes: &[u8]) -> io::Result<()> {
    let sent = match ev.try_write(id, &[IoSlice::new(bytes)]) {
        Ok(sent) => sent,
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
        Err(error) => return Err(error),
    };
    if sent < bytes.len() {
        ev.write(id, bytes[sent..].to_vec(), 0)?;
        if ev.write_queue_size(id)? > HIGH_WATER_MARK {
            ev.read_stop(id)?;
        }
    }
    Ok(())
}
