'use strict';

// File operations that an AbortSignal can end. The operation itself goes on; its result is dropped.

const { Promise, PromiseReject, ReflectApply } = primordials;
const { AbortError } = require('errors');
const { validateAbortSignal } = binding('validators');

const once = { once: true };

function abortError(signal) {
  return new AbortError(undefined, { cause: signal.reason });
}

function callback(signal, run, args, cb) {
  validateAbortSignal(signal, 'options.signal');
  if (signal.aborted) {
    process.nextTick(cb, abortError(signal));
    return;
  }
  let finish = (...result) => {
    signal.removeEventListener('abort', onAbort);
    finish = () => {};
    ReflectApply(cb, undefined, result);
  };
  const onAbort = () => finish(abortError(signal));
  signal.addEventListener('abort', onAbort, once);
  args[args.length] = (...result) => finish(...result);
  ReflectApply(run, undefined, args);
}

function promise(signal, run, args) {
  validateAbortSignal(signal, 'options.signal');
  if (signal.aborted) return PromiseReject(abortError(signal));
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(abortError(signal));
    const settled = (settle) => (value) => {
      signal.removeEventListener('abort', onAbort);
      settle(value);
    };
    signal.addEventListener('abort', onAbort, once);
    ReflectApply(run, undefined, args).then(settled(resolve), settled(reject));
  });
}

module.exports = { callback, promise };
