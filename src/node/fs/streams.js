'use strict';

// `fs.ReadStream` and `fs.WriteStream`: making them, writing, and reading from what isn't a plain file. The rest is native.

const { Error, FunctionPrototypeCall, ObjectDefineProperties, ObjectSetPrototypeOf, ReflectApply, Symbol } = primordials;
const { Buffer } = require('buffer');
const { Readable, Writable, finished } = require('stream');
const { errorOrDestroy } = require('stream/destroy');
const { checkPath, defineStreams } = binding('fs');
const { nodeError } = binding('errors');
const { validateAbortSignal, validateBoolean, validateFunction, validateInteger } = binding('validators');

const kFs = Symbol('fs');
const kBusy = Symbol('performing io');
const kIdle = Symbol('io is done');
const kHandle = Symbol('handle');

function withOptions(options) {
  if (options === undefined || options === null) return {};
  if (typeof options === 'string') {
    checkEncoding(options);
    return { encoding: options };
  }
  if (typeof options !== 'object' && typeof options !== 'function') {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'options', ['string', 'Object'], options);
  }
  const { encoding } = options;
  if (encoding && encoding !== 'buffer') checkEncoding(encoding);
  if (options.signal !== undefined) validateAbortSignal(options.signal, 'options.signal');
  const copy = {};
  for (const key in options) copy[key] = options[key];
  return copy;
}

function checkEncoding(encoding) {
  if (encoding && !Buffer.isEncoding(encoding)) {
    throw nodeError('ERR_INVALID_ARG_VALUE', 'encoding', encoding, 'is invalid encoding');
  }
}

/** What a stream over a FileHandle calls instead of the functions of `fs`. */
function operationsOf(handle) {
  const give = (promise, cb, name, value) => {
    promise.then(
      (result) => cb(null, result?.[name], result?.[value]),
      (error) => cb(error),
    );
  };
  return {
    open: () => {
      throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', 'open()');
    },
    close: (fd, cb) => {
      handle.unhold();
      handle.close().then(() => cb(), (error) => cb(error));
    },
    fsync: (fd, cb) => handle.sync().then(() => cb(), (error) => cb(error)),
    read: (fd, buffer, offset, length, position, cb) =>
      give(handle.read(buffer, offset, length, position), cb, 'bytesRead', 'buffer'),
    write: (fd, buffer, offset, length, position, cb) =>
      give(handle.write(buffer, offset, length, position), cb, 'bytesWritten', 'buffer'),
    writev: (fd, buffers, position, cb) =>
      give(handle.writev(buffers, position), cb, 'bytesWritten', 'buffers'),
  };
}

/** Notes where the bytes come from or go to: a path, a descriptor or a FileHandle. */
function attach(stream, path, options, flags, needed) {
  if (options.fd === undefined || options.fd === null) {
    stream.fd = null;
    stream[kFs] = options.fs || require('fs');
    validateFunction(stream[kFs].open, 'options.fs.open');
    stream.path = checkPath(path);
    stream.flags = options.flags === undefined ? flags : options.flags;
    stream.mode = options.mode === undefined ? 0o666 : options.mode;
  } else if (typeof options.fd === 'object' && typeof options.fd.hold === 'function') {
    if (options.fs) throw nodeError('ERR_METHOD_NOT_IMPLEMENTED', 'FileHandle with fs');
    const handle = options.fd;
    stream[kHandle] = handle;
    stream[kFs] = operationsOf(handle);
    stream.fd = handle.fd;
    handle.hold();
    handle.on('close', () => stream.close());
  } else {
    stream[kFs] = options.fs || require('fs');
    if (typeof options.fd !== 'number') {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'fd', ['number', 'FileHandle'], options.fd);
    }
    validateInteger(options.fd, 'fd', 0, 2147483647);
    stream.fd = options.fd;
    if (path) stream.path = checkPath(path);
    stream.flags = options.flags === undefined ? flags : options.flags;
    stream.mode = options.mode === undefined ? 0o666 : options.mode;
  }
  if (options.autoDestroy === undefined) options.autoDestroy = options.autoClose === undefined ? true : options.autoClose;
  const operations = stream[kFs];
  for (let i = 0; i < needed.length; i++) {
    if (needed[i] !== 'close' || options.autoDestroy) validateFunction(operations[needed[i]], `options.fs.${needed[i]}`);
  }
}

