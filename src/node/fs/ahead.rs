//! Opening a file for a `ReadStream` reads its first chunk too, which saves a round trip through the pool, and another one where that is the
//! whole file. What was read ahead is used where it comes to the same as reading when it is asked for.

use boa_engine::{Context, object::builtins::AlignedVec};

use super::{
    error::FsError,
    ops::descriptor::{Opening, read_some},
    sys,
};
use crate::{node::stream::readable, runtime::State};

/// Which bytes a stream asks for first.
#[derive(Clone, Copy)]
pub struct First {
    pub at: i64,
    pub length: usize,
}

/// The first chunk of a plain file.
pub struct Piece {
    bytes: AlignedVec<u8>,
    /// The size of the file, if it ends behind the chunk.
    ends: Option<u64>,
}

/// Opens a file, and reads the first chunk of a plain one without moving its position.
///
/// # Errors
/// What `open` says; a chunk that can't be read is left to be read again.
pub fn open(opening: &Opening, first: First) -> Result<(i32, Option<Piece>), FsError> {
    let fd = opening.run()?;
    let piece = plain_size(fd).and_then(|size| {
        let bytes = read_some(fd, first.length, Some(first.at)).ok()?;
        let behind = u64::try_from(first.at).ok()? + bytes.len() as u64;
        let ends = Some(size).filter(|size| *size == behind);
        (!bytes.is_empty()).then_some(Piece { bytes, ends })
    });
    Ok((fd, piece))
}

/// The size of a file that has one: what the kernel makes up as it is read says that it is empty.
fn plain_size(fd: i32) -> Option<u64> {
    let status = sys::fstat(fd).ok()?;
    (status.is_file() && status.size > 0).then_some(status.size)
}

/// What was read of a file before it was asked for.
pub struct Ahead {
    /// The first chunk, until it is asked for.
    chunk: Option<(First, AlignedVec<u8>)>,
    /// The size of the file, if it ends behind that, and the turn of the loop in which this was heard: what is written to the file in a
    /// later one is read.
    ends: Option<(u64, u64)>,
    /// What is on its way to the reader, and how much was wanted.
    arriving: Option<(usize, AlignedVec<u8>)>,
}

fn turn(context: &Context) -> u64 {
    State::of(context).event_loop.metrics().iterations
}

impl Ahead {
    pub fn new(piece: Piece, first: First, context: &Context) -> Self {
        Self {
            ends: piece.ends.map(|size| (size, turn(context))),
            chunk: Some((first, piece.bytes)),
            arriving: None,
        }
    }

    pub fn keep_in(self, state: &readable::State) {
        state.keep(Box::new(self));
    }

    pub fn taken_from(state: &readable::State) -> Option<Self> {
        let kept = state.take_kept()?.downcast::<Self>().ok()?;
        Some(*kept)
    }

    /// Whether that is what a read would find: the first chunk, with the file's position moved behind it where it is read from
    /// there, or that the file has ended. It arrives in a tick, since what `_read` brings at once is read ahead of the listeners.
    pub fn serves(&mut self, fd: i32, count: usize, at: Option<i64>, context: &Context) -> bool {
        let Some((first, bytes)) = self.chunk.take() else {
            let has_ended = self.ends.is_some_and(|(size, seen_in)| {
                seen_in == turn(context) && sys::known_size(fd) == Some(size)
            });
            if has_ended {
                self.arriving = Some((count, AlignedVec::new(0)));
            }
            return has_ended;
        };
        let is_it = first.length == count && at.is_none_or(|at| at == first.at);
        if !is_it || (at.is_none() && sys::skip(fd, bytes.len()).is_err()) {
            return false;
        }
        self.arriving = Some((count, bytes));
        true
    }

    /// What has arrived, and how much was wanted.
    pub fn arrived(state: &readable::State) -> Option<(usize, AlignedVec<u8>)> {
        let mut ahead = Self::taken_from(state)?;
        let arrived = ahead.arriving.take();
        ahead.keep_in(state);
        arrived
    }
}
