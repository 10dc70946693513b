'use strict';

// `querystring`. <https://nodejs.org/docs/latest-v24.x/api/querystring.html>

const {
  ArrayIsArray, MathAbs, NumberIsFinite, ObjectKeys, String, StringFromCodePoint, StringPrototypeCharCodeAt, StringPrototypeIndexOf,
  RegExpPrototypeExec, RegExpPrototypeSymbolReplace, StringPrototypeSlice, decodeURIComponent, encodeURIComponent,
} = primordials;
const { Buffer } = require('buffer');
const { nodeError } = binding('errors');

const querystring = module.exports = {
  unescapeBuffer,
  unescape,
  escape,
  stringify,
  encode: stringify,
  parse,
  decode: parse,
};

function hexDigit(code) {
  if (code >= 48 && code <= 57) return code - 48;
  code |= 32;
  return code >= 97 && code <= 102 ? code - 87 : -1;
}

/** Decodes percent escapes to bytes; what isn't one stays. */
function unescapeBuffer(text, decodeSpaces) {
  const bytes = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    let code = StringPrototypeCharCodeAt(text, i);
    if (code === 43 && decodeSpaces) {
      code = 32;
    } else if (code === 37 && i + 2 < text.length) {
      const high = hexDigit(StringPrototypeCharCodeAt(text, i + 1));
      const low = hexDigit(StringPrototypeCharCodeAt(text, i + 2));
      if (high >= 0 && low >= 0) {
        code = high * 16 + low;
        i += 2;
      }
    }
    bytes[length++] = code;
  }
  return length === text.length ? bytes : bytes.slice(0, length);
}

function unescape(text, decodeSpaces) {
  try {
    return decodeURIComponent(text);
  } catch {
    return querystring.unescapeBuffer(text, decodeSpaces).toString();
  }
}

function escape(text) {
  if (typeof text !== 'string') text = typeof text === 'object' ? String(text) : text + '';
  try {
    return encodeURIComponent(text);
  } catch {
    return escapeBroken(text);
  }
}

/** A lone surrogate takes the unit after it for its other half; only at the end there is none. */
function escapeBroken(text) {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    if (code < 0xD800 || code > 0xDFFF) {
      out += encodeURIComponent(text[i]);
      continue;
    }
    if (++i >= text.length) throw nodeError('ERR_INVALID_URI');
    const point = 0x10000 + (((code & 0x3FF) << 10) | (StringPrototypeCharCodeAt(text, i) & 0x3FF));
    out += encodeURIComponent(StringFromCodePoint(point));
  }
  return out;
}

function primitive(value) {
  switch (typeof value) {
    case 'string': return value;
    case 'number': return NumberIsFinite(value) ? `${value}` : '';
    case 'bigint': return `${value}`;
    case 'boolean': return value ? 'true' : 'false';
    default: return '';
  }
}

function encoded(value, encode) {
  switch (typeof value) {
    case 'string': return value.length > 0 ? encode(value) : '';
    // Values with an exponent have a plus sign.
    case 'number': return NumberIsFinite(value) ? (MathAbs(value) < 1e21 ? `${value}` : encode(`${value}`)) : '';
    case 'bigint': return `${value}`;
    case 'boolean': return value ? 'true' : 'false';
    default: return '';
  }
}

function stringify(object, sep, eq, options) {
  sep ||= '&';
  eq ||= '=';
  if (object === null || typeof object !== 'object') return '';
  const custom = typeof options?.encodeURIComponent === 'function';
  const encode = custom ? options.encodeURIComponent : querystring.escape;
  const convert = custom ? (value, by) => by(primitive(value)) : encoded;
  const keys = ObjectKeys(object);
  let query = '';
  for (let i = 0; i < keys.length; i++) {
    const value = object[keys[i]];
    const start = convert(keys[i], encode) + eq;
    if (ArrayIsArray(value)) {
      for (let j = 0; j < value.length; j++) {
        if (query) query += sep;
        query += start + convert(value[j], encode);
      }
    } else {
      if (query) query += sep;
      query += start + convert(value, encode);
    }
  }
  return query;
}

function parse(text, sep, eq, options) {
  const object = { __proto__: null };
  if (typeof text !== 'string' || text.length === 0) return object;
  sep = sep ? `${sep}` : '&';
  eq = eq ? `${eq}` : '=';
  let pairs = 1000;
  if (typeof options?.maxKeys === 'number') pairs = options.maxKeys > 0 ? options.maxKeys : -1;
  let decode = querystring.unescape;
  if (typeof options?.decodeURIComponent === 'function') decode = options.decodeURIComponent;
  const always = decode !== unescape;
  let start = 0;
  while (start <= text.length) {
    // An empty separator separates nothing.
    let end = sep === '' ? -1 : StringPrototypeIndexOf(text, sep, start);
    if (end === -1) end = text.length;
    const pair = StringPrototypeSlice(text, start, end);
    start = end + sep.length;
    if (pair.length > 0) {
      const at = StringPrototypeIndexOf(pair, eq);
      const key = piece(at === -1 ? pair : StringPrototypeSlice(pair, 0, at), decode, always);
      const value = piece(at === -1 ? '' : StringPrototypeSlice(pair, at + eq.length), decode, always);
      const before = object[key];
      if (before === undefined) object[key] = value;
      else if (typeof before === 'string') object[key] = [before, value];
      else before[before.length] = value;
    }
    if (--pairs === 0 || end === text.length) break;
  }
  return object;
}

function piece(text, decode, always) {
  if (text.length === 0) return '';
  const spaced = StringPrototypeIndexOf(text, '+') !== -1;
  const escaped = always || RegExpPrototypeExec(/%[0-9a-f]{2}/i, text) !== null;
  if (spaced) text = RegExpPrototypeSymbolReplace(/\+/g, text, escaped ? '%20' : ' ');
  if (!escaped) return text;
  try {
    return decode(text);
  } catch {
    return querystring.unescape(text, true);
  }
}
