//! How the C runtime of a parent tells that of a child what is behind its descriptors: a table in `lpReserved2` of
//! `STARTUPINFO`, as libuv writes it too.
//!
//! A count of 32 bits, a byte of flags for each descriptor, then a handle for each, unaligned.

/// The descriptor is open.
pub(in crate::sys) const OPEN: u8 = 0x01;
/// It is a pipe.
pub(in crate::sys) const PIPE: u8 = 0x08;
/// It is a device: a console, the null device.
pub(in crate::sys) const DEVICE: u8 = 0x40;

/// As many as libuv writes at most.
pub(in crate::sys) const MAX_DESCRIPTORS: usize = 255;

/// The table for descriptors with these flags and handles.
pub(in crate::sys) fn table(descriptors: &[(u8, usize)]) -> Vec<u8> {
    let count = descriptors.len() as u32;
    let mut table = count.to_ne_bytes().to_vec();
    table.extend(descriptors.iter().map(|(flags, _)| flags));
    for (_, handle) in descriptors {
        table.extend(handle.to_ne_bytes());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_count_flags_and_handles() {
        let descriptors = [(OPEN | DEVICE, 0x10), (0, usize::MAX), (OPEN | PIPE, 0x18)];
        let mut expected = vec![];
        expected.extend(3_u32.to_ne_bytes());
        expected.extend([0x41, 0, 0x09]);
        for handle in [0x10, usize::MAX, 0x18] {
            expected.extend(handle.to_ne_bytes());
        }
        assert_eq!(table(&descriptors), expected);
        // 255 entries fit the 16 bits that say how long the table is.
        let most = table(&[(0, 0); MAX_DESCRIPTORS]);
        assert!(u16::try_from(most.len()).is_ok());
    }
}
