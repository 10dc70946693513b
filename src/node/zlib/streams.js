'use strict';
// The streams of `zlib`: Transforms whose chunks go to a job of the pool, one at a time. Classes are plain functions, because programs
// call them without `new` and inherit from them as such.

const {
  MathMin, ObjectDefineProperties, ObjectDefineProperty, ObjectSetPrototypeOf, ReflectApply, Symbol,
} = primordials;
const { Transform } = require('stream/transform');
const native = binding('zlib');
const { nextTick } = binding('task_queue');
const { nodeError } = binding('errors');
const { validateFiniteNumber, checkRangesOrGetDefault } = binding('validators');
const { base, handleOf } = require('zlib/options');

const kFlushFlag = Symbol('kFlushFlag');
const kError = Symbol('kError');

/** A job makes so much output at most before the reader is asked again. */
const JOB_OUTPUT = 128 * 1024;

// Flags in the order in which one includes the other: none, block, partial, sync, full, finish.
const ORDER = [0, 2, 3, 4, 5, 1];
const stronger = (a, b) => (ORDER[a] > ORDER[b] ? a : b);

const flushBuffers = [];
function flushBuffer(kind) {
  let buffer = flushBuffers[kind];
  if (buffer === undefined) {
    buffer = require('buffer').Buffer.alloc(0);
    buffer[kFlushFlag] = kind;
    flushBuffers[kind] = buffer;
  }
  return buffer;
}

function ZlibBase(opts, name) {
  const made = handleOf(name, opts);
  const own = base(name, opts);
  if (opts && (opts.encoding || opts.objectMode || opts.writableObjectMode)) {
    opts = { ...opts, encoding: null, objectMode: false, writableObjectMode: false };
  }
  ReflectApply(Transform, this, [{ autoDestroy: true, ...opts }]);
  this[kError] = null;
  this.bytesWritten = 0;
  this._handle = made.handle;
  this._chunkSize = own.chunkSize;
  this._defaultFlushFlag = own.flush;
  this._finishFlushFlag = own.finishFlush;
  this._defaultFullFlushFlag = own.flags.fullFlush;
  this._flags = own.flags;
  this._info = opts?.info;
  this._maxOutputLength = own.maxOutputLength;
  this._rejectGarbageAfterEnd = own.rejectGarbageAfterEnd;
  if (made.mode !== undefined) {
    this._level = made.level;
    this._strategy = made.strategy;
    this._mode = made.mode;
  }
}
ObjectSetPrototypeOf(ZlibBase.prototype, Transform.prototype);
ObjectSetPrototypeOf(ZlibBase, Transform);

ObjectDefineProperty(ZlibBase.prototype, '_closed', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() {
    return !this._handle;
  },
});

function handleOfOpen(stream) {
  if (!stream._handle) {
    throw nodeError('ERR_INTERNAL_ASSERTION', 'zlib binding closed');
  }
  return stream._handle;
}

/** Starts anew with the same settings. */
ZlibBase.prototype.reset = function() {
  return native.reset(handleOfOpen(this));
};

ZlibBase.prototype._flush = function(callback) {
  this._transform(require('buffer').Buffer.alloc(0), '', callback);
};

// The flush at the end doesn't wait for one that is under way.
ZlibBase.prototype._final = function(callback) {
  callback();
};

/**
 * Lets out what has been compressed so far.
 * @param {number} [kind] one of the flush flags
 * @param {Function} [callback]
 */
ZlibBase.prototype.flush = function(kind, callback) {
  if (typeof kind === 'function' || (kind === undefined && !callback)) {
    callback = kind;
    kind = this._defaultFullFlushFlag;
  }
  if (typeof kind !== 'number') throw nodeError('ERR_INVALID_ARG_TYPE', 'kind', 'number', kind);
  if (this.writableFinished) {
    if (callback) nextTick(callback);
  } else if (this.writableEnded) {
    if (callback) this.once('end', callback);
  } else {
    this.write(flushBuffer(kind), '', callback);
  }
};

/** Frees what is native and destroys the stream. */
ZlibBase.prototype.close = function(callback) {
  if (callback) require('stream').finished(this, callback);
  this.destroy();
};

ZlibBase.prototype._destroy = function(err, callback) {
  close(this);
  callback(err);
};

function close(stream) {
  if (!stream._handle) return;
  // Programs put a function of theirs in its place to go on with a handle (minizlib does, which tar stands on).
  stream._handle.close();
  stream._handle = null;
}

ZlibBase.prototype._transform = function(chunk, encoding, cb) {
  let flag = this._defaultFlushFlag;
  if (typeof chunk[kFlushFlag] === 'number') {
    flag = chunk[kFlushFlag];
  }
  if (this.writableEnded && this.writableLength === chunk.byteLength) flag = stronger(flag, this._finishFlushFlag);
  processChunk(this, chunk, flag, cb);
};

/** Undocumented: without a callback at once, and the output is what is returned. */
ZlibBase.prototype._processChunk = function(chunk, flag, cb) {
  if (typeof cb === 'function') processChunk(this, chunk, flag, cb);
  else return processChunkSync(this, chunk, flag);
};

