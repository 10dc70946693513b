'use strict';
// The options of streams and functions, checked as Node does, and the handles that are made of them.

const { NumberIsNaN, NumberIsSafeInteger, ObjectKeys } = primordials;
const native = binding('zlib');
const { nodeError } = binding('errors');
const { checkRangesOrGetDefault, validateBoolean, validateFiniteNumber } = binding('validators');

const MODES = {
  __proto__: null, Deflate: 1, Inflate: 2, Gzip: 3, Gunzip: 4, DeflateRaw: 5, InflateRaw: 6, Unzip: 7,
};

// Flush flags: the usual one, that of the end, that of `flush()`, and the highest.
const ZLIB = { flush: 0, finishFlush: 4, fullFlush: 3, most: 5 };
const BROTLI = { flush: 0, finishFlush: 2, fullFlush: 1, most: 3 };
const ZSTD = { flush: 0, finishFlush: 2, fullFlush: 1, most: 2 };

function flagsOf(name) {
  if (MODES[name] !== undefined) return ZLIB;
  return name === 'BrotliCompress' || name === 'BrotliDecompress' ? BROTLI : ZSTD;
}

/** What all formats have in common. */
function base(name, opts) {
  const flags = flagsOf(name);
  const all = {
    flags, chunkSize: 16384, flush: flags.flush, finishFlush: flags.finishFlush, maxOutputLength: native.maxLength,
    rejectGarbageAfterEnd: false,
  };
  if (!opts) return all;
  let { chunkSize } = opts;
  if (!validateFiniteNumber(chunkSize, 'options.chunkSize')) {
    chunkSize = 16384;
  } else if (chunkSize < 64) {
    throw nodeError('ERR_OUT_OF_RANGE', 'options.chunkSize', '>= 64', chunkSize);
  }
  all.chunkSize = chunkSize;
  all.flush = checkRangesOrGetDefault(opts.flush, 'options.flush', 0, flags.most, flags.flush);
  all.finishFlush = checkRangesOrGetDefault(opts.finishFlush, 'options.finishFlush', 0, flags.most, flags.finishFlush);
  all.maxOutputLength = checkRangesOrGetDefault(opts.maxOutputLength, 'options.maxOutputLength', 1, all.maxOutputLength, all.maxOutputLength);
  const { rejectGarbageAfterEnd } = opts;
  if (rejectGarbageAfterEnd !== undefined) validateBoolean(rejectGarbageAfterEnd, 'options.rejectGarbageAfterEnd');
  all.rejectGarbageAfterEnd = rejectGarbageAfterEnd === true;
  return all;
}

function dictionaryOf(opts) {
  const { dictionary } = opts;
  if (dictionary !== undefined && !binding('crypto').isBufferSource(dictionary)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'options.dictionary', ['Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'], dictionary);
  }
  return dictionary;
}

function zlibHandle(name, opts) {
  const mode = MODES[name];
  const inflates = name === 'Inflate' || name === 'Gunzip' || name === 'Unzip';
  let windowBits = 15;
  let level = -1;
  let memLevel = 8;
  let strategy = 0;
  let dictionary;
  // What follows the first member is an error then, and not the next.
  const isSingle = opts?.rejectGarbageAfterEnd === true;
  if (opts) {
    if ((opts.windowBits === undefined || opts.windowBits === null || opts.windowBits === 0) && inflates) {
      windowBits = 0;
    } else if (name === 'DeflateRaw' && opts.windowBits === 8) {
      // zlib's deflate can't, and said nothing of it in earlier versions.
      windowBits = 9;
    } else {
      windowBits = checkRangesOrGetDefault(opts.windowBits, 'options.windowBits', name === 'Gzip' ? 9 : 8, 15, 15);
    }
    level = checkRangesOrGetDefault(opts.level, 'options.level', -1, 9, -1);
    memLevel = checkRangesOrGetDefault(opts.memLevel, 'options.memLevel', 1, 9, 8);
    strategy = checkRangesOrGetDefault(opts.strategy, 'options.strategy', 0, 4, 0);
    dictionary = dictionaryOf(opts);
  }
  return { handle: native.zlib(mode, windowBits, level, memLevel, strategy, dictionary, isSingle), level, strategy, mode };
}

/** Parameters by number as a flat list. */
function parametersOf(opts, isValid, code) {
  const list = [];
  if (!opts?.params) return list;
  const seen = { __proto__: null };
  const keys = ObjectKeys(opts.params);
  for (let i = 0; i < keys.length; i++) {
    const key = +keys[i];
    // The same number may be written in several ways.
    if (NumberIsNaN(key) || !isValid(key) || seen[key]) throw nodeError(code, keys[i]);
    seen[key] = true;
    const value = opts.params[keys[i]];
    if (typeof value !== 'number' && typeof value !== 'boolean') {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'options.params[key]', 'number', value);
    }
    list[list.length] = key;
    list[list.length] = +value;
  }
  return list;
}

function brotliHandle(name, opts) {
  const compresses = name === 'BrotliCompress';
  // Node has one range for both directions.
  const list = parametersOf(opts, (key) => key >= 0 && key <= 9 && key % 1 === 0, 'ERR_BROTLI_INVALID_PARAM');
  return { handle: native.brotli(compresses, list) };
}

const isZstdCompression = (key) => key >= 100 && key <= 107 || key >= 160 && key <= 164 || key >= 200 && key <= 202 || key >= 400 && key <= 402;

function zstdHandle(name, opts) {
  const compresses = name === 'ZstdCompress';
  const list = parametersOf(opts, compresses ? isZstdCompression : (key) => key === 100, 'ERR_ZSTD_INVALID_PARAM');
  let pledged;
  let dictionary;
  if (opts) {
    ({ pledgedSrcSize: pledged } = opts);
    if (compresses && pledged !== undefined) {
      const { typeError } = binding('crypto');
      if (typeof pledged !== 'number') throw typeError('ERR_INVALID_ARG_TYPE', 'pledgedSrcSize must be a number');
      if (pledged < 0) throw native.rangeError('pledgedSrcSize must be non-negative');
      if (!NumberIsSafeInteger(pledged)) throw native.rangeError('pledgedSrcSize must be a safe integer');
    }
    dictionary = dictionaryOf(opts);
  }
  return { handle: native.zstd(compresses, list, compresses ? pledged : undefined, dictionary) };
}

/** A handle, with what a stream shows of its settings. */
function handleOf(name, opts) {
  if (MODES[name] !== undefined) return zlibHandle(name, opts);
  return name === 'BrotliCompress' || name === 'BrotliDecompress' ? brotliHandle(name, opts) : zstdHandle(name, opts);
}

module.exports = { base, handleOf };
