//! How `UV_THREADPOOL_SIZE` is read.

use std::ffi::OsStr;

use ouro_threadpool::size_from_value;

#[test]
fn values_are_read_as_libuv_reads_them() {
    // (value, size, whether a warning is due)
    let table = [
        ("1", 1, false),
        ("4", 4, false),
        ("007", 7, false),
        ("1024", 1024, false),
        ("1025", 1024, true),
        ("0", 1, true),
        ("", 1, true),
        ("many", 1, true),
        ("-1", 1024, true),
        ("-0", 1, true),
        ("+8", 8, true),
        (" 8", 8, true),
        ("\t\n\r8", 8, true),
        ("8 ", 8, true),
        ("8threads", 8, true),
        ("8.9", 8, true),
        ("1e3", 1, true),
        ("0x10", 1, true),
        ("- 8", 1, true),
        // C's int has 32 bits.
        ("4294967296", 1, true),
        ("4294967298", 2, true),
        ("2147483648", 1024, true),
        ("99999999999999999999999", 1024, true),
        ("-99999999999999999999999", 1, true),
    ];
    for (value, size, odd) in table {
        let (got, warning) = size_from_value(Some(OsStr::new(value)));
        assert_eq!((got, warning.is_some()), (size, odd), "{value:?}");
        if let Some(warning) = warning {
            assert_eq!((warning.size, warning.value.as_str()), (size, value));
        }
    }
    assert_eq!(size_from_value(None), (4, None));
}

#[test]
fn a_warning_says_what_was_made_of_the_value() {
    let text = |value: &str| {
        let (_, warning) = size_from_value(Some(OsStr::new(value)));
        warning.unwrap().to_string()
    };
    assert_eq!(
        text("many"),
        "UV_THREADPOOL_SIZE is \"many\", which is not a number from 1 to 1024: the pool has 1 thread"
    );
    assert!(text("5000").ends_with("the pool has 1024 threads"));
}

#[cfg(unix)]
#[test]
fn bytes_that_are_no_text_are_no_number() {
    use std::os::unix::ffi::OsStrExt;
    let (size, warning) = size_from_value(Some(OsStr::from_bytes(b"\xff8")));
    assert_eq!(size, 1);
    assert!(warning.is_some());
}
