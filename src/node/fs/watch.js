'use strict';

// `fs.watchFile` by polling, and what script sees of `fs.watch`.

const { ArrayIsArray, Promise, RegExpPrototypeExec, SafeMap, SymbolDispose } = primordials;
const EventEmitter = require('events');
const fs = require('fs');
const { AbortError } = require('errors');
const { Buffer } = require('buffer');
const { nodeError } = binding('errors');
const { nextTick } = binding('task_queue');
const { isRegExp } = binding('types');
const {
  validateAbortSignal, validateBoolean, validateFunction, validateInteger, validateObject, validateOneOf, validateUint32,
} = binding('validators');

const native = binding('fs');
const watchers = new SafeMap();

class StatWatcher extends EventEmitter {
  #timer;
  #last;
  #closed = false;

  constructor(path, interval, persistent, bigint) {
    super();
    const missing = new fs.Stats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    const look = () => {
      fs.stat(path, { bigint }, (error, stats) => {
        if (this.#closed) return;
        const now = error ? missing : stats;
        const before = this.#last;
        this.#last = now;
        if (before === undefined) {
          // The first look tells a change only of what isn't there.
          if (error) this.emit('change', now, now);
          return;
        }
        if (differs(before, now)) this.emit('change', now, before);
      });
    };
    look();
    this.#timer = setInterval(look, interval);
    if (!persistent) this.#timer.unref();
  }

  ref() {
    this.#timer.ref();
    return this;
  }

  unref() {
    this.#timer.unref();
    return this;
  }

  stop() {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    process.nextTick(() => this.emit('stop'));
  }
}

function differs(a, b) {
  return a.mtimeMs !== b.mtimeMs || a.ctimeMs !== b.ctimeMs || a.size !== b.size || a.ino !== b.ino ||
    a.mode !== b.mode || a.uid !== b.uid || a.gid !== b.gid || a.dev !== b.dev || a.birthtimeMs !== b.birthtimeMs;
}

function watchFile(path, options, listener) {
  path = require('path').resolve(native.checkPath(path, 'filename').toString());
  if (options === null || typeof options !== 'object') {
    listener = options;
    options = {};
  }
  const { interval = 5007, persistent = true, bigint = false } = options;
  validateFunction(listener, 'listener');
  validateUint32(interval, 'interval');
  let watcher = watchers.get(path);
  if (watcher === undefined) {
    watcher = new StatWatcher(path, interval, persistent, bigint);
    watchers.set(path, watcher);
  }
  watcher.addListener('change', listener);
  return watcher;
}

function unwatchFile(path, listener) {
  path = require('path').resolve(native.checkPath(path, 'filename').toString());
  const watcher = watchers.get(path);
  if (watcher === undefined) return;
  if (typeof listener === 'function') watcher.removeListener('change', listener);
  else watcher.removeAllListeners('change');
  if (watcher.listenerCount('change') === 0) {
    watcher.stop();
    watchers.delete(path);
  }
}

class FSWatcher extends EventEmitter {
  #handle;

  constructor(path, options) {
    super();
    const { isIgnored } = options;
    try {
      this.#handle = native.watch(path, options, (eventType, filename, error) => {
        if (error === undefined) {
          if (isIgnored === undefined || filename == null || !isIgnored(filename)) this.emit('change', eventType, filename);
          return;
        }
        this.#handle?.close();
        this.#handle = undefined;
        error.filename = path;
        this.emit('error', error);
      });
    } catch (err) {
      if (err.syscall === 'watch') err.filename = path;
      throw err;
    }
  }

  close() {
    if (this.#handle === undefined) return;
    this.#handle.close();
    this.#handle = undefined;
    nextTick(emitClose, this);
  }

  ref() {
    this.#handle?.ref();
    return this;
  }

  unref() {
    this.#handle?.unref();
    return this;
  }
}

function emitClose(watcher) {
  watcher.emit('close');
}

