'use strict';

// `fs.watchFile` by polling. `fs.watch` is not there yet, and says so.

const { SafeMap } = primordials;
const EventEmitter = require('events');
const fs = require('fs');
const { nodeError } = binding('errors');
const { validateFunction, validateObject, validateUint32 } = binding('validators');

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

function watch(path, options) {
  native.checkPath(path, 'filename');
  if (options !== undefined && options !== null && typeof options === 'object') validateObject(options, 'options');
  throw nodeError('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', 'fs.watch');
}

async function* watchPromise(path, options) {
  watch(path, options);
}

module.exports = { unwatchFile, watch, watchFile, watchPromise };
