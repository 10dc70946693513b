//! Messages that a server sends back: one thread, each connection sends again when it has its message.

use std::{cell::RefCell, rc::Rc, time::Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::LocalSet,
};

use super::{Echoes, Load, http::Tally};
use crate::{Result, requests::alphabet};

pub async fn run(echoes: Echoes) -> Result<Load> {
    let tally = Rc::new(RefCell::new(Tally::new()));
    let message: Rc<[u8]> = alphabet(echoes.message_bytes).into_bytes().into();
    let begin = Instant::now();
    let end = begin + echoes.time;
    let tasks = LocalSet::new();
    for _ in 0..echoes.connections {
        let (tally, message) = (tally.clone(), message.clone());
        tasks.spawn_local(async move {
            let sent = async {
                let mut stream = TcpStream::connect(echoes.address).await?;
                stream.set_nodelay(true)?;
                let mut back = vec![0; message.len()];
                while Instant::now() < end {
                    let start = Instant::now();
                    stream.write_all(&message).await?;
                    stream.read_exact(&mut back).await?;
                    if *back != *message {
                        return Err(std::io::ErrorKind::InvalidData.into());
                    }
                    tally
                        .borrow_mut()
                        .answered(back.len() as u64, start.elapsed());
                }
                Ok::<_, std::io::Error>(())
            };
            if sent.await.is_err() {
                tally.borrow_mut().errors += 1;
            }
        });
    }
    tasks.await;
    let load = tally.borrow().load(begin.elapsed());
    Ok(load)
}
