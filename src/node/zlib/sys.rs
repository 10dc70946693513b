//! `zlib-rs` behind a safe interface: one stream of the C interface, which alone has every setting that Node passes on.
//! The codec in `deflate` is the only caller.

use std::ffi::{CStr, c_int};

use libz_rs_sys::{
    Z_DEFLATED, deflate, deflateEnd, deflateInit2_, deflateParams, deflateReset,
    deflateSetDictionary, inflate, inflateEnd, inflateInit2_, inflateReset, inflateSetDictionary,
    z_stream, zlibVersion,
};

/// What a call of zlib did.
pub struct Step {
    /// `Z_OK`, `Z_STREAM_END`, or an error.
    pub code: c_int,
    pub consumed: usize,
    pub produced: usize,
}

/// A stream that compresses or decompresses. It is in a box because its state points back at it.
pub struct Stream {
    z: Box<z_stream>,
    compresses: bool,
}

// SAFETY: the state belongs to this stream alone, is allocated by Rust's allocator, and has no ties to a thread.
unsafe impl Send for Stream {}

fn size() -> c_int {
    size_of::<z_stream>() as c_int
}

impl Stream {
    /// A compressor.
    ///
    /// # Errors
    /// zlib's code for settings that it refuses.
    pub fn compressor(
        level: c_int,
        window_bits: c_int,
        mem_level: c_int,
        strategy: c_int,
    ) -> Result<Self, c_int> {
        let mut z: Box<z_stream> = Box::default();
        // SAFETY: the stream is a valid one in its initial state, and version and size are those of the library itself.
        let code = unsafe {
            deflateInit2_(
                &mut *z,
                level,
                Z_DEFLATED,
                window_bits,
                mem_level,
                strategy,
                zlibVersion(),
                size(),
            )
        };
        match code {
            0 => Ok(Self {
                z,
                compresses: true,
            }),
            code => Err(code),
        }
    }

    /// A decompressor.
    ///
    /// # Errors
    /// zlib's code for settings that it refuses.
    pub fn decompressor(window_bits: c_int) -> Result<Self, c_int> {
        let mut z: Box<z_stream> = Box::default();
        // SAFETY: as above.
        let code = unsafe { inflateInit2_(&mut *z, window_bits, zlibVersion(), size()) };
        match code {
            0 => Ok(Self {
                z,
                compresses: false,
            }),
            code => Err(code),
        }
    }

    /// Works until there is no input or no room for output.
    pub fn step(&mut self, input: &[u8], output: &mut [u8], flush: c_int) -> Step {
        let given = input.len().min(u32::MAX as usize);
        let room = output.len().min(u32::MAX as usize);
        self.z.next_in = input.as_ptr();
        self.z.avail_in = given as u32;
        self.z.next_out = output.as_mut_ptr();
        self.z.avail_out = room as u32;
        // SAFETY: the stream was initialised for this direction, and its pointers and lengths are those of two slices that
        // outlive the call; zlib reads and writes within them.
        let code = unsafe {
            if self.compresses {
                deflate(&mut *self.z, flush)
            } else {
                inflate(&mut *self.z, flush)
            }
        };
        let step = Step {
            code,
            consumed: given - self.z.avail_in as usize,
            produced: room - self.z.avail_out as usize,
        };
        self.forget();
        step
    }

    /// No pointer stays behind.
    fn forget(&mut self) {
        self.z.next_in = std::ptr::null();
        self.z.next_out = std::ptr::null_mut();
        self.z.avail_in = 0;
        self.z.avail_out = 0;
    }

    /// Starts anew with the same settings.
    pub fn reset(&mut self) -> c_int {
        // SAFETY: the stream was initialised for this direction.
        unsafe {
            if self.compresses {
                deflateReset(&mut *self.z)
            } else {
                inflateReset(&mut *self.z)
            }
        }
    }

    /// Changes level and strategy of a compressor whose output has been flushed.
    pub fn params(&mut self, level: c_int, strategy: c_int) -> c_int {
        if !self.compresses {
            return 0;
        }
        // Without room nothing can be written here; zlib wants the pointer to be one all the same.
        let mut none = [0_u8; 1];
        self.z.next_in = none.as_ptr();
        self.z.next_out = none.as_mut_ptr();
        // SAFETY: the stream was initialised as a compressor, and has neither input nor room.
        let code = unsafe { deflateParams(&mut *self.z, level, strategy) };
        self.forget();
        code
    }

    /// Sets the dictionary.
    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> c_int {
        let length = dictionary.len().min(u32::MAX as usize) as u32;
        // SAFETY: the stream was initialised for this direction; zlib copies what it wants of the slice.
        unsafe {
            if self.compresses {
                deflateSetDictionary(&mut *self.z, dictionary.as_ptr(), length)
            } else {
                inflateSetDictionary(&mut *self.z, dictionary.as_ptr(), length)
            }
        }
    }

    /// What zlib says of the last error.
    pub fn message(&self) -> Option<String> {
        if self.z.msg.is_null() {
            return None;
        }
        // SAFETY: a message that isn't null is a constant text of the library.
        let text = unsafe { CStr::from_ptr(self.z.msg) };
        Some(text.to_string_lossy().into_owned())
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: the stream was initialised for this direction, and isn't used again.
        unsafe {
            if self.compresses {
                deflateEnd(&mut *self.z);
            } else {
                inflateEnd(&mut *self.z);
            }
        }
    }
}
