'use strict';
// `util.MIMEType` and `util.MIMEParams`, after the MIME Sniffing standard: <https://mimesniff.spec.whatwg.org/>.

const {
  ArrayPrototypeJoin, ObjectDefineProperties, RegExpPrototypeExec, RegExpPrototypeSymbolReplace, SafeMap,
  StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeToLowerCase, SymbolIterator,
} = primordials;
const { nodeError } = binding('errors');

const NOT_TOKEN = /[^!#$%&'*+\-.^_`|~A-Za-z0-9]/;
const NOT_QUOTABLE = /[^\t\u0020-~\u0080-\u00FF]/;
const SPACE_AT_END = /[\t\n\r ]*$/;

function indexOf(pattern, text) {
  return RegExpPrototypeExec(pattern, text)?.index ?? -1;
}

function trimEnd(text) {
  return RegExpPrototypeSymbolReplace(SPACE_AT_END, text, '');
}

function isSpace(letter) {
  return letter === ' ' || letter === '\t' || letter === '\n' || letter === '\r';
}

function toLower(text) {
  // ASCII only: other letters are not allowed where it matters.
  return StringPrototypeToLowerCase(text);
}

function readTypes(text) {
  let at = 0;
  while (isSpace(text[at])) at++;
  const slash = StringPrototypeIndexOf(text, '/', at);
  const type = slash === -1 ? StringPrototypeSlice(text, at) : StringPrototypeSlice(text, at, slash);
  const badType = indexOf(NOT_TOKEN, type);
  if (type === '' || slash === -1 || badType !== -1) {
    throw nodeError('ERR_INVALID_MIME_SYNTAX', 'type', text, badType);
  }
  at = slash + 1;
  const semicolon = StringPrototypeIndexOf(text, ';', at);
  const raw = semicolon === -1 ? StringPrototypeSlice(text, at) : StringPrototypeSlice(text, at, semicolon);
  const subtype = trimEnd(raw);
  const badSubtype = indexOf(NOT_TOKEN, subtype);
  if (subtype === '' || badSubtype !== -1) {
    throw nodeError('ERR_INVALID_MIME_SYNTAX', 'subtype', text, badSubtype);
  }
  return {
    type: toLower(type), subtype: toLower(subtype),
    parameters: semicolon === -1 ? '' : StringPrototypeSlice(text, semicolon),
  };
}

function readParameters(text, into) {
  let at = 0;
  while (at < text.length) {
    // `text[at]` is a semicolon.
    at++;
    while (isSpace(text[at])) at++;
    const start = at;
    while (at < text.length && text[at] !== ';' && text[at] !== '=') at++;
    const name = toLower(StringPrototypeSlice(text, start, at));
    if (at >= text.length) break;
    if (text[at] === ';') continue;
    at++;
    let value;
    if (text[at] === '"') {
      value = '';
      at++;
      while (at < text.length && text[at] !== '"') {
        if (text[at] === '\\' && at + 1 < text.length) at++;
        value += text[at];
        at++;
      }
      while (at < text.length && text[at] !== ';') at++;
    } else {
      const from = at;
      while (at < text.length && text[at] !== ';') at++;
      value = trimEnd(StringPrototypeSlice(text, from, at));
      if (value === '') continue;
    }
    if (name !== '' && indexOf(NOT_TOKEN, name) === -1 && indexOf(NOT_QUOTABLE, value) === -1 && !into.has(name)) {
      into.set(name, value);
    }
  }
}

function encoded(value) {
  if (value === '') return '""';
  if (indexOf(NOT_TOKEN, value) === -1) return value;
  return `"${RegExpPrototypeSymbolReplace(/[\\"]/g, value, '\\$&')}"`;
}

/** The parameters of a MIME type: like a Map of texts. */
class MIMEParams {
  #data = new SafeMap();

  static {
    // Only `MIMEType` fills parameters from text.
    MIMEParams.read = (params, text) => readParameters(text, params.#data);
  }

  delete(name) {
    this.#data.delete(`${name}`);
  }

  get(name) {
    const value = this.#data.get(`${name}`);
    return value === undefined ? null : value;
  }

  has(name) {
    return this.#data.has(`${name}`);
  }

  set(name, value) {
    name = `${name}`;
    value = `${value}`;
    const badName = indexOf(NOT_TOKEN, name);
    if (name === '' || badName !== -1) throw nodeError('ERR_INVALID_MIME_SYNTAX', 'parameter name', name, badName);
    const badValue = indexOf(NOT_QUOTABLE, value);
    if (badValue !== -1) throw nodeError('ERR_INVALID_MIME_SYNTAX', 'parameter value', value, badValue);
    this.#data.set(name, value);
  }

  *entries() {
    yield* this.#data.entries();
  }

  *keys() {
    yield* this.#data.keys();
  }

  *values() {
    yield* this.#data.values();
  }

  toString() {
    const parts = [];
    this.#data.forEach((value, name) => {
      parts[parts.length] = `${name}=${encoded(value)}`;
    });
    return ArrayPrototypeJoin(parts, ';');
  }

  toJSON() {
    return this.toString();
  }

  [SymbolIterator]() {
    return this.entries();
  }
}
const { read } = MIMEParams;
delete MIMEParams.read;

/** A MIME type: `new MIMEType('text/plain; charset=utf-8')`. */
class MIMEType {
  #type;
  #subtype;
  #parameters = new MIMEParams();

  constructor(text) {
    const found = readTypes(`${text}`);
    this.#type = found.type;
    this.#subtype = found.subtype;
    read(this.#parameters, found.parameters);
  }

  /** What the text says, or null if it isn't a media type. */
  static parse(text) {
    text = `${text}`;
    try {
      return new MIMEType(text);
    } catch (error) {
      if (error.code !== 'ERR_INVALID_MIME_SYNTAX') throw error;
      return null;
    }
  }

  get type() {
    return this.#type;
  }

  set type(value) {
    value = `${value}`;
    const bad = indexOf(NOT_TOKEN, value);
    if (value === '' || bad !== -1) throw nodeError('ERR_INVALID_MIME_SYNTAX', 'type', value, bad);
    this.#type = toLower(value);
  }

  get subtype() {
    return this.#subtype;
  }

  set subtype(value) {
    value = `${value}`;
    const bad = indexOf(NOT_TOKEN, value);
    if (value === '' || bad !== -1) throw nodeError('ERR_INVALID_MIME_SYNTAX', 'subtype', value, bad);
    this.#subtype = toLower(value);
  }

  get essence() {
    return `${this.#type}/${this.#subtype}`;
  }

  get params() {
    return this.#parameters;
  }

  toString() {
    const parameters = this.#parameters.toString();
    return parameters === '' ? this.essence : `${this.essence};${parameters}`;
  }

  toJSON() {
    return this.toString();
  }
}
const shown = { __proto__: null, enumerable: true };
ObjectDefineProperties(MIMEType.prototype, {
  type: shown, subtype: shown, essence: shown, params: shown, toString: shown, toJSON: shown,
});

module.exports = { MIMEType, MIMEParams };
