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

/** The bytes of one element of the array that a Blob is made of; `files` gets those that they were read from. */
function bytesOf(source, endings, files) {
  if (isBlob(source)) {
    const own = filesOfBlob(source);
    if (own !== undefined) for (let i = 0; i < own.length; i++) files[files.length] = own[i];
    return bytesOfBlob(source);
  }
  if (isAnyArrayBuffer(source)) return new Uint8Array(source);
  if (isArrayBufferView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  let text = `${source}`;
  if (endings === 'native') text = RegExpPrototypeSymbolReplace(/\r\n?|\n/g, text, require('os').EOL);
  return Buffer.from(text);
}

function concat(sources, endings, files) {
  if (sources === null || typeof sources !== 'object' || typeof sources[SymbolIterator] !== 'function') {
    throw typeError('Value cannot be converted to sequence.');
  }
  const parts = [];
  if (ArrayIsArray(sources)) {
    for (let i = 0; i < sources.length; i++) parts[i] = bytesOf(sources[i], endings, files);
  } else {
    for (const source of sources) parts[parts.length] = bytesOf(source, endings, files);
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
let filesOfBlob;
let isFile;

/** Rejects when one of the files isn't as it was when a Blob was made of it: <https://w3c.github.io/FileAPI/#dfn-snapshot-state>. */
async function checkFiles(files) {
  const { stat } = require('fs/promises');
  for (let i = 0; i < files.length; i++) {
    const { path, size, mtimeMs } = files[i];
    let found;
    try {
      found = await stat(path);
    } catch {
      // It is gone.
    }
    if (found === undefined || found.size !== size || found.mtimeMs !== mtimeMs) {
      const DOMException = require('dom_exception');
      throw new DOMException('The blob could not be read', 'NotReadableError');
    }
  }
}

/** A byte stream of a Blob's bytes, as much at once as files are read with. */
function streamOf(blob) {
  const { ReadableStream } = require('stream/web');
  const bytes = bytesOfBlob(blob);
  const files = filesOfBlob(blob);
  let at = 0;
  const give = (controller) => {
    if (at >= bytes.length) {
      controller.close();
      controller.byobRequest?.respond(0);
      return;
    }
    const chunk = new Uint8Array(bytes.subarray(at, at + 65536));
    at += chunk.length;
    controller.enqueue(chunk);
  };
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      if (files === undefined) return give(controller);
      return PromisePrototypeThen(checkFiles(files), () => give(controller));
    },
  }, { highWaterMark: 0 });
}

/** Text and bytes that can be read any number of times, and not changed. */
class Blob {
  #bytes;
  #type;
  #files;

  static {
    filesOfBlob = (blob) => blob.#files;
    isBlob = (value) => value !== null && typeof value === 'object' && #bytes in value;
    bytesOfBlob = (blob) => blob.#bytes;
  }

  constructor(sources = [], options) {
    if (sources !== null && sources?.[kPart] === kPart) {
      this.#bytes = sources.bytes;
      this.#type = sources.type;
      this.#files = sources.files;
      return;
    }
    validateDictionary(options);
    const { type = '', endings = 'transparent' } = options ?? {};
    const wanted = `${endings}`;
    if (wanted !== 'transparent' && wanted !== 'native') {
      throw nodeError('ERR_INVALID_ARG_VALUE', 'options.endings', endings);
    }
    const files = [];
    this.#bytes = concat(sources, wanted, files);
    if (files.length !== 0) this.#files = files;
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
    const bytes = this.#bytes.subarray(from, MathMax(from, to));
    return new Blob({ [kPart]: kPart, bytes, type: typeOf(contentType), files: this.#files });
  }

  arrayBuffer() {
    if (!isBlob(this)) return PromiseReject(nodeError('ERR_INVALID_THIS', 'Blob'));
    return later(this, () => {
      const copy = new Uint8Array(new ArrayBuffer(this.#bytes.length));
      TypedArrayPrototypeSet(copy, this.#bytes);
      return copy.buffer;
    });
  }

  bytes() {
    if (!isBlob(this)) return PromiseReject(nodeError('ERR_INVALID_THIS', 'Blob'));
    return later(this, () => new Uint8Array(this.#bytes));
  }

  text() {
    if (!isBlob(this)) return PromiseReject(nodeError('ERR_INVALID_THIS', 'Blob'));
    const { TextDecoder } = require('encoding');
    return later(this, () => new TextDecoder().decode(this.#bytes));
  }

  stream() {
    if (!isBlob(this)) throw nodeError('ERR_INVALID_THIS', 'Blob');
    return streamOf(this);
  }

  textStream() {
    if (!isBlob(this)) throw nodeError('ERR_INVALID_THIS', 'Blob');
    const { TextDecoderStream } = require('stream/web');
    return streamOf(this).pipeThrough(new TextDecoderStream());
  }

  [kInspect](depth, options) {
    if (depth < 0) return this;
    const shown = { size: this.size, type: this.type };
    return `Blob ${require('util').inspect(shown, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}

// Reading never happens at once.
function later(blob, read) {
  const files = filesOfBlob(blob);
  return PromisePrototypeThen(files === undefined ? PromiseResolve() : checkFiles(files), read);
}

/** A Blob of what was read from a file, whose path, size and time of change are `file`. */
function blobOfFile(bytes, type, file) {
  return new Blob({ [kPart]: kPart, bytes, type, files: [file] });
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
function mustBeInMemory(blob) {
  if (filesOfBlob(blob) !== undefined) throw nodeError('ERR_INVALID_STATE', 'File-backed Blobs are not cloneable');
}
cloneable(Blob.prototype, function() {
  mustBeInMemory(this);
  return { deserializeInfo: 'buffer/blob:Blob', data: { bytes: new Uint8Array(bytesOfBlob(this)), type: this.type } };
});
cloneable(File.prototype, function() {
  mustBeInMemory(this);
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

module.exports = { Blob, File, blobOfFile, createObjectURL, revokeObjectURL, resolveObjectURL, [kRevive]: revive };