/** One of `options.ignore`: a glob of the name, or of its last part, an expression, or a function of the name. */
function ignores(pattern, name) {
  if (typeof pattern === 'function') return pattern;
  if (isRegExp(pattern)) return (filename) => RegExpPrototypeExec(pattern, filename) !== null;
  if (typeof pattern !== 'string') {
    throw nodeError('ERR_INVALID_ARG_TYPE', name, ['string', 'RegExp', 'Function'], pattern);
  }
  if (pattern.length === 0) throw nodeError('ERR_INVALID_ARG_VALUE', name, pattern, 'must be a non-empty string');
  const { basename, matchesGlob } = require('path');
  const ofLast = !pattern.includes('/');
  return (filename) => matchesGlob(ofLast ? basename(filename) : filename, pattern);
}

/** What says whether a name is one of those that `options.ignore` names. */
function ignoring(ignore) {
  if (ignore === undefined || ignore === null) return undefined;
  const list = ArrayIsArray(ignore) ? ignore : [ignore];
  const matchers = [];
  for (let i = 0; i < list.length; i++) matchers[i] = ignores(list[i], ArrayIsArray(ignore) ? `options.ignore[${i}]` : 'options.ignore');
  return (filename) => {
    const name = typeof filename === 'string' ? filename : `${filename}`;
    for (let i = 0; i < matchers.length; i++) if (matchers[i](name)) return true;
    return false;
  };
}

/** Checks the options of a watch, and fills in what isn't given. */
function watchOptions(options) {
  const { encoding, signal } = options;
  const persistent = options.persistent === undefined || !!options.persistent;
  const recursive = options.recursive || false;
  validateBoolean(recursive, 'options.recursive');
  validateAbortSignal(signal, 'options.signal');
  if (encoding && encoding !== 'buffer' && !Buffer.isEncoding(encoding)) {
    throw nodeError('ERR_INVALID_ARG_VALUE', 'encoding', encoding, 'is invalid encoding');
  }
  return { persistent, recursive, encoding, signal, isIgnored: ignoring(options.ignore) };
}

function watch(path, options, listener) {
  if (typeof options === 'function') {
    listener = options;
    options = undefined;
  }
  if (typeof options === 'string') options = { encoding: options };
  else if (options === null || options === undefined) options = {};
  else if (typeof options !== 'object') throw nodeError('ERR_INVALID_ARG_TYPE', 'options', ['string', 'object'], options);
  native.checkPath(path, 'filename');
  options = watchOptions(options);
  const watcher = new FSWatcher(path, options);
  if (listener) watcher.addListener('change', listener);
  const { signal } = options;
  if (signal?.aborted) {
    nextTick(() => watcher.close());
  } else if (signal) {
    const listening = require('events').addAbortListener(signal, () => watcher.close());
    watcher.once('close', () => listening[SymbolDispose]());
  }
  return watcher;
}

async function* watchPromise(path, options = {}) {
  validateObject(options, 'options');
  native.checkPath(path, 'filename');
  const { maxQueue = 2048, overflow = 'ignore', persistent = true, recursive = false } = options;
  // Both are asked for more exactly than by `watch`.
  validateBoolean(persistent, 'options.persistent');
  validateBoolean(recursive, 'options.recursive');
  validateInteger(maxQueue, 'options.maxQueue');
  validateOneOf(overflow, 'options.overflow', ['ignore', 'error']);
  options = watchOptions(options);
  const { signal } = options;
  const abortError = () => new AbortError(undefined, { cause: signal.reason });
  if (signal?.aborted) throw abortError();

  let queue = [];
  let failure;
  let wake = () => {};
  const fail = (err) => {
    failure = err;
    wake();
  };
  const watcher = new FSWatcher(path, options);
  watcher.on('change', (eventType, filename) => {
    if (queue.length < maxQueue) queue[queue.length] = { __proto__: null, eventType, filename };
    else if (overflow === 'error') fail(nodeError('ERR_FS_WATCH_QUEUE_OVERFLOW', maxQueue));
    else require('process').emitWarning('fs.watch maxQueue exceeded');
    wake();
  });
  const listening = signal && require('events').addAbortListener(signal, () => fail(abortError()));
  try {
    while (true) {
      if (queue.length === 0 && failure === undefined) await new Promise((resolve) => { wake = resolve; });
      const events = queue;
      queue = [];
      for (let i = 0; i < events.length; i++) yield events[i];
      if (failure !== undefined) throw failure;
    }
  } finally {
    watcher.close();
    listening?.[SymbolDispose]();
  }
}

module.exports = { unwatchFile, watch, watchFile, watchPromise };
