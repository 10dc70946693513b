//! Ten senders, ten receivers: each sender sends to its receiver, and the end of a send begins the next.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use ouro_loop::{Event, EventLoop, HandleId, RunMode, UdpOptions};

use super::{READ_SIZE, Result, expect, loopback, unexpected};

const PAIRS: usize = 10;
static DATAGRAM: [u8; 100] = [0; 100];

struct Pummel {
    ev: EventLoop,
    senders: Vec<(HandleId, SocketAddr)>,
    total: u64,
    begun: u64,
}

pub fn pummel(count: u64) -> Result {
    let mut pummel = Pummel {
        ev: EventLoop::new()?,
        senders: Vec::new(),
        total: count,
        begun: 0,
    };
    let mut receivers = Vec::new();
    for _ in 0..PAIRS {
        let receiver = pummel.ev.udp_bind(loopback(), &UdpOptions::default())?;
        pummel.ev.udp_receive_start(receiver)?;
        receivers.push(receiver);
        let sender = pummel.ev.udp_bind(loopback(), &UdpOptions::default())?;
        let address = pummel.ev.local_addr(receiver)?;
        pummel.senders.push((sender, address));
    }
    let mut received = 0;
    let mut buffer = vec![0; READ_SIZE];
    let begin = Instant::now();
    let mut spent = Duration::ZERO;
    for pair in 0..PAIRS {
        pummel.send(pair)?;
    }
    while let Some(event) = pummel.ev.next_event(RunMode::Default) {
        match event {
            Event::Readable(id) => {
                while let Some((size, _)) = pummel.ev.udp_receive(id, &mut buffer)? {
                    expect("bytes of a datagram", size as u64, DATAGRAM.len() as u64)?;
                    received += 1;
                }
                if received == count && spent.is_zero() {
                    spent = begin.elapsed();
                    let senders = pummel.senders.iter().map(|(sender, _)| sender);
                    for &id in senders.chain(&receivers) {
                        pummel.ev.close(id)?;
                    }
                }
            }
            Event::Wrote { result, tag, .. } => {
                // Those of the last turn, which the closing has overtaken, are cancelled.
                if spent.is_zero() {
                    result?;
                    pummel.send(tag as usize)?;
                }
            }
            Event::Closed(_) => {}
            other => unexpected(&other)?,
        }
    }
    expect("datagrams received", received, count)?;
    Ok(spent)
}

impl Pummel {
    fn send(&mut self, pair: usize) -> Result<()> {
        if self.begun < self.total {
            self.begun += 1;
            let (sender, address) = self.senders[pair];
            let bytes = &DATAGRAM[..];
            self.ev
                .udp_send(sender, bytes, Some(address), pair as u64)?;
        }
        Ok(())
    }
}
