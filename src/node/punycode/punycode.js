'use strict';
// `punycode`: <https://nodejs.org/docs/latest-v24.x/api/punycode.html>, the encoding of RFC 3492.

const {
  ArrayPrototypeJoin, MathFloor, RangeError, StringFromCodePoint, StringPrototypeCharCodeAt, StringPrototypeCodePointAt,
  StringPrototypeIndexOf, StringPrototypeLastIndexOf, StringPrototypeSlice, StringPrototypeToLowerCase,
} = primordials;

const process = require('process');

if (!process.noDeprecation && !require('process/caller').isDependency()) {
  process.emitWarning('The `punycode` module is deprecated. Please use a userland alternative instead.',
    'DeprecationWarning', 'DEP0040');
}

const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_N = 128;
const MAX_INT = 0x7fffffff;

const overflow = () => new RangeError('Overflow: input needs wider integers to process');
const notBasic = () => new RangeError('Illegal input >= 0x80 (not a basic code point)');
const invalid = () => new RangeError('Invalid input');

/** The code points of a string; a lone surrogate is one. */
function ucs2decode(string) {
  const points = [];
  for (let i = 0; i < string.length; i++) {
    const point = StringPrototypeCodePointAt(string, i);
    if (point > 0xffff) i++;
    points[points.length] = point;
  }
  return points;
}

function ucs2encode(points) {
  const parts = [];
  for (let i = 0; i < points.length; i++) parts[i] = StringFromCodePoint(points[i]);
  return ArrayPrototypeJoin(parts, '');
}

function digitOf(unit) {
  if (unit >= 0x30 && unit < 0x3a) return 26 + (unit - 0x30);
  if (unit >= 0x41 && unit < 0x5b) return unit - 0x41;
  if (unit >= 0x61 && unit < 0x7b) return unit - 0x61;
  return BASE;
}

const letterOf = (digit) => StringFromCodePoint(digit < 26 ? digit + 0x61 : digit - 26 + 0x30);

function adapt(delta, count, first) {
  let k = 0;
  delta = first ? MathFloor(delta / DAMP) : delta >> 1;
  delta += MathFloor(delta / count);
  for (; delta > ((BASE - T_MIN) * T_MAX) >> 1; k += BASE) delta = MathFloor(delta / (BASE - T_MIN));
  return MathFloor(k + (BASE - T_MIN + 1) * delta / (delta + SKEW));
}

const threshold = (k, bias) => (k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias);

/** Punycode of ASCII symbols to a string of Unicode symbols. */
function decode(input) {
  input = `${input}`;
  const points = [];
  let basic = StringPrototypeLastIndexOf(input, '-');
  if (basic < 0) basic = 0;
  for (let j = 0; j < basic; j++) {
    const unit = StringPrototypeCharCodeAt(input, j);
    if (unit >= 0x80) throw notBasic();
    points[j] = unit;
  }
  let i = 0, n = INITIAL_N, bias = INITIAL_BIAS;
  for (let index = basic > 0 ? basic + 1 : 0; index < input.length;) {
    const before = i;
    for (let w = 1, k = BASE; ; k += BASE) {
      if (index >= input.length) throw invalid();
      const digit = digitOf(StringPrototypeCharCodeAt(input, index++));
      if (digit >= BASE) throw invalid();
      if (digit > MathFloor((MAX_INT - i) / w)) throw overflow();
      i += digit * w;
      const t = threshold(k, bias);
      if (digit < t) break;
      if (w > MathFloor(MAX_INT / (BASE - t))) throw overflow();
      w *= BASE - t;
    }
    const out = points.length + 1;
    bias = adapt(i - before, out, before === 0);
    if (MathFloor(i / out) > MAX_INT - n) throw overflow();
    n += MathFloor(i / out);
    i %= out;
    for (let j = points.length; j > i; j--) points[j] = points[j - 1];
    points[i++] = n;
  }
  return ucs2encode(points);
}

/** A string of Unicode symbols to Punycode of ASCII symbols. */
function encode(given) {
  const input = ucs2decode(`${given}`);
  const out = [];
  let n = INITIAL_N, delta = 0, bias = INITIAL_BIAS;
  for (let i = 0; i < input.length; i++) {
    if (input[i] < 0x80) out[out.length] = StringFromCodePoint(input[i]);
  }
  const basic = out.length;
  let handled = basic;
  if (basic > 0) out[out.length] = '-';
  while (handled < input.length) {
    let m = MAX_INT;
    for (let i = 0; i < input.length; i++) {
      if (input[i] >= n && input[i] < m) m = input[i];
    }
    if (m - n > MathFloor((MAX_INT - delta) / (handled + 1))) throw overflow();
    delta += (m - n) * (handled + 1);
    n = m;
    for (let i = 0; i < input.length; i++) {
      if (input[i] < n && ++delta > MAX_INT) throw overflow();
      if (input[i] !== n) continue;
      let q = delta;
      for (let k = BASE; ; k += BASE) {
        const t = threshold(k, bias);
        if (q < t) break;
        out[out.length] = letterOf(t + (q - t) % (BASE - t));
        q = MathFloor((q - t) / (BASE - t));
      }
      out[out.length] = letterOf(q);
      bias = adapt(delta, handled + 1, handled === basic);
      delta = 0;
      handled++;
    }
    delta++;
    n++;
  }
  return ArrayPrototypeJoin(out, '');
}

const isDot = (unit) => unit === 0x2e || unit === 0x3002 || unit === 0xff0e || unit === 0xff61;

/** Maps each label of a domain; what stands before an `@` stays as it is. */
function mapDomain(domain, map) {
  domain = `${domain}`;
  const at = StringPrototypeIndexOf(domain, '@');
  let result = '';
  if (at >= 0) {
    result = StringPrototypeSlice(domain, 0, at + 1);
    const rest = StringPrototypeSlice(domain, at + 1);
    const second = StringPrototypeIndexOf(rest, '@');
    domain = second >= 0 ? StringPrototypeSlice(rest, 0, second) : rest;
  }
  const labels = [];
  let start = 0;
  for (let i = 0; i <= domain.length; i++) {
    if (i < domain.length && !isDot(StringPrototypeCharCodeAt(domain, i))) continue;
    labels[labels.length] = map(StringPrototypeSlice(domain, start, i));
    start = i + 1;
  }
  return result + ArrayPrototypeJoin(labels, '.');
}

function hasNonAscii(text) {
  for (let i = 0; i < text.length; i++) {
    if (StringPrototypeCharCodeAt(text, i) > 0x7f) return true;
  }
  return false;
}

/** A domain name in Punycode back to Unicode; labels that aren't encoded stay. */
function toUnicode(input) {
  return mapDomain(input, (label) => {
    const encoded = label[0] === 'x' && label[1] === 'n' && label[2] === '-' && label[3] === '-';
    return encoded ? decode(StringPrototypeToLowerCase(StringPrototypeSlice(label, 4))) : label;
  });
}

/** A domain name in Unicode to Punycode; labels that are ASCII stay. */
function toASCII(input) {
  return mapDomain(input, (label) => (hasNonAscii(label) ? `xn--${encode(label)}` : label));
}

module.exports = {
  version: '2.1.0',
  ucs2: { decode: ucs2decode, encode: ucs2encode },
  decode,
  encode,
  toASCII,
  toUnicode,
};
