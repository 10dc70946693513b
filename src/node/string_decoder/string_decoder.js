// `string_decoder`: text out of pieces of bytes, a character split between two pieces kept whole.
// Decoding is Buffer's; this finds how many bytes at the end of a piece must wait for the next.
'use strict';

const { ObjectDefineProperties, StringPrototypeToLowerCase, Symbol } = primordials;
const { nodeError } = binding('errors');
const { isArrayBufferView } = binding('types');
const { Buffer } = require('buffer');
const { toBuffer } = require('stream/state');

const kWaiting = Symbol('kWaiting'); // bytes of an unfinished character, or null

const NAMES = {
  '__proto__': null,
  'utf8': 'utf8',
  'utf-8': 'utf8',
  'ucs2': 'utf16le',
  'ucs-2': 'utf16le',
  'utf16le': 'utf16le',
  'utf-16le': 'utf16le',
  'latin1': 'latin1',
  'binary': 'latin1',
  'base64': 'base64',
  'base64url': 'base64url',
  'hex': 'hex',
  'ascii': 'ascii',
};

function nameOf(encoding) {
  if (encoding === undefined || encoding === null || encoding === '') return 'utf8';
  const name = NAMES[StringPrototypeToLowerCase(`${encoding}`)];
  if (name === undefined) throw nodeError('ERR_UNKNOWN_ENCODING', encoding);
  return name;
}

// For each encoding: how many bytes a character at the end of `bytes` has, and how many it needs.
const NOTHING = { has: 0, needs: 0 };

function unfinishedUtf8(bytes) {
  const { length } = bytes;
  for (let has = 1; has <= 3 && has <= length; has++) {
    const byte = bytes[length - has];
    if (byte < 0x80) return NOTHING;
    if (byte < 0xc0) continue;
    // By its leading bits alone, as Node does: whether it is valid shows when it is complete.
    const size = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf8 ? 4 : 0;
    if (has >= size) return NOTHING;
    return { has, needs: size - has };
  }
  return NOTHING;
}

// Half a unit hides a high surrogate before it, unless that one was waiting already.
function unfinishedUtf16(bytes, waiting) {
  const { length } = bytes;
  const odd = length % 2;
  const high = length - odd >= 2 && (bytes[length - odd - 1] & 0xfc) === 0xd8;
  if (high && (odd === 0 || (length === 3 && waiting?.length > 1))) return { has: 2 + odd, needs: 2 - odd };
  return odd ? { has: 1, needs: 1 } : NOTHING;
}

function unfinishedBase64(bytes) {
  const has = bytes.length % 3;
  return has === 0 ? NOTHING : { has, needs: 3 - has };
}

const UNFINISHED = {
  __proto__: null,
  utf8: unfinishedUtf8,
  utf16le: unfinishedUtf16,
  base64: unfinishedBase64,
  base64url: unfinishedBase64,
};

function StringDecoder(encoding) {
  this.encoding = nameOf(encoding);
  this[kWaiting] = null;
}

/** The text that is complete with these bytes. */
StringDecoder.prototype.write = function write(buf) {
  if (typeof buf === 'string') return buf;
  if (!isArrayBufferView(buf)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'buf', ['Buffer', 'TypedArray', 'DataView'], buf);
  }
  const waiting = this?.[kWaiting];
  if (waiting === undefined) throw nodeError('ERR_INVALID_THIS', 'StringDecoder');
  let bytes = toBuffer(buf);
  const unfinished = UNFINISHED[this.encoding];
  if (unfinished === undefined) return bytes.toString(this.encoding);
  if (waiting !== null) bytes = Buffer.concat([waiting, bytes]);
  const { has } = unfinished(bytes, waiting);
  const end = bytes.length - has;
  // A copy: the caller may use its memory again.
  this[kWaiting] = has === 0 ? null : Buffer.from(bytes.subarray(end));
  return bytes.toString(this.encoding, 0, end);
};

/** The rest; what is still unfinished comes out as replacement characters. */
StringDecoder.prototype.end = function end(buf) {
  const text = buf === undefined ? '' : this.write(buf);
  const waiting = this[kWaiting];
  if (waiting === null) return text;
  this[kWaiting] = null;
  return text + waiting.toString(this.encoding);
};

/** Decodes `buf` from `offset` on, forgetting what came before. */
StringDecoder.prototype.text = function text(buf, offset) {
  this[kWaiting] = null;
  return this.write(buf.slice(offset));
};

function needs(decoder) {
  const waiting = decoder[kWaiting];
  return waiting === null ? 0 : UNFINISHED[decoder.encoding](waiting, waiting).needs;
}

ObjectDefineProperties(StringDecoder.prototype, {
  lastChar: {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() {
      const last = Buffer.alloc(4);
      this[kWaiting]?.copy(last);
      return last;
    },
  },
  lastNeed: {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() {
      return needs(this);
    },
  },
  lastTotal: {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() {
      return (this[kWaiting]?.length ?? 0) + needs(this);
    },
  },
});

module.exports = { StringDecoder };
