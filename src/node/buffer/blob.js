'use strict';
// `Blob` and `File`: <https://w3c.github.io/FileAPI/>. The bytes are copied in when a Blob is made; slices share them.

const {
  ArrayBuffer, ArrayIsArray, DateNow, MathMax, MathMin, Number, NumberIsNaN, ObjectDefineProperties,
  PromisePrototypeThen, PromiseReject, PromiseResolve, RegExpPrototypeExec, RegExpPrototypeSymbolReplace,
  SafeMap, StringPrototypeToLowerCase, StringPrototypeToWellFormed, Symbol, SymbolFor, SymbolIterator, SymbolToStringTag, TypedArrayPrototypeSet, TypeError,
  Uint8Array,
} = primordials;
const { determineSpecificType, nodeError } = binding('errors');
const { isAnyArrayBuffer, isArrayBufferView } = binding('types');
const { kClone, kRevive } = binding('structured_clone');
const { Buffer } = require('buffer');

const kInspect = SymbolFor('nodejs.util.inspect.custom');
const kPart = Symbol('kPart');

function typeError(message) {
  const error = new TypeError(message);
  error.code = 'ERR_INVALID_ARG_TYPE';
  return error;
}

function validateDictionary(value) {
  if (value === undefined || value === null || typeof value === 'object' || typeof value === 'function') return;
  throw typeError(`The "options" argument must be a dictionary. Received ${determineSpecificType(value)}`);
}

function typeOf(type) {
  type = `${type}`;
  return RegExpPrototypeExec(/[^\u0020-\u007e]/, type) === null ? StringPrototypeToLowerCase(type) : '';
}

/** The bytes of one element of the array that a Blob is made of. */
function bytesOf(source, endings) {
  if (isBlob(source)) return bytesOfBlob(source);
  if (isAnyArrayBuffer(source)) return new Uint8Array(source);
  if (isArrayBufferView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  let text = `${source}`;
  if (endings === 'native') text = RegExpPrototypeSymbolReplace(/\r\n?|\n/g, text, require('os').EOL);
  return Buffer.from(text);
}

function concat(sources, endings) {
  if (sources === null || typeof sources !== 'object' || typeof sources[SymbolIterator] !== 'function') {
    throw typeError('Value cannot be converted to sequence.');
  }
  const parts = [];
  if (ArrayIsArray(sources)) {
    for (let i = 0; i < sources.length; i++) parts[i] = bytesOf(sources[i], endings);
  } else {
    for (const source of sources) parts[parts.length] = bytesOf(source, endings);
  }
  // In memory of its own: later changes of the sources must not show.
  let length = 0;
  for (let i = 0; i < parts.length; i++) length += parts[i].length;
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let i = 0, at = 0; i < parts.length; i++) {
    TypedArrayPrototypeSet(bytes, parts[i], at);
    at += parts[i].length;
  }
  return bytes;
}

let isBlob;
let bytesOfBlob;
let isFile;

/** A byte stream of the bytes, as much at once as files are read with. */
function streamOf(bytes) {
  const { ReadableStream } = require('stream/web');
  let at = 0;
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      if (at >= bytes.length) {
        controller.close();
        controller.byobRequest?.respond(0);
        return;
      }
      const chunk = new Uint8Array(bytes.subarray(at, at + 65536));
      at += chunk.length;
      controller.enqueue(chunk);
    },
  }, { highWaterMark: 0 });
}

/** Text and bytes that can be read any number of times, and not changed. */
class Blob {
  #bytes;
  #type;

  static {
    isBlob = (value) => value !== null && typeof value === 'object' && #bytes in value;
    bytesOfBlob = (blob) => blob.#bytes;
  }

  constructor(sources = [], options) {
    if (sources !== null && sources?.[kPart] === kPart) {
      this.#bytes = sources.bytes;
      this.#type = sources.type;
      return;
    }
    validateDictionary(options);
    const { type = '', endings = 'transparent' } = options ?? {};
    const wanted = `${endings}`;
    if (wanted !== 'transparent' && wanted !== 'native') {
      throw nodeError('ERR_INVALID_ARG_VALUE', 'options.endings', endings);
    }
    this.#bytes = concat(sources, wanted);
    this.#type = typeOf(type);
  }

  get type() {
    if (!isBlob(this)) throw nodeError('ERR_INVALID_THIS', 'Blob');
    return this.#type;
  }

  get size() {
    if (!isBlob(this)) throw nodeError('ERR_INVALID_THIS', 'Blob');
    return this.#bytes.length;
  }

