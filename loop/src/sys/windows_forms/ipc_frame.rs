//! The frames in which bytes and sockets travel over an IPC pipe, laid out as libuv lays out its own.
//!
//! A head of four 32-bit numbers, little-endian: flags, one that says nothing, the length of the payload, zero. If the flags
//! say that a socket comes along, its description and one more number follow. Then the payload.

use std::io;

/// The size of `WSAPROTOCOL_INFOW`.
pub(in crate::sys) const SOCKET_INFO: usize = 628;
const HEAD: usize = 16;
/// The description of a socket, and the error that its sender met with it.
const SOCKET: usize = SOCKET_INFO + 4;

const HAS_DATA: u32 = 1;
const HAS_SOCKET: u32 = 2;
const IS_CONNECTION: u32 = 4;

/// What becomes of a socket in the other process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sys) struct SocketInfo {
    /// Bytes of a `WSAPROTOCOL_INFOW`.
    pub(in crate::sys) info: [u8; SOCKET_INFO],
    /// It has a peer, so it is no listener.
    pub(in crate::sys) is_connection: bool,
}

/// The length of what comes before a payload.
pub(in crate::sys) fn head_length(socket: Option<&SocketInfo>) -> usize {
    HEAD + socket.map_or(0, |_| SOCKET)
}

/// What comes before a payload of `length` bytes.
pub(in crate::sys) fn head(length: u32, socket: Option<&SocketInfo>) -> Vec<u8> {
    let mut flags = if length > 0 { HAS_DATA } else { 0 };
    if let Some(socket) = socket {
        flags |= HAS_SOCKET;
        if socket.is_connection {
            flags |= IS_CONNECTION;
        }
    }
    let mut head = Vec::with_capacity(head_length(socket));
    for number in [flags, 0, length, 0] {
        head.extend(number.to_le_bytes());
    }
    if let Some(socket) = socket {
        head.extend(socket.info);
        head.extend(0_u32.to_le_bytes());
    }
    head
}

/// What the reader of an IPC pipe has to read next.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::sys) enum Next {
    /// So many bytes at most for [`Decoder::head`].
    Head(usize),
    /// So many bytes at most of payload, for whoever reads, and their number for [`Decoder::payload`].
    Payload(usize),
}

/// Takes frames apart, however they are cut.
#[derive(Default)]
pub(in crate::sys) struct Decoder {
    /// What has come of what comes before a payload.
    head: Vec<u8>,
    /// Bytes of the payload that haven't come.
    payload: usize,
    /// Where the next frame begins nobody knows any more.
    broken: bool,
}

impl Decoder {
    pub(in crate::sys) fn next(&self) -> io::Result<Next> {
        if self.broken {
            return Err(invalid());
        }
        if self.payload > 0 {
            return Ok(Next::Payload(self.payload));
        }
        let wanted = if self.head.len() < HEAD {
            HEAD
        } else {
            HEAD + SOCKET
        };
        Ok(Next::Head(wanted - self.head.len()))
    }

    /// Takes bytes that [`Next::Head`] asked for; a socket that they were the last of.
    pub(in crate::sys) fn head(&mut self, bytes: &[u8]) -> io::Result<Option<SocketInfo>> {
        self.head.extend_from_slice(bytes);
        if self.head.len() < HEAD {
            return Ok(None);
        }
        let (flags, length) = (self.number(0), self.number(8));
        let (has_data, has_socket) = (flags & HAS_DATA != 0, flags & HAS_SOCKET != 0);
        let is_connection = flags & IS_CONNECTION != 0;
        self.broken = flags > (HAS_DATA | HAS_SOCKET | IS_CONNECTION)
            || self.number(12) != 0
            || (length > 0 && !has_data)
            || (is_connection && !has_socket);
        if self.broken {
            return Err(invalid());
        }
        if has_socket && self.head.len() < HEAD + SOCKET {
            return Ok(None);
        }
        self.payload = length as usize;
        let info = self.head.get(HEAD..HEAD + SOCKET_INFO);
        let info = info.and_then(|info| info.try_into().ok());
        self.head.clear();
        Ok(info.map(|info| SocketInfo {
            info,
            is_connection,
        }))
    }

    /// So many bytes of the payload have been read.
    pub(in crate::sys) fn payload(&mut self, count: usize) {
        self.payload = self.payload.saturating_sub(count);
    }