function processChunkSync(self, chunk, flag) {
  const { Buffer } = require('buffer');
  const parts = [];
  let offset = 0;
  let size = 0;
  for (;;) {
    let result;
    try {
      result = native.writeSync(handleOfOpen(self), chunk, offset, flag, self._chunkSize);
    } catch (error) {
      self.destroy();
      throw error;
    }
    const { 0: output, 1: consumed, 2: more } = result;
    offset += consumed;
    if (output !== undefined) {
      parts[parts.length] = output;
      size += output.length;
      if (size > self._maxOutputLength) {
        close(self);
        throw nodeError('ERR_BUFFER_TOO_LARGE', self._maxOutputLength);
      }
    }
    if (!more) break;
  }
  self.bytesWritten = offset;
  close(self);
  if (size === 0) return Buffer.alloc(0);
  return parts.length === 1 ? parts[0] : Buffer.concat(parts, size);
}

function processChunk(self, chunk, flag, cb) {
  if (!self._handle) {
    nextTick(cb);
    return;
  }
  const { length } = chunk;
  let offset = 0;
  const run = () => {
    const limit = self._chunkSize > JOB_OUTPUT ? self._chunkSize : JOB_OUTPUT - JOB_OUTPUT % self._chunkSize;
    native.write(self._handle, chunk, offset, flag, limit, done);
  };
  const done = (error, output, consumed, more) => {
    if (self.destroyed) {
      cb();
      return;
    }
    if (error !== undefined) {
      self[kError] = error;
      self.destroy(error);
      return;
    }
    offset += consumed;
    self.bytesWritten += consumed;
    const full = output !== undefined && !pushAll(self, output);
    // The reader may have closed the stream.
    if (self.destroyed) {
      cb();
      return;
    }
    if (more) {
      if (full) waitForReader(self, run);
      else run();
      return;
    }
    if (offset < length) {
      // The end of what was compressed came before the end of the input.
      if (self._rejectGarbageAfterEnd) {
        const junk = nodeError('ERR_TRAILING_JUNK_AFTER_STREAM_END');
        self.destroy(junk);
        cb(junk);
        return;
      }
      self.push(null);
    }
    cb();
  };
  run();
}

/** Output in pieces of the size that was asked for; whether the reader wants more. */
function pushAll(self, output) {
  const size = self._chunkSize;
  let wants = true;
  for (let at = 0; at < output.length && !self.destroyed; at += size) {
    wants = self.push(at === 0 && output.length <= size ? output : output.subarray(at, MathMin(at + size, output.length)));
  }
  return wants;
}

/** Goes on when the stream is next read from. */
function waitForReader(self, run) {
  const { _read: read } = self;
  self._read = function(size) {
    self._read = read;
    if (self._handle) run();
    ReflectApply(read, self, [size]);
  };
}

/** The streams of zlib, whose level and strategy can change. */
function Zlib(opts, name) {
  ReflectApply(ZlibBase, this, [opts, name]);
}
ObjectSetPrototypeOf(Zlib.prototype, ZlibBase.prototype);
ObjectSetPrototypeOf(Zlib, ZlibBase);

/** Another level and strategy for what comes from here on. */
Zlib.prototype.params = function params(level, strategy, callback) {
  checkRangesOrGetDefault(level, 'level', -1, 9);
  checkRangesOrGetDefault(strategy, 'strategy', 0, 4);
  if (this._level === level && this._strategy === strategy) {
    nextTick(callback);
    return;
  }
  const Z_SYNC_FLUSH = 2;
  this.flush(Z_SYNC_FLUSH, () => {
    native.params(handleOfOpen(this), level, strategy);
    if (!this.destroyed) {
      this._level = level;
      this._strategy = strategy;
      if (callback) callback();
    }
  });
};

function define(name, parent) {
  const make = {
    [name]: function(opts) {
      if (!(this instanceof make)) return new make(opts);
      ReflectApply(parent, this, [opts, name]);
    },
  }[name];
  ObjectSetPrototypeOf(make.prototype, parent.prototype);
  ObjectSetPrototypeOf(make, parent);
  return make;
}

const names = ['Deflate', 'Inflate', 'Gzip', 'Gunzip', 'DeflateRaw', 'InflateRaw', 'Unzip'];
for (let i = 0; i < names.length; i++) exports[names[i]] = define(names[i], Zlib);
const others = ['BrotliCompress', 'BrotliDecompress', 'ZstdCompress', 'ZstdDecompress'];
for (let i = 0; i < others.length; i++) {
  // Between them and the base stands a class of the format.
  function Format(opts, name) {
    ReflectApply(ZlibBase, this, [opts, name]);
  }
  ObjectSetPrototypeOf(Format.prototype, ZlibBase.prototype);
  ObjectSetPrototypeOf(Format, ZlibBase);
  ObjectDefineProperties(Format, { name: { __proto__: null, configurable: true, value: i < 2 ? 'Brotli' : 'Zstd' } });
  exports[others[i]] = define(others[i], Format);
}
