//! How many threads: `UV_THREADPOOL_SIZE`, read the way libuv reads it.

use std::ffi::OsStr;

/// Threads when nothing says otherwise.
pub const DEFAULT_SIZE: usize = 4;
/// The most threads that a pool has.
pub const MAX_SIZE: usize = 1024;
/// The environment variable that sets the size of the process's pool.
pub const SIZE_VARIABLE: &str = "UV_THREADPOOL_SIZE";

/// A value of `UV_THREADPOOL_SIZE` that was taken for something else than it says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "UV_THREADPOOL_SIZE is {value:?}, which is not a number from 1 to {MAX_SIZE}: the pool has {size} {threads}",
    threads = if *size == 1 { "thread" } else { "threads" }
)]
pub struct SizeWarning {
    /// The value.
    pub value: String,
    /// The size it was taken for.
    pub size: usize,
}

/// The size of the process's pool by its environment.
pub fn size_from_env() -> (usize, Option<SizeWarning>) {
    size_from_value(std::env::var_os(SIZE_VARIABLE).as_deref())
}

/// The size of a pool by the variable's value, which is `None` if it isn't set.
///
/// libuv reads it with C's `atoi` into an unsigned number: what isn't a number counts as 0 and 0 as 1, and what
/// is negative is larger than any size, so it counts as 1024.
///
/// ```
/// use ouro_threadpool::size_from_value;
///
/// assert_eq!(size_from_value(None), (4, None));
/// assert_eq!(size_from_value(Some("16".as_ref())), (16, None));
/// let (size, warning) = size_from_value(Some("many".as_ref()));
/// assert_eq!(size, 1);
/// assert!(warning.is_some());
/// ```
pub fn size_from_value(value: Option<&OsStr>) -> (usize, Option<SizeWarning>) {
    let Some(value) = value else {
        return (DEFAULT_SIZE, None);
    };
    let value = value.to_string_lossy();
    // C keeps the low 32 bits of what `strtol` reads, and the sign is lost in the unsigned number.
    let number = leading_integer(value.as_bytes());
    let size = (number as u32 as usize).clamp(1, MAX_SIZE);
    let plain = value.bytes().all(|byte| byte.is_ascii_digit());
    let warning = (!plain || number != size as i64).then(|| SizeWarning {
        value: value.into_owned(),
        size,
    });
    (size, warning)
}

/// C's `strtol` in base ten.
fn leading_integer(text: &[u8]) -> i64 {
    let space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c);
    let text = &text[text.iter().take_while(space).count()..];
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let mut number = 0_i64;
    for digit in digits.iter().take_while(|byte| byte.is_ascii_digit()) {
        let digit = i64::from(digit - b'0');
        let digit = if negative { -digit } else { digit };
        number = number.saturating_mul(10).saturating_add(digit);
    }
    number
}
