//! How deeply a text nests. The engine's parser recurses for each bracket without counting, so a text that would
//! overflow the stack is refused before it is parsed.

use boa_engine::{Context, JsError, JsNativeError, JsResult, JsString};

/// Brackets inside brackets that the script thread's stack holds, in the parser and in the compiler.
const LIMIT: u32 = if cfg!(debug_assertions) {
    2_000
} else {
    10_000
};

/// Refuses a text that nests too deeply, with the error that V8 gives.
///
/// # Errors
/// A `RangeError`.
pub fn check(text: &str) -> JsResult<()> {
    verdict(text.bytes())
}

/// The same for a string of script.
///
/// # Errors
/// A `RangeError`.
pub fn check_string(text: &JsString, _: &mut Context) -> JsResult<()> {
    // Brackets are ASCII; the low byte of any other unit is none that matters here, or costs a refusal at worst.
    verdict(text.iter().map(|unit| u8::try_from(unit).unwrap_or(b' ')))
}

/// Brackets in strings and comments are counted too: they'd have to stand open by the thousand to matter.
fn verdict(bytes: impl Iterator<Item = u8>) -> JsResult<()> {
    let mut depth = 0_u32;
    for byte in bytes {
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                if depth > LIMIT {
                    return Err(too_deep());
                }
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

fn too_deep() -> JsError {
    JsNativeError::range()
        .with_message("Maximum call stack size exceeded")
        .into()
}

#[cfg(test)]
mod tests {
    use super::{LIMIT, check};

    #[test]
    fn only_open_brackets_count() {
        let limit = LIMIT as usize;
        assert!(check(&"()[]{}".repeat(limit)).is_ok());
        assert!(check(&"(".repeat(limit)).is_ok());
        assert!(check(&"[".repeat(limit + 1)).is_err());
    }
}
