// Messages of the 'advanced' kind: V8's format of values (version 15), as Node's channel frames it. Buffers and their like are
// written as Node writes them, by kind and bytes.
'use strict';

const {
  Array, ArrayBuffer, ArrayIsArray, BigInt64Array, BigUint64Array, Boolean, DataView, DataViewPrototypeGetBuffer,
  DataViewPrototypeGetByteLength, DataViewPrototypeGetByteOffset, Date, DatePrototypeGetTime, Error, EvalError,
  Float32Array, Float64Array, Int16Array, Int32Array, Int8Array, Map, MapPrototypeForEach, MapPrototypeSet, Number,
  NumberPrototypeValueOf, Object, ObjectDefineProperty, ObjectGetOwnPropertyDescriptor, ObjectKeys,
  ObjectPrototypeHasOwnProperty, RangeError, ReferenceError, RegExp, SafeMap, Set, SetPrototypeAdd,
  SetPrototypeForEach, String, StringPrototypeCharCodeAt, StringPrototypeIncludes, StringPrototypeValueOf,
  SyntaxError, TypedArrayPrototypeGetBuffer, TypedArrayPrototypeGetByteLength, TypedArrayPrototypeGetByteOffset,
  TypedArrayPrototypeGetSymbolToStringTag, TypeError, URIError, Uint16Array, Uint32Array, Uint8Array,
  Uint8ClampedArray,
} = primordials;
const { Buffer } = require('buffer');
const types = binding('types');

const VERSION = 15;
/** The kinds of views, by the numbers that Node gives them; 10 is a Buffer. */
const VIEWS = [
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array,
  Float64Array, DataView, Buffer, BigInt64Array, BigUint64Array,
];
const NAMES = [
  'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array',
  'Float32Array', 'Float64Array', 'DataView', 'Buffer', 'BigInt64Array', 'BigUint64Array',
];
const ERRORS = { __proto__: null, E: EvalError, R: RangeError, F: ReferenceError, S: SyntaxError, T: TypeError, U: URIError };
const ERROR_TAGS = {
  __proto__: null, EvalError: 'E', RangeError: 'R', ReferenceError: 'F', SyntaxError: 'S', TypeError: 'T', URIError: 'U',
};
const REGEXP_FLAGS = 'gimyusd'; // Each is a bit, from the lowest.
/** How channels mark what a view is not: a plain object in the place of one that can't be written. */
const VIEW = 0;

const code = (letter) => StringPrototypeCharCodeAt(letter, 0);

class Writer {
  #bytes = Buffer.allocUnsafe(256);
  #at = 4; // The length of the message comes first.
  #seen = new SafeMap();

  #room(count) {
    if (this.#at + count <= this.#bytes.length) return;
    const bigger = Buffer.allocUnsafe((this.#at + count) * 2);
    this.#bytes.copy(bigger, 0, 0, this.#at);
    this.#bytes = bigger;
  }

  #byte(value) {
    this.#room(1);
    this.#bytes[this.#at++] = value;
  }

  #tag(letter) {
    this.#byte(code(letter));
  }

