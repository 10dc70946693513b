'use strict';

// `fs.Utf8Stream`: text, or bytes, that is gathered and goes to a file in few calls, as logs want it. `fs` loads it when it is first
// touched.

const { ArrayPrototypeJoin, ArrayPrototypeSplice, ObjectDefineProperties, SymbolDispose } = primordials;
const { Buffer } = require('buffer');
const EventEmitter = require('events');
const { nodeError } = binding('errors');
const { sleep } = binding('fs');
const { nextTick } = binding('task_queue');
const { validateBoolean, validateFunction, validateObject, validateOneOf, validateUint32 } = binding('validators');

const MOST = 16 * 1024;
const RETRY_AFTER = 100;

function nothing() {}

class Utf8Stream extends EventEmitter {
  #fs;
  #fd = -1;
  #file;
  #append;
  #contentMode;
  #fsync;
  #maxLength;
  #maxWrite;
  #minLength;
  #mkdir;
  #mode;
  #periodicFlush;
  #retries;
  #sync;
  #timer;
  // What waits: strings or Buffers, and their length together. What was taken of it and isn't written yet.
  #parts = [];
  #length = 0;
  #taken = null;
  #isOpening = false;
  #isWriting = false;
  #isFlushing = false;
  #isEnding = false;
  #isDestroyed = false;