/** Opens the file, where not all is as usual. */
function open(stream, callback) {
  if (stream.open !== openLegacy) {
    // Node calls an `open` method that somebody has put there.
    const before = stream.emit;
    stream.emit = function emit(...args) {
      if (args[0] === 'open') {
        this.emit = before;
        callback();
        ReflectApply(before, this, args);
      } else if (args[0] === 'error') {
        this.emit = before;
        callback(args[1]);
      } else {
        ReflectApply(before, this, args);
      }
    };
    stream.open();
    return;
  }
  stream[kFs].open(stream.path, stream.flags, stream.mode, (error, fd) => {
    if (error) {
      callback(error);
      return;
    }
    stream.fd = fd;
    callback();
    stream.emit('open', fd);
    stream.emit('ready');
  });
}

function openLegacy() {}

function close(stream, error, cb) {
  stream[kFs].close(stream.fd, (failed) => cb(failed || error));
  stream.fd = null;
}

/** Closes the file, where not all is as usual. */
function destroy(stream, error, cb) {
  if (typeof stream.fd !== 'number') {
    cb(error);
  } else if (stream[kBusy]) {
    stream.once(kIdle, (failed) => close(stream, error || failed, cb));
  } else {
    close(stream, error, cb);
  }
}

function range(stream, options) {
  stream.start = options.start;
  stream.pos = undefined;
  if (stream.start !== undefined) {
    validateInteger(stream.start, 'start', 0);
    stream.pos = stream.start;
  }
}

/** A stream of what is in a file. */
function ReadStream(path, options) {
  if (!(this instanceof ReadStream)) return new ReadStream(path, options);
  options = withOptions(options);
  if (options.highWaterMark === undefined) options.highWaterMark = 64 * 1024;
  attach(this, path, options, 'r', ['read', 'close']);
  range(this, options);
  this.end = options.end ?? Infinity;
  this.bytesRead = 0;
  this[kBusy] = false;
  if (this.end !== Infinity) {
    validateInteger(this.end, 'end', 0);
    if (this.start !== undefined && this.start > this.end) {
      throw nodeError('ERR_OUT_OF_RANGE', 'start', `<= "end" (here: ${this.end})`, this.start);
    }
  }
  const { encoding } = options;
  options.encoding = undefined;
  FunctionPrototypeCall(Readable, this, options);
  if (encoding) this.setEncoding(encoding);
}
ObjectSetPrototypeOf(ReadStream.prototype, Readable.prototype);
ObjectSetPrototypeOf(ReadStream, Readable);

/** Reads with functions that aren't ours. */
function read(stream, n) {
  const buffer = Buffer.allocUnsafeSlow(n);
  stream[kFs].read(stream.fd, buffer, 0, n, stream.pos, (error, count, bytes) => {
    stream[kBusy] = false;
    if (stream.destroyed) {
      stream.emit(kIdle, error);
      return;
    }
    if (error) {
      errorOrDestroy(stream, error);
    } else if (count > 0) {
      if (stream.pos !== undefined) stream.pos += count;
      stream.bytesRead += count;
      if (count !== bytes.length) {
        // A small read keeps no large buffer alive.
        const exact = Buffer.allocUnsafeSlow(count);
        bytes.copy(exact, 0, 0, count);
        bytes = exact;
      }
      stream.push(bytes);
    } else {
      stream.push(null);
    }
  });
}

ReadStream.prototype.close = function(cb) {
  if (typeof cb === 'function') finished(this, cb);
  this.destroy();
};

/** A stream that writes to a file. */
function WriteStream(path, options) {
  if (!(this instanceof WriteStream)) return new WriteStream(path, options);
  options = withOptions(options);
  options.decodeStrings = true;
  attach(this, path, options, 'w', []);
  const operations = this[kFs];
  if (!operations.write && !operations.writev) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'options.fs.write', 'function', operations.write);
  }
  if (operations.write) validateFunction(operations.write, 'options.fs.write');
  if (operations.writev) validateFunction(operations.writev, 'options.fs.writev');
  if (options.autoDestroy) validateFunction(operations.close, 'options.fs.close');
  const { flush } = options;
  if (flush !== undefined && flush !== null) {
    validateBoolean(flush, 'options.flush');
    if (flush) validateFunction(operations.fsync, 'options.fs.fsync');
  }
  this.flush = flush === true;
  if (!operations.write) this._write = null;
  if (!operations.writev) this._writev = null;
  range(this, options);
  this.bytesWritten = 0;
  this[kBusy] = false;
  const { encoding } = options;
  options.encoding = undefined;
  FunctionPrototypeCall(Writable, this, options);
  if (encoding) this.setDefaultEncoding(encoding);
}
ObjectSetPrototypeOf(WriteStream.prototype, Writable.prototype);
ObjectSetPrototypeOf(WriteStream, Writable);

