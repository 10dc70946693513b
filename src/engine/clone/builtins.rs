//! Tables of the language's own classes: typed arrays by their letters and numbers, errors by their letters.

use boa_engine::{Context, JsObject, builtins::typed_array::TypedArrayKind};

/// The typed arrays: V8's letter of each.
const LETTERS: &[(TypedArrayKind, u8)] = &[
    (TypedArrayKind::Int8, b'b'),
    (TypedArrayKind::Uint8, b'B'),
    (TypedArrayKind::Uint8Clamped, b'C'),
    (TypedArrayKind::Int16, b'w'),
    (TypedArrayKind::Uint16, b'W'),
    (TypedArrayKind::Int32, b'd'),
    (TypedArrayKind::Uint32, b'D'),
    (TypedArrayKind::Float16, b'h'),
    (TypedArrayKind::Float32, b'f'),
    (TypedArrayKind::Float64, b'F'),
    (TypedArrayKind::BigInt64, b'q'),
    (TypedArrayKind::BigUint64, b'Q'),
];

/// The letter of a DataView.
pub const DATA_VIEW: u8 = b'?';

/// The views as Node numbers them in what `v8.serialize` writes. 9 is a DataView, 10 a Buffer.
pub const VIEW_KINDS: &[Option<TypedArrayKind>] = &[
    Some(TypedArrayKind::Int8),
    Some(TypedArrayKind::Uint8),
    Some(TypedArrayKind::Uint8Clamped),
    Some(TypedArrayKind::Int16),
    Some(TypedArrayKind::Uint16),
    Some(TypedArrayKind::Int32),
    Some(TypedArrayKind::Uint32),
    Some(TypedArrayKind::Float32),
    Some(TypedArrayKind::Float64),
    None,
    None,
    Some(TypedArrayKind::BigInt64),
    Some(TypedArrayKind::BigUint64),
    Some(TypedArrayKind::Float16),
];

pub fn letter_of(kind: TypedArrayKind) -> u8 {
    LETTERS
        .iter()
        .find(|(known, _)| *known == kind)
        .map_or(b'B', |(_, letter)| *letter)
}

pub fn kind_of(letter: u8) -> Option<TypedArrayKind> {
    LETTERS
        .iter()
        .find(|(_, known)| *known == letter)
        .map(|(kind, _)| *kind)
}

/// The bytes of one element.
pub fn element_bytes(kind: TypedArrayKind) -> usize {
    match kind {
        TypedArrayKind::Int8 | TypedArrayKind::Uint8 | TypedArrayKind::Uint8Clamped => 1,
        TypedArrayKind::Int16 | TypedArrayKind::Uint16 | TypedArrayKind::Float16 => 2,
        TypedArrayKind::Int32 | TypedArrayKind::Uint32 | TypedArrayKind::Float32 => 4,
        TypedArrayKind::Float64 | TypedArrayKind::BigInt64 | TypedArrayKind::BigUint64 => 8,
    }
}

/// The constructor of a kind of typed array.
pub fn typed_array(kind: TypedArrayKind, context: &Context) -> JsObject {
    let all = context.intrinsics().constructors();
    match kind {
        TypedArrayKind::Int8 => all.typed_int8_array(),
        TypedArrayKind::Uint8 => all.typed_uint8_array(),
        TypedArrayKind::Uint8Clamped => all.typed_uint8clamped_array(),
        TypedArrayKind::Int16 => all.typed_int16_array(),
        TypedArrayKind::Uint16 => all.typed_uint16_array(),
        TypedArrayKind::Int32 => all.typed_int32_array(),
        TypedArrayKind::Uint32 => all.typed_uint32_array(),
        TypedArrayKind::Float16 => all.typed_float16_array(),
        TypedArrayKind::Float32 => all.typed_float32_array(),
        TypedArrayKind::Float64 => all.typed_float64_array(),
        TypedArrayKind::BigInt64 => all.typed_bigint64_array(),
        TypedArrayKind::BigUint64 => all.typed_biguint64_array(),
    }
    .constructor()
}

/// The letter of an error's class, by its name; `Error` has none.
pub fn error_letter(name: &str) -> Option<u8> {
    Some(match name {
        "EvalError" => b'E',
        "RangeError" => b'R',
        "ReferenceError" => b'F',
        "SyntaxError" => b'S',
        "TypeError" => b'T',
        "URIError" => b'U',
        _ => return None,
    })
}

/// The constructor that a letter stands for.
pub fn error_class(letter: Option<u8>, context: &Context) -> Option<JsObject> {
    let all = context.intrinsics().constructors();
    let class = match letter {
        None => all.error(),
        Some(b'E') => all.eval_error(),
        Some(b'R') => all.range_error(),
        Some(b'F') => all.reference_error(),
        Some(b'S') => all.syntax_error(),
        Some(b'T') => all.type_error(),
        Some(b'U') => all.uri_error(),
        Some(_) => return None,
    };
    Some(class.constructor())
}
