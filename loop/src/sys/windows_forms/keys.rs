//! Keys as the bytes that a terminal would send for them.
//!
//! A console that knows virtual terminal input sends most of these itself, as characters. This is for those that don't.

/// `VK_MENU`, the Alt key: what is released after a character was typed by its number.
const ALT: u16 = 0x12;

/// What Windows tells of a key.
pub(in crate::sys) struct Key {
    pub(in crate::sys) down: bool,
    /// The virtual key.
    pub(in crate::sys) code: u16,
    /// A unit of UTF-16, or 0.
    pub(in crate::sys) unit: u16,
    /// How often it has been pressed.
    pub(in crate::sys) times: u16,
}

/// Adds what the key stands for to `units`.
pub(in crate::sys) fn push(key: &Key, units: &mut Vec<u16>) {
    if !(key.down || (key.code == ALT && key.unit != 0)) {
        return;
    }
    for _ in 0..key.times.max(1) {
        match key.unit {
            0 => units.extend(sequence(key.code).encode_utf16()),
            unit => units.push(unit),
        }
    }
}

fn sequence(code: u16) -> &'static str {
    match code {
        0x21 => "\x1b[5~", // page up
        0x22 => "\x1b[6~", // page down
        0x23 => "\x1b[4~", // end
        0x24 => "\x1b[1~", // home
        0x25 => "\x1b[D",  // left
        0x26 => "\x1b[A",  // up
        0x27 => "\x1b[C",  // right
        0x28 => "\x1b[B",  // down
        0x2d => "\x1b[2~", // insert
        0x2e => "\x1b[3~", // delete
        _ => "",
    }
}

/// Takes all whole characters from `units` and adds them to `bytes`. Half of a pair stays where it is.
pub(in crate::sys) fn drain_utf8(units: &mut Vec<u16>, bytes: &mut Vec<u8>) {
    let whole = match units.last() {
        Some(0xd800..=0xdbff) => units.len() - 1,
        _ => units.len(),
    };
    let text = String::from_utf16_lossy(&units[..whole]);
    bytes.extend_from_slice(text.as_bytes());
    units.drain(..whole);
}

#[cfg(test)]
mod tests {
    use super::super::{narrow, wide};
    use super::*;

    #[test]
    fn keys_are_characters_or_sequences() {
        for (down, code, unit, times, text) in [
            (true, 0x41, u16::from(b'a'), 1, "a"),
            (true, 0x41, u16::from(b'a'), 3, "aaa"),
            (true, 0x41, u16::from(b'a'), 0, "a"),
            (false, 0x41, u16::from(b'a'), 1, ""),
            (true, 0x0d, u16::from(b'\r'), 1, "\r"),
            (true, 0x26, 0, 2, "\x1b[A\x1b[A"),
            (false, 0x26, 0, 1, ""),
            (true, 0x10, 0, 1, ""),
            (true, ALT, 0, 1, ""),
            (false, ALT, 0xe4, 1, "ä"),
        ] {
            let mut units = Vec::new();
            let key = Key {
                down,
                code,
                unit,
                times,
            };
            push(&key, &mut units);
            assert_eq!(narrow(&units), text, "{code:#x}");
        }
    }

    #[test]
    fn half_a_character_waits_for_the_other_half() {
        let pair = wide("🐍");
        let (mut units, mut bytes) = (wide("a"), Vec::new());
        units.push(pair[0]);
        drain_utf8(&mut units, &mut bytes);
        assert_eq!((&*bytes, units.len()), (&b"a"[..], 1));
        units.push(pair[1]);
        drain_utf8(&mut units, &mut bytes);
        assert_eq!((&*bytes, units.len()), ("a🐍".as_bytes(), 0));
        // Half of one without its other half is no character.
        units.extend([pair[1], u16::from(b'b')]);
        drain_utf8(&mut units, &mut bytes);
        assert_eq!(bytes, "a🐍\u{fffd}b".as_bytes());
    }
}