  #varint(value) {
    while (value >= 0x80) {
      this.#byte((value % 0x80) | 0x80);
      value = (value - value % 0x80) / 0x80;
    }
    this.#byte(value);
  }

  #double(value) {
    this.#room(8);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  #raw(bytes) {
    this.#room(bytes.length);
    bytes.copy(this.#bytes, this.#at);
    this.#at += bytes.length;
  }

  #string(text) {
    let wide = false;
    for (let i = 0; i < text.length && !wide; i++) wide = StringPrototypeCharCodeAt(text, i) > 255;
    const bytes = Buffer.from(text, wide ? 'utf16le' : 'latin1');
    if (!wide) {
      this.#tag('"');
    } else {
      // Two-byte text lies at an even place.
      let length = 1;
      for (let rest = bytes.length; rest >= 0x80; rest = (rest - rest % 0x80) / 0x80) length++;
      if ((this.#at + 1 + length) % 2 === 1) this.#byte(0);
      this.#tag('c');
    }
    this.#varint(bytes.length);
    this.#raw(bytes);
  }

  #number(value) {
    if (value === (value | 0) && (value !== 0 || 1 / value > 0)) {
      this.#tag('I');
      this.#varint(value < 0 ? -value * 2 - 1 : value * 2);
    } else {
      this.#tag('N');
      this.#double(value);
    }
  }

  #bigint(value) {
    const negative = value < 0n;
    let rest = negative ? -value : value;
    const words = [];
    while (rest > 0n) {
      words[words.length] = rest & 0xffffffffffffffffn;
      rest >>= 64n;
    }
    this.#varint(words.length * 16 + (negative ? 1 : 0));
    this.#room(words.length * 8);
    for (let i = 0; i < words.length; i++) this.#at = this.#bytes.writeBigUInt64LE(words[i], this.#at);
  }

  value(value) {
    switch (typeof value) {
      case 'undefined': return this.#tag('_');
      case 'boolean': return this.#tag(value ? 'T' : 'F');
      case 'number': return this.#number(value);
      case 'string': return this.#string(value);
      case 'bigint':
        this.#tag('Z');
        return this.#bigint(value);
      case 'object':
        return value === null ? this.#tag('0') : this.#object(value);
      default:
        throw notCloned(String(value));
    }
  }

  #object(value) {
    const known = this.#seen.get(value);
    if (known !== undefined) {
      this.#tag('^');
      this.#varint(known);
      return;
    }
    this.#seen.set(value, this.#seen.size);
    if (types.isArrayBufferView(value)) this.#view(value);
    else if (ArrayIsArray(value)) this.#array(value);
    else if (types.isDate(value)) {
      this.#tag('D');
      this.#double(DatePrototypeGetTime(value));
    } else if (types.isMap(value)) this.#map(value);
    else if (types.isSet(value)) this.#set(value);
    else if (types.isRegExp(value)) this.#regexp(value);
    else if (types.isNativeError(value)) this.#error(value);
    else if (types.isArrayBuffer(value)) {
      const bytes = Buffer.from(value);
      this.#tag('B');
      this.#varint(bytes.length);
      this.#raw(bytes);
    } else if (types.isBoxedPrimitive(value)) this.#boxed(value);
    else if (types.isProxy(value) || types.isPromise(value) || types.isWeakMap(value) || types.isWeakSet(value) ||
             types.isGeneratorObject(value) || types.isSharedArrayBuffer(value)) {
      throw notCloned(`#<${binding('util').constructorName(value) || 'Object'}>`);
    } else {
      this.#tag('o');
      const count = this.#properties(value, ObjectKeys(value));
      this.#tag('{');
      this.#varint(count);
    }
  }

  #properties(object, keys) {
    let count = 0;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      // A getter may have removed it.
      if (!ObjectPrototypeHasOwnProperty(object, key)) continue;
      const index = key >>> 0;
      if (`${index}` === key && index < 0xffffffff) this.#number(index);
      else this.#string(key);
      this.value(object[key]);
      count++;
    }
    return count;
  }

  #array(array) {
    const { length } = array;
    const keys = ObjectKeys(array);
    const dense = keys.length >= length && (length === 0 || keys[length - 1] === `${length - 1}`);
    this.#tag(dense ? 'A' : 'a');
    this.#varint(length);
    let named = keys;
    if (dense) {
      for (let i = 0; i < length; i++) this.value(array[i]);
      named = [];
      for (let i = length; i < keys.length; i++) named[named.length] = keys[i];
    }
    const count = this.#properties(array, named);
    this.#tag(dense ? '$' : '@');
    this.#varint(count);
    this.#varint(length);
  }

  #map(map) {
    this.#tag(';');
    const entries = [];
    MapPrototypeForEach(map, (value, key) => {
      entries[entries.length] = key;
      entries[entries.length] = value;
    });
    for (let i = 0; i < entries.length; i++) this.value(entries[i]);
    this.#tag(':');
    this.#varint(entries.length);
  }

  #set(set) {
    this.#tag("'");
    const entries = [];
    SetPrototypeForEach(set, (value) => {
      entries[entries.length] = value;
    });
    for (let i = 0; i < entries.length; i++) this.value(entries[i]);
    this.#tag(',');
    this.#varint(entries.length);
  }

  #regexp(regexp) {
    this.#tag('R');
    this.#string(regexp.source);
    let flags = 0;
    for (let i = 0; i < REGEXP_FLAGS.length; i++) {
      if (StringPrototypeIncludes(regexp.flags, REGEXP_FLAGS[i])) flags |= 1 << i;
    }
    this.#varint(flags);
  }

  #error(error) {
    this.#tag('r');
    const tag = ERROR_TAGS[error.name];
    if (tag !== undefined) this.#tag(tag);
    const message = ObjectGetOwnPropertyDescriptor(error, 'message');
    if (message !== undefined && 'value' in message) {
      this.#tag('m');
      this.#string(`${message.value}`);
    }
    if (typeof error.stack === 'string') {
      this.#tag('s');
      this.#string(error.stack);
    }
    const cause = ObjectGetOwnPropertyDescriptor(error, 'cause');
    if (cause !== undefined && 'value' in cause) {
      this.#tag('c');
      this.value(cause.value);
    }
    this.#tag('.');
  }

  #boxed(value) {
    if (types.isNumberObject(value)) {
      this.#tag('n');
      this.#double(NumberPrototypeValueOf(value));
    } else if (types.isStringObject(value)) {
      this.#tag('s');
      this.#string(StringPrototypeValueOf(value));
    } else if (types.isBooleanObject(value)) {
      this.#tag(value.valueOf() ? 'y' : 'x');
    } else if (types.isBigIntObject(value)) {
      this.#tag('z');
      this.#bigint(value.valueOf());
    } else {
      throw notCloned('Object(Symbol)');
    }
  }

  #view(view) {
    const kind = kindOf(view);
    if (kind < 0) throw new Error(`Unserializable host object: ${require('util').inspect(view)}`);
    const bytes = kind === 9 ?
      Buffer.from(DataViewPrototypeGetBuffer(view), DataViewPrototypeGetByteOffset(view), DataViewPrototypeGetByteLength(view)) :
      Buffer.from(TypedArrayPrototypeGetBuffer(view), TypedArrayPrototypeGetByteOffset(view),
        TypedArrayPrototypeGetByteLength(view));
    this.#tag('\\');
    this.#varint(VIEW);
    this.#varint(kind);
    this.#varint(bytes.length);
    this.#raw(bytes);
  }

  message(value) {
    this.#byte(0xff);
    this.#byte(VERSION);
    this.value(value);
    this.#bytes.writeUInt32BE(this.#at - 4, 0);
    return this.#bytes.subarray(0, this.#at);
  }
}

