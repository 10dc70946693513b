'use strict';
// `zlib`: the functions that take a whole input, each one native job. The streams load when one is asked for.

const { ObjectDefineProperty } = primordials;
const native = binding('zlib');
const { defineLate } = binding('util');
const { nodeError } = binding('errors');
const { validateFunction } = binding('validators');

// As it is when the module loads.
native.maxLength = require('buffer').kMaxLength;

const FORMATS = [
  ['Deflate', 'deflate'], ['Inflate', 'inflate'], ['Gzip', 'gzip'], ['Gunzip', 'gunzip'], ['DeflateRaw', 'deflateRaw'],
  ['InflateRaw', 'inflateRaw'], ['Unzip', 'unzip'], ['BrotliCompress', 'brotliCompress'], ['BrotliDecompress', 'brotliDecompress'],
  ['ZstdCompress', 'zstdCompress'], ['ZstdDecompress', 'zstdDecompress'],
];

function checkInput(buffer) {
  if (typeof buffer === 'string') return require('buffer').Buffer.from(buffer);
  if (!binding('crypto').isBufferSource(buffer)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'buffer', ['string', 'Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'], buffer);
  }
  return buffer;
}

function whole(name, input, options, callback) {
  const { base, handleOf } = require('zlib/options');
  const own = base(name, options);
  const handle = handleOf(name, options).handle;
  return native.whole(handle, input, own.finishFlush, own.maxOutputLength, own.rejectGarbageAfterEnd, callback);
}

function asynchronous(name) {
  return function asyncBufferWrapper(buffer, opts, callback) {
    if (typeof opts === 'function') {
      callback = opts;
      opts = {};
    }
    validateFunction(callback, 'callback');
    const input = checkInput(buffer);
    if (opts?.info) return withInfo(name, input, opts, callback);
    whole(name, input, opts, callback);
  };
}

/** With `info` there is a stream to show. */
function withInfo(name, input, opts, callback) {
  const engine = new exports[name](opts);
  engine.on('error', callback);
  const chunks = [];
  engine.on('data', (chunk) => {
    chunks[chunks.length] = chunk;
  });
  engine.on('end', () => callback(null, { buffer: require('buffer').Buffer.concat(chunks), engine }));
  engine.end(binding('types').isAnyArrayBuffer(input) ? require('buffer').Buffer.from(input) : input);
}

function synchronous(name) {
  return function syncBufferWrapper(buffer, opts) {
    const input = checkInput(buffer);
    const output = whole(name, input, opts, undefined);
    return opts?.info ? { buffer: output, engine: new exports[name](opts) } : output;
  };
}

exports.crc32 = native.crc32;
for (let i = 0; i < FORMATS.length; i++) {
  const { 0: name } = FORMATS[i];
  defineLate(exports, name, () => require('zlib/streams')[name]);
}
for (let i = 0; i < FORMATS.length; i++) {
  const { 0: name, 1: method } = FORMATS[i];
  exports[method] = asynchronous(name);
  exports[`${method}Sync`] = synchronous(name);
}
for (let i = 0; i < FORMATS.length; i++) {
  const { 0: name } = FORMATS[i];
  const create = `create${name}`;
  ObjectDefineProperty(exports, create, {
    __proto__: null,
    configurable: true,
    enumerable: true,
    value: {
      [create](options) {
        return new exports[name](options);
      },
    }[create],
  });
}
const shown = (value) => ({ __proto__: null, configurable: false, enumerable: true, value });
ObjectDefineProperty(exports, 'constants', shown(native.constants()));
ObjectDefineProperty(exports, 'codes', shown(native.codes()));
native.defineNames(exports);
