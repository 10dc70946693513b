'use strict';

// `FileHandle`, and what `fs/promises` does with one, or with data that comes piece by piece.

const {
  ArrayBufferIsView, Error, Uint8Array, ObjectDefineProperties, Promise, PromiseReject, PromiseResolve, SymbolAsyncIterator, SymbolIterator,
} = primordials;
const { Buffer } = require('buffer');
const EventEmitter = require('events');
const native = binding('fs');
const { nodeError } = binding('errors');
const { validateAbortSignal, validateBoolean, validateObject } = binding('validators');
const { carry, kRevive, kTransfer } = binding('structured_clone');

const CHUNK = 512 * 1024;
const SymbolAsyncDispose = Symbol.asyncDispose;

/** An open file. Made by `open()` of `fs/promises` only. */
class FileHandle extends EventEmitter {
  #fd;
  #users = 1;
  #closing;
  #isLocked = false;
  #settle;

  constructor(fd) {
    super();
    this.#fd = fd ?? -1;
  }

  get fd() {
    return this.#fd;
  }

  getAsyncId() {
    return -1;
  }

  #run(name, operation, a, b, c, d) {
    if (this.#fd === -1) {
      const error = new Error('file closed');
      error.code = 'EBADF';
      error.syscall = name;
      return PromiseReject(error);
    }
    this.#users++;
    let promise;
    try {
      promise = operation(this.#fd, a, b, c, d);
    } catch (error) {
      promise = PromiseReject(error);
    }
    return promise.finally(this.#release);
  }

  #release = () => {
    if (--this.#users > 0) return;
    const settle = this.#settle;
    const fd = this.#fd;
    this.#fd = -1;
    native.close(fd).then(settle.resolve, settle.reject);
  };

  /** Another handle for the file, which is gone from this one. */
  [kTransfer]() {
    if (this.#users > 1 || this.#closing !== undefined || this.#fd === -1) {
      const DOMException = require('dom_exception');
      throw new DOMException('Cannot transfer FileHandle while in use', 'DataCloneError');
    }
    const successor = new FileHandle(this.#fd);
    this.#fd = -1;
    return { deserializeInfo: 'fs/filehandle:FileHandle', data: carry(successor) };
  }

  /** A stream uses the file: it stays open until `unhold`. */
  hold() {
    this.#users++;
  }

  unhold() {
    this.#release();
  }

  appendFile(data, options) {
    return this.#run('writeFile', (fd) => writeAll(this, fd, data, options));
  }

  chmod(mode) {
    return this.#run('fchmod', native.fchmod, mode);
  }

  chown(uid, gid) {
    return this.#run('fchown', native.fchown, uid, gid);
  }

  datasync() {
    return this.#run('fdatasync', native.fdatasync);
  }

  sync() {
    return this.#run('fsync', native.fsync);
  }

  read(buffer, offset, length, position) {
    return this.#run('read', (fd) => {
      if (buffer === undefined || buffer === null) return native.read(fd);
      if (!ArrayBufferIsView(buffer)) {
        validateObject(buffer, 'options');
        const { buffer: own = Buffer.alloc(16384), offset: o, length: l, position: p = null } = buffer;
        return native.read(fd, own, o, l, p);
      }
      if (offset !== null && typeof offset === 'object') {
        const { offset: o = 0, length: l = buffer.byteLength - o, position: p = null } = offset;
        return native.read(fd, buffer, o, l, p);
      }
      return native.read(fd, buffer, offset ?? 0, length, position ?? null);
    });
  }

  readv(buffers, position) {
    return this.#run('readv', native.readv, buffers, position);
  }

  readFile(options) {
    return this.#run('readFile', native.readFile, options);
  }

  readLines(options = undefined) {
    return require('readline').createInterface({
      input: this.createReadStream(options),
      crlfDelay: Infinity,
    });
  }

  stat(options) {
    return this.#run('fstat', native.fstat, options);
  }

  truncate(length = 0) {
    return this.#run('ftruncate', native.ftruncate, length);
  }

  utimes(atime, mtime) {
    return this.#run('futimes', native.futimes, atime, mtime);
  }

