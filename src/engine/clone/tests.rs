//! Values as the bytes that V8 writes for them, and back.

use boa_engine::{Context, JsError, JsValue, Source, object::builtins::JsArray};

use super::{DEEPEST, ReadHooks, Reader, WriteHooks, Writer};
use crate::{Runtime, node::errors, on_script_thread};

struct Plain;

impl WriteHooks for Plain {
    fn error(&self, message: &str, context: &mut Context) -> JsError {
        errors::type_error(message, context)
    }
}

impl ReadHooks for Plain {}

/// What V8 13 wrote for the values of these expressions.
const CASES: &[(&str, &[u8])] = &[
    ("-0", b"N\0\0\0\0\0\0\0\x80"),
    (
        "[1.5, 2]",
        b"A\x02N\0\0\0\0\0\0\xf8?N\0\0\0\0\0\0\0@$\0\x02",
    ),
    ("[1, , 3]", b"a\x03I\0I\x02I\x04I\x06@\x02\x03"),
    ("-5n", b"Z\x11\x05\0\0\0\0\0\0\0"),
    ("0n", b"Z\0"),
    ("/a/dgimsuy", b"R\"\x01a\xbf\x01"),
    (
        "({ a: 1, 2: 3, b: '\\u1234' })",
        b"oI\x04I\x06\"\x01aI\x02\"\x01b\0c\x024\x12{\x03",
    ),
    ("new Map([[1, 2]])", b";I\x02I\x04:\x02"),
    ("new Set([1])", b"'I\x02,\x01"),
    ("new Uint8Array([1, 2])", b"B\x02\x01\x02VB\0\x02\0"),
    (
        "(() => { const a = []; a[0] = a; return a; })()",
        b"A\x01^\0$\0\x01",
    ),
];

#[test]
fn bytes_are_those_of_v8() {
    on_script_thread(|| {
        let mut runtime = Runtime::builder().build().expect("a runtime can be made");
        let context = runtime.context();
        for (expression, bytes) in CASES {
            let value = context
                .eval(Source::from_bytes(expression))
                .expect("the expression is valid");
            assert_eq!(write(&value, context), *bytes, "{expression}");
            let reader = Reader::new([b"\xff\x0f", *bytes].concat());
            reader.header(context).expect("the header is right");
            let copy = reader.value(&Plain, context).expect("the bytes are right");
            assert_eq!(write(&copy, context), *bytes, "copy of {expression}");
        }
    })
    .expect("a thread can be started");
}

fn write(value: &JsValue, context: &mut Context) -> Vec<u8> {
    let writer = Writer::default();
    // The header decides where padding goes.
    writer.header();
    writer
        .value(value, &Plain, context)
        .expect("the value can be cloned");
    writer.release().split_off(2)
}

/// `DEEPEST` objects inside one another are written and read on the stack that script has, in this build too; one more is
/// an error that script can catch.
#[test]
fn the_stack_holds_the_deepest() {
    on_script_thread(|| {
        let mut runtime = Runtime::builder().build().expect("a runtime can be made");
        let context = runtime.context();
        for wrap in [
            "new Error('e', { cause: value })",
            "new Map([[1, value]])",
            "{ value }",
            "[value]",
        ] {
            let nest = format!(
                "(() => {{ let value = 1; for (let i = 0; i < {DEEPEST}; i++) value = {wrap}; return value }})()"
            );
            let deep = context
                .eval(Source::from_bytes(&nest))
                .expect("the expression is valid");
            let bytes = write(&deep, context);
            let reader = Reader::new([b"\xff\x0f", bytes.as_slice()].concat());
            reader.header(context).expect("the header is right");
            let copy = reader.value(&Plain, context).expect("the bytes are right");
            assert_eq!(write(&copy, context), bytes, "{wrap}");
            let deeper = JsArray::from_iter([deep], context).into();
            let refused = Writer::default().value(&deeper, &Plain, context);
            assert!(refused.is_err(), "{wrap}");
            // `[` and the rest of it around the bytes.
            let deeper = [b"\xff\x0fA\x01", bytes.as_slice(), b"$\0\x01"].concat();
            let reader = Reader::new(deeper);
            reader.header(context).expect("the header is right");
            assert!(reader.value(&Plain, context).is_err(), "{wrap}");
        }
    })
    .expect("a thread can be started");
}
