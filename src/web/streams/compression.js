'use strict';
// `CompressionStream` and `DecompressionStream`: <https://compression.spec.whatwg.org/>

const { finishClass, invalidThis } = require('streams/common');
const { nodeError } = binding('errors');
const { validateOneOf } = binding('validators');

const formats = ['deflate', 'deflate-raw', 'gzip', 'brotli'];
const makers = {
  compress: {
    '__proto__': null, 'deflate': 'createDeflate', 'deflate-raw': 'createDeflateRaw', 'gzip': 'createGzip',
    'brotli': 'createBrotliCompress',
  },
  decompress: {
    '__proto__': null, 'deflate': 'createInflate', 'deflate-raw': 'createInflateRaw', 'gzip': 'createGunzip',
    'brotli': 'createBrotliDecompress',
  },
};

function transformOf(kind, format, name) {
  validateOneOf(format, 'format', formats);
  let zlib;
  try {
    zlib = require('zlib');
  } catch {
    throw nodeError('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', name);
  }
  return require('stream/web_adapters').duplexToWeb(zlib[makers[kind][format]]());
}

/** Bytes in, compressed bytes out. */
class CompressionStream {
  #pair;

  constructor(format) {
    this.#pair = transformOf('compress', format, 'CompressionStream');
  }

  get readable() {
    if (!(#pair in this)) throw invalidThis('CompressionStream');
    return this.#pair.readable;
  }

  get writable() {
    if (!(#pair in this)) throw invalidThis('CompressionStream');
    return this.#pair.writable;
  }
}

/** Compressed bytes in, bytes out. */
class DecompressionStream {
  #pair;

  constructor(format) {
    this.#pair = transformOf('decompress', format, 'DecompressionStream');
  }

  get readable() {
    if (!(#pair in this)) throw invalidThis('DecompressionStream');
    return this.#pair.readable;
  }

  get writable() {
    if (!(#pair in this)) throw invalidThis('DecompressionStream');
    return this.#pair.writable;
  }
}

const shown = ({ readable, writable }) => ({ readable, writable });
finishClass(CompressionStream, 'CompressionStream', ['readable', 'writable'], shown);
finishClass(DecompressionStream, 'DecompressionStream', ['readable', 'writable'], shown);

module.exports = { CompressionStream, DecompressionStream };