  write(buffer, offset, length, position) {
    return this.#run('write', (fd) => {
      if (ArrayBufferIsView(buffer) && buffer.byteLength === 0) {
        return PromiseResolve({ __proto__: null, bytesWritten: 0, buffer });
      }
      return native.write(fd, buffer, offset, length, position);
    });
  }

  writev(buffers, position) {
    return this.#run('writev', (fd) => {
      if (ArrayIsEmpty(buffers)) return PromiseResolve({ __proto__: null, bytesWritten: 0, buffers });
      return native.writev(fd, buffers, position);
    });
  }

  writeFile(data, options) {
    return this.#run('writeFile', (fd) => writeAll(this, fd, data, options));
  }

  close = () => {
    if (this.#closing !== undefined) return this.#closing;
    if (this.#fd === -1) return PromiseResolve();
    this.#closing = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    }).finally(() => {
      this.#closing = undefined;
    });
    this.#release();
    this.emit('close');
    return this.#closing;
  };

  async [SymbolAsyncDispose]() {
    await this.close();
  }

  readableWebStream(options = {}) {
    if (this.#fd === -1) throw nodeError('ERR_INVALID_STATE', 'The FileHandle is closed');
    if (this.#isLocked) throw nodeError('ERR_INVALID_STATE', 'The FileHandle is locked');
    const { ReadableStream } = require('stream/web');
    validateObject(options, 'options');
    const { autoClose = false } = options;
    validateBoolean(autoClose, 'options.autoClose');
    this.#isLocked = true;
    this.hold();
    let ended = false;
    let source;
    const done = () => {
      if (ended) return;
      ended = true;
      this.removeListener('close', end);
      this.unhold();
      if (autoClose) this.close();
    };
    // Whoever closes the handle ends the stream.
    const end = () => {
      done();
      source.close();
      source.byobRequest?.respond(0);
    };
    const stream = new ReadableStream({
      type: 'bytes',
      start: (controller) => { source = controller; },
      pull: async (controller) => {
        const { bytesRead, buffer } = await this.read(new Uint8Array(16384), 0, 16384);
        if (ended) return;
        if (bytesRead === 0) {
          done();
          controller.close();
          controller.byobRequest?.respond(0);
          return;
        }
        controller.enqueue(buffer.subarray(0, bytesRead));
      },
      cancel: done,
    });
    this.once('close', end);
    return stream;
  }

  createReadStream(options = undefined) {
    const { ReadStream } = require('fs/streams');
    return new ReadStream(undefined, { ...options, fd: this });
  }

  createWriteStream(options = undefined) {
    const { WriteStream } = require('fs/streams');
    return new WriteStream(undefined, { ...options, fd: this });
  }
}

// Enumerable methods of the prototype would show when a handle is inspected.
ObjectDefineProperties(FileHandle.prototype, { constructor: { enumerable: false } });

function ArrayIsEmpty(list) {
  return list != null && list.length === 0;
}

function isPieces(data) {
  return data !== null && typeof data === 'object' && !ArrayBufferIsView(data) &&
    (typeof data[SymbolAsyncIterator] === 'function' || typeof data[SymbolIterator] === 'function');
}

function checkAborted(signal) {
  if (signal?.aborted) {
    const { AbortError } = require('errors');
    throw new AbortError(undefined, { cause: signal.reason });
  }
}

function* parts(data) {
  for (let start = 0; start < data.byteLength; start += CHUNK) {
    const length = data.byteLength - start < CHUNK ? data.byteLength - start : CHUNK;
    yield new Uint8Array(data.buffer, data.byteOffset + start, length);
  }
}

async function writeAll(handle, fd, data, options) {
  const encoding = typeof options === 'string' ? options : options?.encoding;
  const signal = typeof options === 'string' ? undefined : options?.signal;
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
  checkAborted(signal);
  if (signal !== undefined && ArrayBufferIsView(data)) {
    // In parts, so that the signal can come between them.
    data = parts(data);
  }
  if (!isPieces(data)) {
    await native.writeFile(fd, data, typeof options === 'string' ? options : { encoding, flush: options?.flush });
    return;
  }
  for await (const piece of data) {
    checkAborted(signal);
    const bytes = ArrayBufferIsView(piece) ? piece : Buffer.from(piece, encoding || 'utf8');
    let start = 0;
    while (start < bytes.byteLength) {
      const { bytesWritten } = await native.write(fd, bytes, start, bytes.byteLength - start, null);
      start += bytesWritten;
      checkAborted(signal);
    }
  }
  if (options?.flush) await native.fsync(fd);
}

/** Opens a file. */
async function open(path, flags, mode) {
  return new FileHandle(await native.open(path, flags, mode));
}

async function readFile(handle, options) {
  checkHandle(handle);
  const signal = typeof options === 'string' ? undefined : options?.signal;
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
  checkAborted(signal);
  return handle.readFile(options);
}

/** The same for a path, each step with a request of its own: while hooks of `async_hooks` hear of them. */
async function readFileInSteps(path, options) {
  const signal = typeof options === 'string' ? undefined : options?.signal;
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
  checkAborted(signal);
  const flag = typeof options === 'string' ? undefined : options?.flag;
  const handle = await open(path, flag ?? 'r', 0o666);
  try {
    return await handle.readFile(options);
  } finally {
    await handle.close();
  }
}

async function writeFile(target, data, options, flag) {
  const own = typeof options === 'string' ? { encoding: options } : options;
  if (target instanceof FileHandle) return target.writeFile(data, options);
  checkHandleOrPath(target);
  checkAborted(own?.signal);
  if (typeof data !== 'string' && !ArrayBufferIsView(data) && !isPieces(data)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
  }
  const handle = await open(target, own?.flag || flag, own?.mode ?? 0o666);
  try {
    await handle.writeFile(data, own);
  } finally {
    await handle.close();
  }
}

function checkHandle(value) {
  if (!(value instanceof FileHandle)) {
    throw nodeError('ERR_INVALID_ARG_TYPE', 'path', ['string', 'Buffer', 'URL'], value);
  }
}

function checkHandleOrPath(value) {
  if (value !== null && typeof value === 'object' && !ArrayBufferIsView(value) && value.href === undefined) {
    checkHandle(value);
  }
}

/** Cuts a file of that path. */
async function truncate(path, length = 0) {
  const handle = await open(path, 'r+');
  try {
    await handle.truncate(length);
  } finally {
    await handle.close();
  }
}

module.exports = {
  FileHandle, open, readFile, readFileInSteps, truncate, writeFile, [kRevive]: (successor) => successor,
};