  constructor(options = {}) {
    validateObject(options, 'options');
    const {
      append = true, contentMode = 'utf8', dest, fsync = false, fs = require('fs'), maxLength = 0, maxWrite = MOST, minLength = 0,
      mkdir = false, mode, periodicFlush = 0, retryEAGAIN = () => true, sync = false,
    } = options;
    const target = options.fd ?? dest;
    validateBoolean(append, 'options.append');
    validateOneOf(contentMode, 'options.contentMode', ['buffer', 'utf8']);
    validateBoolean(fsync, 'options.fsync');
    validateObject(fs, 'options.fs');
    validateUint32(maxLength, 'options.maxLength');
    validateUint32(maxWrite, 'options.maxWrite');
    validateUint32(minLength, 'options.minLength');
    validateBoolean(mkdir, 'options.mkdir');
    validateUint32(periodicFlush, 'options.periodicFlush');
    validateFunction(retryEAGAIN, 'options.retryEAGAIN');
    validateBoolean(sync, 'options.sync');
    if (typeof target !== 'number' && typeof target !== 'string') {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'fd', ['number', 'string'], target);
    }
    if (minLength >= (maxWrite || MOST)) {
      throw nodeError('ERR_INVALID_ARG_VALUE', 'minLength', minLength, `should be smaller than maxWrite (${maxWrite || MOST})`);
    }
    super();
    this.#fs = fs;
    this.#append = append;
    this.#contentMode = contentMode;
    this.#fsync = fsync;
    this.#maxLength = maxLength;
    this.#maxWrite = maxWrite || MOST;
    this.#minLength = minLength;
    this.#mkdir = mkdir;
    this.#mode = mode;
    this.#periodicFlush = periodicFlush;
    this.#retries = retryEAGAIN;
    this.#sync = sync;
    if (typeof target === 'number') {
      this.#fd = target;
      nextTick(() => this.emit('ready'));
    } else {
      this.#open(target);
    }
    if (periodicFlush > 0) {
      this.#timer = require('timers').setInterval(() => this.flush(nothing), periodicFlush);
      this.#timer.unref();
    }
  }

  get append() { return this.#append; }

  get contentMode() { return this.#contentMode; }

  get fd() { return this.#fd; }

  get file() { return this.#file; }

  get fsync() { return this.#fsync; }

  get maxLength() { return this.#maxLength; }

  get minLength() { return this.#minLength; }

  get mkdir() { return this.#mkdir; }

  get mode() { return this.#mode; }

  get periodicFlush() { return this.#periodicFlush; }

  get sync() { return this.#sync; }

  get writing() { return this.#isWriting || this.#isOpening; }

  /** Takes data; whether more is welcome now. */
  write(data) {
    this.#check();
    if (this.#contentMode === 'utf8') {
      if (typeof data !== 'string') throw nodeError('ERR_INVALID_ARG_TYPE', 'data', 'string', data);
    } else if (!Buffer.isBuffer(data)) {
      throw nodeError('ERR_INVALID_ARG_TYPE', 'data', 'Buffer', data);
    }
    if (this.#maxLength > 0 && this.#length + data.length > this.#maxLength) {
      this.emit('drop', data);
    } else {
      this.#parts[this.#parts.length] = data;
      this.#length += data.length;
      if (this.#length >= this.#minLength) this.#next();
    }
    return this.#length < MOST;
  }

  /** Writes what waits, however little it is. */
  flush(callback) {
    if (callback !== undefined) validateFunction(callback, 'cb');
    if (this.#isDestroyed) {
      const error = nodeError('ERR_INVALID_STATE', 'Utf8Stream is destroyed');
      if (callback === undefined) throw error;
      callback(error);
      return;
    }
    if (callback !== undefined) this.#whenDrained(callback);
    if (this.#length === 0 && this.#taken === null && !this.writing) {
      if (callback !== undefined) nextTick(() => this.emit('drain'));
      return;
    }
    this.#isFlushing = true;
    this.#next();
  }

  #whenDrained(callback) {
    const settle = (error) => {
      this.removeListener('drain', drained);
      this.removeListener('error', settle);
      callback(error);
    };
    const drained = () => settle(null);
    this.on('drain', drained);
    this.on('error', settle);
  }

  /** Writes what waits before it returns; a write that is under way goes on beside it. */
  flushSync() {
    this.#check();
    if (this.#fd < 0) throw nodeError('ERR_INVALID_STATE', 'Invalid file descriptor');
    while (this.#length > 0 || (this.#taken !== null && !this.#isWriting)) {
      if (this.#isWriting) this.#writeNow(this.#take());
      else this.#writeNow(this.#taken ?? this.#take(), (rest) => { this.#taken = rest; });
    }
    if (this.#fsync) this.#fs.fsyncSync(this.#fd);
  }

  /** Writes what waits, then closes the file. */
  end() {
    this.#check();
    if (this.#isEnding) return;
    this.#isEnding = true;
    if (this.writing) return;
    if (this.#length > 0 || this.#taken !== null) this.#next();
    else this.#close();
  }

  /** Closes the file; what waits is lost. */
  destroy() {
    if (!this.#isDestroyed) this.#close();
  }

  [SymbolDispose]() {
    this.destroy();
  }

  /** Goes on in another file, or in a new one of the same name. */
  reopen(file) {
    this.#check();
    if (this.#isOpening) {
      this.once('ready', () => this.reopen(file));
      return;
    }
    if (this.#isEnding) return;
    if (!file && this.#file === undefined) {
      throw nodeError('ERR_INVALID_STATE', 'Unable to reopen a file descriptor, you must pass a file to Utf8Stream');
    }
    const next = file || this.#file;
    const old = this.#fd;
    if (this.#isWriting) this.once('drain', () => this.#replace(old, next));
    else this.#replace(old, next);
  }

  #replace(old, next) {
    if (this.#isDestroyed || old !== this.#fd || this.#isWriting) return;
    this.#fs.close(old, (error) => { if (error) this.emit('error', error); });
    this.#open(next);
  }

  #check() {
    if (this.#isDestroyed) throw nodeError('ERR_INVALID_STATE', 'Utf8Stream is destroyed');
  }

  #open(file) {
    this.#isOpening = true;
    this.#file = file;
    const flags = this.#append ? 'a' : 'w';
    const opened = (error, fd) => this.#opened(error, fd);
    const { dirname } = require('path');
    if (this.#sync) {
      if (this.#mkdir) this.#fs.mkdirSync(dirname(file), { recursive: true });
      opened(null, this.#fs.openSync(file, flags, this.#mode));
    } else if (this.#mkdir) {
      this.#fs.mkdir(dirname(file), { recursive: true }, (error) => {
        if (error) opened(error);
        else this.#fs.open(file, flags, this.#mode, opened);
      });
    } else {
      this.#fs.open(file, flags, this.#mode, opened);
    }
  }

  #opened(error, fd) {
    this.#isOpening = false;
    if (error) {
      this.emit('error', error);
      return;
    }
    if (this.#isDestroyed) {
      this.#fs.close(fd, nothing);
      return;
    }
    this.#fd = fd;
    if (this.#sync) nextTick(() => this.emit('ready'));
    else this.emit('ready');
    if (this.#isOpening || this.#isDestroyed) return;
    if (this.#isEnding && this.#length === 0) this.#close();
    else if (this.#isEnding || this.#isFlushing || (this.#length > 0 && this.#length >= this.#minLength)) this.#next();
  }

  /** The bytes of the next write. */
  #take() {
    let length = 0;
    let count = 0;
    while (count < this.#parts.length && (count === 0 || length + this.#parts[count].length <= this.#maxWrite)) {
      length += this.#parts[count++].length;
    }
    const parts = ArrayPrototypeSplice(this.#parts, 0, count);
    this.#length -= length;
    if (this.#contentMode === 'utf8') return Buffer.from(ArrayPrototypeJoin(parts, ''));
    return parts.length === 1 ? parts[0] : Buffer.concat(parts, length);
  }

  /** Starts a write, if there is something to write and none is under way. */
  #next() {
    if (this.writing || this.#fd < 0 || this.#isDestroyed) return;
    if (this.#taken === null && this.#length === 0) return;
    this.#isWriting = true;
    if (!this.#sync) {
      this.#writeLater(this.#taken ?? this.#take());
      return;
    }
    try {
      do this.#writeNow(this.#taken ?? this.#take(), (rest) => { this.#taken = rest; });
      while (this.#length > 0);
    } catch (error) {
      this.#isWriting = false;
      this.emit('error', error);
      return;
    }
    this.#drained();
  }

  /** Writes all of the bytes. `keep` is told what isn't written yet, so that it isn't lost when a write fails. */
  #writeNow(bytes, keep = nothing) {
    keep(bytes);
    while (bytes.length > 0) {
      let written;
      try {
        written = this.#fs.writeSync(this.#fd, bytes, 0, bytes.length);
      } catch (error) {
        if (!this.#isRetried(error, bytes)) throw error;
        sleep(RETRY_AFTER);
        continue;
      }
      this.emit('write', written);
      bytes = bytes.subarray(written);
      keep(bytes);
    }
    keep(null);
    if (this.#fsync) this.#fs.fsyncSync(this.#fd);
  }

  #isRetried(error, bytes) {
    return (error.code === 'EAGAIN' || error.code === 'EBUSY') && this.#retries(error, bytes.length, this.#length);
  }

  #writeLater(bytes) {
    this.#taken = bytes;
    this.#fs.write(this.#fd, bytes, 0, bytes.length, null, (error, written) => this.#wrote(bytes, error, written));
  }

  #wrote(bytes, error, written) {
    if (error) {
      if (this.#isRetried(error, bytes)) {
        require('timers').setTimeout(() => this.#writeLater(bytes), RETRY_AFTER);
        return;
      }
      this.#isWriting = false;
      this.emit('error', error);
      return;
    }
    this.emit('write', written);
    const rest = bytes.subarray(written);
    if (rest.length > 0) {
      this.#writeLater(rest);
      return;
    }
    this.#taken = null;
    if (!this.#fsync || this.#isDestroyed) {
      this.#written();
      return;
    }
    this.#fs.fsync(this.#fd, (failure) => {
      if (failure) this.emit('error', failure);
      this.#written();
    });
  }

  #written() {
    if (this.#isDestroyed) {
      this.#isWriting = false;
      return;
    }
    const isWanted = this.#isEnding || this.#isFlushing || this.#length >= this.#minLength;
    if (this.#length > 0 && isWanted) this.#writeLater(this.#take());
    else this.#drained();
  }

  #drained() {
    this.#isWriting = false;
    this.#isFlushing = false;
    if (this.#isEnding) this.#close();
    else if (this.#sync) nextTick(() => { if (!this.#isDestroyed) this.emit('drain'); });
    else this.emit('drain');
  }

  #close() {
    this.#isDestroyed = true;
    if (this.#timer !== undefined) require('timers').clearInterval(this.#timer);
    this.#parts = [];
    this.#length = 0;
    const fd = this.#fd;
    if (fd < 0) return;
    const closed = (error) => {
      if (error) {
        this.emit('error', error);
        return;
      }
      if (this.#isEnding) this.emit('finish');
      this.emit('close');
    };
    // The standard streams are others' too.
    if (fd === 1 || fd === 2) nextTick(closed);
    else this.#fs.close(fd, closed);
  }
}

ObjectDefineProperties(Utf8Stream.prototype, { constructor: { enumerable: false } });

module.exports = { Utf8Stream };
