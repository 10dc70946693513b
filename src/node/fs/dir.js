'use strict';

// `fs.Dir`, `opendir`, and temporary directories that go away.

const {
  ObjectDefineProperties, Promise, SymbolAsyncIterator,
} = primordials;
const native = binding('fs');
const { nodeError } = binding('errors');
const { validateFunction, validateObject, validateString, validateUint32 } = binding('validators');

/** A directory that is being read. */
class Dir {
  #path;
  #entries;
  #next = 0;
  #closed = false;
  #waiting = null;

  constructor(path, entries) {
    if (path === undefined) throw nodeError('ERR_MISSING_ARGS', 'handle');
    this.#path = path;
    this.#entries = entries;
  }

  get path() {
    return this.#path;
  }

  #take() {
    return this.#next < this.#entries.length ? this.#entries[this.#next++] : null;
  }

  #check() {
    if (this.#closed) throw nodeError('ERR_DIR_CLOSED');
  }

  read(callback) {
    if (callback === undefined) {
      return new Promise((resolve, reject) => {
        this.read((error, entry) => (error ? reject(error) : resolve(entry)));
      });
    }
    validateFunction(callback, 'callback');
    this.#check();
    if (this.#waiting !== null) {
      this.#waiting[this.#waiting.length] = () => this.read(callback);
      return;
    }
    this.#waiting = [];
    setImmediate(() => {
      const waiting = this.#waiting;
      this.#waiting = null;
      const entry = this.#take();
      for (let i = 0; i < waiting.length; i++) waiting[i]();
      callback(null, entry);
    });
  }

  readSync() {
    this.#check();
    if (this.#waiting !== null) throw nodeError('ERR_DIR_CONCURRENT_OPERATION');
    return this.#take();
  }

  close(callback) {
    if (callback === undefined) {
      if (this.#closed) return Promise.reject(nodeError('ERR_DIR_CLOSED'));
      return new Promise((resolve, reject) => {
        this.close((error) => (error ? reject(error) : resolve()));
      });
    }
    validateFunction(callback, 'callback');
    if (this.#closed) {
      process.nextTick(callback, nodeError('ERR_DIR_CLOSED'));
      return;
    }
    if (this.#waiting !== null) {
      this.#waiting[this.#waiting.length] = () => this.close(callback);
      return;
    }
    this.#closed = true;
    setImmediate(callback, null);
  }

  closeSync() {
    this.#check();
    if (this.#waiting !== null) throw nodeError('ERR_DIR_CONCURRENT_OPERATION');
    this.#closed = true;
  }

  async *entries() {
    try {
      for (;;) {
        const entry = await this.read();
        if (entry === null) break;
        yield entry;
      }
    } finally {
      await this.close();
    }
  }

  [Symbol.dispose]() {
    if (!this.#closed) this.closeSync();
  }

  async [Symbol.asyncDispose]() {
    if (!this.#closed) await this.close();
  }
}

ObjectDefineProperties(Dir.prototype, {
  [SymbolAsyncIterator]: {
    __proto__: null,
    value: Dir.prototype.entries,
    writable: true,
    configurable: true,
  },
});

function check(path, options) {
  path = native.checkPath(path);
  if (options !== undefined && options !== null && typeof options !== 'string') {
    validateObject(options, 'options');
    if (options.bufferSize !== undefined) validateUint32(options.bufferSize, 'options.bufferSize', true);
  }
  if (typeof options === 'string') options = { encoding: options };
  return { path, encoding: options?.encoding, recursive: options?.recursive };
}

function opendirSync(path, options) {
  const checked = check(path, options);
  return new Dir(checked.path, native.opendirSync(checked.path, checked));
}

function opendir(path, options, callback) {
  callback = typeof options === 'function' ? options : callback;
  validateFunction(callback, 'callback');
  const checked = check(path, typeof options === 'function' ? undefined : options);
  native.opendirAsync(checked.path, checked, (error, entries) => {
    if (error) callback(error);
    else callback(null, new Dir(checked.path, entries));
  });
}

function opendirPromise(path, options) {
  return new Promise((resolve, reject) => {
    opendir(path, options, (error, dir) => (error ? reject(error) : resolve(dir)));
  });
}

function mkdtempDisposableSync(prefix, options) {
  const fs = require('fs');
  const path = fs.mkdtempSync(prefix, options);
  const absolute = require('path').resolve(path);
  const remove = () => fs.rmSync(absolute, { maxRetries: 0, recursive: true, force: true, retryDelay: 0 });
  return { path, remove, [Symbol.dispose]() { remove(); } };
}

async function mkdtempDisposable(prefix, options) {
  const promises = require('fs/promises');
  const cwd = process.cwd();
  const path = await promises.mkdtemp(prefix, options);
  const absolute = require('path').resolve(cwd, path);
  const remove = () => promises.rm(absolute, { maxRetries: 0, recursive: true, force: true, retryDelay: 0 });
  return { __proto__: null, path, remove, async [Symbol.asyncDispose]() { await remove(); } };
}

function openAsBlob(path, options = {}) {
  validateObject(options, 'options');
  const type = options.type || '';
  validateString(type, 'options.type');
  path = native.checkPath(path);
  const { Blob } = require('buffer');
  if (Blob === undefined) throw nodeError('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', 'fs.openAsBlob');
  return blobOf(path, type);
}

async function blobOf(path, type) {
  const handle = await require('fs/promises').open(path);
  try {
    const { size, mtimeMs } = await handle.stat();
    return require('buffer/blob').blobOfFile(await handle.readFile(), type, { path, size, mtimeMs });
  } finally {
    await handle.close();
  }
}

module.exports = {
  Dir, mkdtempDisposable, mkdtempDisposableSync, openAsBlob, opendir, opendirPromise, opendirSync,
};