  slice(start = 0, end = undefined, contentType = '') {
    if (!isBlob(this)) throw nodeError('ERR_INVALID_THIS', 'Blob');
    const size = this.#bytes.length;
    const within = (index) => {
      index = Number(index);
      index = NumberIsNaN(index) ? 0 : index < 0 ? MathMax(size + index, 0) : MathMin(index, size);
      return index - index % 1;
    };
    const from = within(start);
    const to = end === undefined ? size : within(end);
    return new Blob({ [kPart]: kPart, bytes: this.#bytes.subarray(from, MathMax(from, to)), type: typeOf(contentType) });
  }

  arrayBuffer() {
    if (!isBlob(this)) return PromiseReject(nodeError('ERR_INVALID_THIS', 'Blob'));
    const copy = new Uint8Array(new ArrayBuffer(this.#bytes.length));
    TypedArrayPrototypeSet(copy, this.#bytes);
    return later(copy.buffer);
  }

  bytes() {
    if (!isBlob(this)) return PromiseReject(nodeError('ERR_INVALID_THIS', 'Blob'));
    return later(new Uint8Array(this.#bytes));
  }

  text() {
    if (!isBlob(this)) return PromiseReject(nodeError('ERR_INVALID_THIS', 'Blob'));
    const { TextDecoder } = require('encoding');
    return later(new TextDecoder().decode(this.#bytes));
  }

  stream() {
    if (!isBlob(this)) throw nodeError('ERR_INVALID_THIS', 'Blob');
    return streamOf(this.#bytes);
  }

  textStream() {
    if (!isBlob(this)) throw nodeError('ERR_INVALID_THIS', 'Blob');
    const { TextDecoderStream } = require('stream/web');
    return streamOf(this.#bytes).pipeThrough(new TextDecoderStream());
  }

  [kInspect](depth, options) {
    if (depth < 0) return this;
    const shown = { size: this.size, type: this.type };
    return `Blob ${require('util').inspect(shown, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}

// Reading never happens at once.
function later(value) {
  return PromisePrototypeThen(PromiseResolve(), () => value);
}

/** A Blob with a name and a date. */
class File extends Blob {
  #name;
  #lastModified;

  static {
    isFile = (value) => value !== null && typeof value === 'object' && #name in value;
  }

  constructor(fileBits, fileName, options) {
    if (arguments.length < 2) throw nodeError('ERR_MISSING_ARGS', 'fileBits', 'fileName');
    super(fileBits, options);
    let { lastModified } = options ?? {};
    lastModified = lastModified === undefined ? DateNow() : +lastModified;
    this.#lastModified = NumberIsNaN(lastModified) ? 0 : lastModified - lastModified % 1;
    this.#name = StringPrototypeToWellFormed(`${fileName}`);
  }

  get name() {
    if (!isFile(this)) throw nodeError('ERR_INVALID_THIS', 'File');
    return this.#name;
  }

  get lastModified() {
    if (!isFile(this)) throw nodeError('ERR_INVALID_THIS', 'File');
    return this.#lastModified;
  }

  [kInspect](depth, options) {
    if (depth < 0) return this;
    const shown = { size: this.size, type: this.type, name: this.#name, lastModified: this.#lastModified };
    return `File ${require('util').inspect(shown, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}

// Accessors and methods of the web are enumerable.
function enumerable(prototype, names) {
  for (let i = 0; i < names.length; i++) {
    ObjectDefineProperties(prototype, { [names[i]]: { __proto__: null, enumerable: true } });
  }
}
enumerable(Blob.prototype, ['type', 'size', 'slice', 'arrayBuffer', 'text', 'bytes', 'stream', 'textStream']);
enumerable(File.prototype, ['name', 'lastModified']);
ObjectDefineProperties(Blob.prototype, {
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'Blob' },
});
ObjectDefineProperties(File.prototype, {
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'File' },
});

// Structured clone.
function cloneable(prototype, method) {
  ObjectDefineProperties(prototype, { [kClone]: { __proto__: null, configurable: true, value: method } });
}
cloneable(Blob.prototype, function() {
  return { deserializeInfo: 'buffer/blob:Blob', data: { bytes: new Uint8Array(bytesOfBlob(this)), type: this.type } };
});
cloneable(File.prototype, function() {
  const { name, lastModified } = this;
  return {
    deserializeInfo: 'buffer/blob:File', data: { bytes: new Uint8Array(bytesOfBlob(this)), type: this.type, name, lastModified },
  };
});

function revive({ bytes, type, name, lastModified }) {
  const part = { [kPart]: kPart, bytes: Buffer.from(bytes.buffer), type };
  return name === undefined ? new Blob(part) : new File(part, name, { lastModified });
}

// Blobs that have a URL, until it is revoked.
const urls = new SafeMap();

/** `URL.createObjectURL(blob)` */
function createObjectURL(blob) {
  if (!isBlob(blob)) throw nodeError('ERR_INVALID_ARG_TYPE', 'obj', 'Blob', blob);
  const url = `blob:nodedata:${binding('buffer').uniqueId()}`;
  urls.set(url, blob);
  return url;
}

/** `URL.revokeObjectURL(url)` */
function revokeObjectURL(url) {
  urls.delete(`${url}`);
}

/** `buffer.resolveObjectURL(url)` */
function resolveObjectURL(url) {
  return urls.get(`${url}`);
}

module.exports = { Blob, File, createObjectURL, revokeObjectURL, resolveObjectURL, [kRevive]: revive };