function kindOf(view) {
  if (types.isDataView(view)) return 9;
  if (Buffer.isBuffer(view)) return 10;
  const name = TypedArrayPrototypeGetSymbolToStringTag(view);
  for (let i = 0; i < NAMES.length; i++) {
    if (NAMES[i] === name) return i;
  }
  return -1;
}

const notCloned = (what) => new Error(`${what} could not be cloned.`);
const broken = () => new Error('Unable to deserialize cloned data.');

class Reader {
  #bytes;
  #at = 0;
  #objects = [];

  constructor(bytes) {
    this.#bytes = bytes;
  }

  #byte() {
    if (this.#at >= this.#bytes.length) throw broken();
    return this.#bytes[this.#at++];
  }

  // Zeroes are there for alignment only.
  #tag() {
    let byte = this.#byte();
    while (byte === 0) byte = this.#byte();
    return byte;
  }

  #peek() {
    while (this.#bytes[this.#at] === 0) this.#at++;
    return this.#bytes[this.#at];
  }

  #varint() {
    let value = 0;
    let unit = 1;
    for (;;) {
      const byte = this.#byte();
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
      unit *= 0x80;
    }
  }

  #zigzag() {
    const value = this.#varint();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  #raw(length) {
    if (this.#at + length > this.#bytes.length) throw broken();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #double() {
    return this.#raw(8).readDoubleLE(0);
  }

  #text(encoding) {
    return this.#raw(this.#varint()).toString(encoding);
  }

  #bigint() {
    const head = this.#varint();
    const bytes = this.#raw((head - head % 2) / 2);
    let value = 0n;
    for (let i = bytes.length - 8; i >= 0; i -= 8) value = (value << 64n) | bytes.readBigUInt64LE(i);
    return head % 2 === 1 ? -value : value;
  }

  // Objects are numbered in the order in which they begin.
  #keep(object) {
    this.#objects[this.#objects.length] = object;
    return object;
  }

  #string() {
    const value = this.value();
    if (typeof value !== 'string') throw broken();
    return value;
  }

  header() {
    if (this.#byte() !== 0xff) throw broken();
    this.#varint();
  }

  value() {
    const tag = this.#tag();
    switch (tag) {
      case 0x5f: return undefined; // _
      case 0x30: return null; // 0
      case 0x54: return true; // T
      case 0x46: return false; // F
      case 0x49: return this.#zigzag(); // I
      case 0x55: return this.#varint(); // U
      case 0x4e: return this.#double(); // N
      case 0x5a: return this.#bigint(); // Z
      case 0x22: return this.#text('latin1'); // "
      case 0x63: return this.#text('utf16le'); // c
      case 0x53: return this.#text('utf8'); // S
      case 0x5e: return this.#objects[this.#varint()]; // ^
      case 0x6f: { // o
        const object = this.#keep({});
        this.#properties(object, 0x7b);
        this.#varint();
        return object;
      }
      case 0x41: return this.#dense(); // A
      case 0x61: { // a
        const length = this.#varint();
        const array = this.#keep([]);
        array.length = length;
        this.#properties(array, 0x40);
        this.#varint();
        this.#varint();
        return array;
      }
      case 0x44: return this.#keep(new Date(this.#double())); // D
      case 0x79: return this.#keep(new Boolean(true)); // y
      case 0x78: return this.#keep(new Boolean(false)); // x
      case 0x6e: return this.#keep(new Number(this.#double())); // n
      case 0x7a: return this.#keep(Object(this.#bigint())); // z
      case 0x73: return this.#keep(new String(this.#string())); // s
      case 0x52: { // R
        const source = this.#string();
        const bits = this.#varint();
        let flags = '';
        for (let i = 0; i < REGEXP_FLAGS.length; i++) {
          if (bits & (1 << i)) flags += REGEXP_FLAGS[i];
        }
        return this.#keep(new RegExp(source, flags));
      }
      case 0x3b: return this.#map(); // ;
      case 0x27: return this.#set(); // '
      case 0x42: return this.#buffer(); // B
      case 0x72: return this.#error(); // r
      case 0x5c: return this.#host(); // \
      default: throw broken();
    }
  }

  #properties(object, end) {
    while (this.#peek() !== end) {
      const key = this.value();
      const value = this.value();
      ObjectDefineProperty(object, key, {
        __proto__: null, value, writable: true, enumerable: true, configurable: true,
      });
    }
    this.#tag();
  }

  #dense() {
    const length = this.#varint();
    const array = this.#keep(new Array(length));
    for (let i = 0; i < length; i++) {
      if (this.#peek() === 0x2d) this.#tag(); // - is a hole
      else array[i] = this.value();
    }
    this.#properties(array, 0x24);
    this.#varint();
    this.#varint();
    return array;
  }

  #map() {
    const map = this.#keep(new Map());
    while (this.#peek() !== 0x3a) MapPrototypeSet(map, this.value(), this.value());
    this.#tag();
    this.#varint();
    return map;
  }

  #set() {
    const set = this.#keep(new Set());
    while (this.#peek() !== 0x2c) SetPrototypeAdd(set, this.value());
    this.#tag();
    this.#varint();
    return set;
  }

  #buffer() {
    const bytes = this.#raw(this.#varint());
    const buffer = this.#keep(new ArrayBuffer(bytes.length));
    bytes.copy(new Uint8Array(buffer));
    return buffer;
  }

  #error() {
    const place = this.#objects.length;
    this.#keep(undefined);
    let Class = Error;
    let message;
    let stack;
    let options;
    for (;;) {
      const letter = String.fromCharCode(this.#tag());
      if (letter === '.') break;
      else if (letter === 'm') message = this.#string();
      else if (letter === 's') stack = this.#string();
      else if (letter === 'c') options = { cause: this.value() };
      else Class = ERRORS[letter] ?? Error;
    }
    const error = new Class(message, options);
    ObjectDefineProperty(error, 'stack', {
      __proto__: null, value: stack, writable: true, enumerable: false, configurable: true,
    });
    this.#objects[place] = error;
    return error;
  }

  #host() {
    const place = this.#objects.length;
    this.#keep(undefined);
    const value = this.#varint() === VIEW ? this.#view() : this.value();
    this.#objects[place] = value;
    return value;
  }

  #view() {
    const kind = this.#varint();
    const bytes = this.#raw(this.#varint());
    if (kind === 10) return Buffer.from(bytes);
    const View = VIEWS[kind];
    if (View === undefined) throw broken();
    const buffer = new ArrayBuffer(bytes.length);
    bytes.copy(new Uint8Array(buffer));
    return new View(buffer);
  }
}

/** A message as it goes over the channel, its length first. */
exports.serialize = (value) => new Writer().message(value);

/** What the bytes of a message, without the length, stand for. */
exports.deserialize = function deserialize(bytes) {
  const reader = new Reader(bytes);
  reader.header();
  return reader.value();
};