    /// The pipe has ended: an error inside a frame.
    pub(in crate::sys) fn end(&self) -> io::Result<()> {
        if self.head.is_empty() && self.payload == 0 {
            return Ok(());
        }
        Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "an IPC pipe has ended inside a frame",
        ))
    }

    /// At an offset in the head, which is there.
    fn number(&self, at: usize) -> u32 {
        let bytes = self.head.iter().skip(at).take(4).rev();
        bytes.fold(0, |number, &byte| number << 8 | u32::from(byte))
    }
}

fn invalid() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "what came over an IPC pipe is no frame: its other end isn't one",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket(fill: u8, is_connection: bool) -> SocketInfo {
        SocketInfo {
            info: [fill; SOCKET_INFO],
            is_connection,
        }
    }

    fn frame(payload: &[u8], socket: Option<&SocketInfo>) -> Vec<u8> {
        let mut frame = head(payload.len() as u32, socket);
        assert_eq!(frame.len(), head_length(socket));
        frame.extend(payload);
        frame
    }

    /// The payloads and sockets of bytes that come in pieces of a size.
    fn decode(bytes: &[u8], piece: usize) -> io::Result<(Vec<u8>, Vec<SocketInfo>)> {
        let (mut decoder, mut payload, mut sockets) = (Decoder::default(), vec![], vec![]);
        for mut rest in bytes.chunks(piece) {
            while !rest.is_empty() {
                let count = match decoder.next()? {
                    Next::Head(most) => {
                        let count = most.min(rest.len());
                        sockets.extend(decoder.head(&rest[..count])?);
                        count
                    }
                    Next::Payload(most) => {
                        let count = most.min(rest.len());
                        payload.extend(&rest[..count]);
                        decoder.payload(count);
                        count
                    }
                };
                rest = &rest[count..];
            }
        }
        decoder.end()?;
        Ok((payload, sockets))
    }

    #[test]
    fn a_head_is_laid_out_as_libuvs() {
        let plain = head(0x1234, None);
        assert_eq!(
            plain,
            [1, 0, 0, 0, 0, 0, 0, 0, 0x34, 0x12, 0, 0, 0, 0, 0, 0]
        );
        for (is_connection, flags) in [(true, 7), (false, 3)] {
            let with = head(1, Some(&socket(9, is_connection)));
            assert_eq!(with.len(), 16 + 632);
            assert_eq!(with[0], flags);
            assert!(with[16..644].iter().all(|&byte| byte == 9));
            assert_eq!(with[644..], [0; 4]);
        }
        assert_eq!(head(0, Some(&socket(9, true)))[0], 6);
    }

    #[test]
    fn frames_arrive_however_they_are_cut() {
        let (first, second) = (socket(1, true), socket(2, false));
        let mut bytes = frame(b"plain ", None);
        bytes.extend(frame(b"with ", Some(&first)));
        bytes.extend(frame(b"", Some(&second)));
        bytes.extend(frame(b"", None));
        bytes.extend(frame(b"after", None));
        for piece in [1, 2, 15, 16, 17, 100, 631, 648, bytes.len()] {
            let (payload, sockets) = decode(&bytes, piece).unwrap();
            assert_eq!(payload, b"plain with after", "{piece}");
            assert_eq!(sockets, [first.clone(), second.clone()], "{piece}");
        }
        // The end is one only between two frames.
        let boundaries = [0, 22, 675, 1323, 1339, 1360];
        assert_eq!(bytes.len(), 1360);
        for end in 0..=bytes.len() {
            let decoded = decode(&bytes[..end], 64);
            assert_eq!(decoded.is_ok(), boundaries.contains(&end), "{end}");
        }
    }

    #[test]
    fn what_is_no_frame_is_an_error_that_stays() {
        let head = |flags: u32, length: u32, zero: u32| {
            let numbers = [flags, 0xffff_ffff, length, zero];
            numbers.map(u32::to_le_bytes).concat()
        };
        assert!(Decoder::default().head(&head(1, 5, 0)).is_ok());
        let cases = [
            b"{\"cmd\":\"hello\"}\n".to_vec(),
            head(8, 0, 0),
            head(0x101, 1, 0),
            head(1, 1, 1),
            head(0, 1, 0),
            head(5, 1, 0),
        ];
        for case in cases {
            let mut decoder = Decoder::default();
            let error = decoder.head(&case).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{case:?}");
            assert_eq!(decoder.next().unwrap_err().kind(), error.kind());
        }
    }
}