// `_construct` of both, `_read` and `_destroy`.
defineStreams(ReadStream.prototype, WriteStream.prototype, {
  fs: kFs, busy: kBusy, idle: kIdle, noOpen: openLegacy, open, read, destroy,
});

/** Writes until all is written. A file that can't take more just now is tried five times. */
function writeAll(stream, data, length, position, cb, retries = 0) {
  stream[kFs].write(stream.fd, data, 0, length, position, (error, count, buffer) => {
    if (error?.code === 'EAGAIN') {
      error = null;
      count = 0;
    }
    if (stream.destroyed || error) {
      cb(error || nodeError('ERR_STREAM_DESTROYED', 'write'));
      return;
    }
    stream.bytesWritten += count;
    retries = count ? 0 : retries + 1;
    if (retries > 5) {
      cb(new Error('writev failed'));
    } else if (count < length) {
      writeAll(stream, buffer.slice(count), length - count, position === undefined ? undefined : position + count, cb, retries);
    } else {
      cb();
    }
  });
}

function settle(stream, cb) {
  return (error) => {
    stream[kBusy] = false;
    if (stream.destroyed) {
      cb(error);
      stream.emit(kIdle, error);
      return;
    }
    cb(error);
  };
}

WriteStream.prototype._write = function(data, encoding, cb) {
  this[kBusy] = true;
  writeAll(this, data, data.length, this.pos, settle(this, cb));
  if (this.pos !== undefined) this.pos += data.length;
};

WriteStream.prototype._writev = function(data, cb) {
  const chunks = [];
  let size = 0;
  for (let i = 0; i < data.length; i++) {
    const { chunk } = data[i];
    chunks[i] = chunk;
    size += chunk.length;
  }
  this[kBusy] = true;
  const { pos } = this;
  const finish = settle(this, cb);
  this[kFs].writev(this.fd, chunks, pos, (error, count) => {
    if (error?.code === 'EAGAIN') {
      error = null;
      count = 0;
    }
    if (this.destroyed || error) {
      finish(error || nodeError('ERR_STREAM_DESTROYED', 'write'));
    } else if (count < size) {
      this.bytesWritten += count;
      const rest = Buffer.concat(chunks).subarray(count);
      writeAll(this, rest, rest.length, pos === undefined ? undefined : pos + count, finish);
    } else {
      this.bytesWritten += count;
      finish();
    }
  });
  if (pos !== undefined) this.pos += size;
};

WriteStream.prototype._destroy = function(error, cb) {
  if (this.flush && typeof this.fd === 'number' && !error) {
    this[kFs].fsync(this.fd, (failed) => destroy(this, failed, cb));
    return;
  }
  destroy(this, error, cb);
};

WriteStream.prototype.close = function(cb) {
  if (cb) {
    if (this.closed) {
      process.nextTick(cb);
      return;
    }
    this.on('close', cb);
  }
  if (!this.autoClose) this.on('finish', this.destroy);
  this.end();
};

WriteStream.prototype.destroySoon = WriteStream.prototype.end;

function accessors(Stream, state) {
  ObjectDefineProperties(Stream.prototype, {
    autoClose: {
      __proto__: null,
      configurable: true,
      get() { return this[state].autoDestroy; },
      set(value) { this[state].autoDestroy = value; },
    },
    pending: {
      __proto__: null,
      configurable: true,
      get() { return this.fd === null; },
    },
    open: { __proto__: null, configurable: true, writable: true, enumerable: true, value: openLegacy },
  });
}
accessors(ReadStream, '_readableState');
accessors(WriteStream, '_writableState');

function createReadStream(path, options) {
  return new ReadStream(path, options);
}

function createWriteStream(path, options) {
  return new WriteStream(path, options);
}

module.exports = { ReadStream, WriteStream, createReadStream, createWriteStream };
